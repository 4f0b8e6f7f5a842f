"""How a chat's tree grows: a message takes its place, is stored, and gets its final text."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from domain.ids import new_id
from domain.messages import MessageRole, MessageStatus, storable
from persistence import chats
from persistence.base import row_of
from persistence.chats import ChatRow
from persistence.database import Session, run
from persistence.messages import MessageRow


async def below(
    session: Session,
    chat: ChatRow,
    *,
    parent: MessageRow | None,
    role: MessageRole,
    content: str,
    status: MessageStatus,
    run_id: UUID | None = None,
    agent_id: UUID | None = None,
    first: bool = False,
) -> MessageRow:
    """A message below `parent` (a new root without one), and the chat with it as the head; `add` and `chats.store`
    write them. The chat's row must be locked. `first` says that the parent is new and cannot have another child.
    """
    own_id = new_id()
    branch_id, depth = own_id, 0
    if parent is not None:
        depth = parent.depth + 1
        if first or not await run(session, TAKEN, {"branch": parent.branch_id, "depth": depth}):
            branch_id = parent.branch_id
    chats.change(chat, head_id=own_id, message_count=chat.message_count + 1)
    return row_of(
        MessageRow, id=own_id, chat_id=chat.id, parent_id=parent.id if parent else None, branch_id=branch_id,
        depth=depth, role=role, content=content, parts=[], status=status, run_id=run_id, model_used=None,
        agent_id=agent_id, memory_ids=[], created_at=chats.now(),
    )  # fmt: skip


TAKEN = "SELECT 1 FROM messages WHERE branch_id = %(branch)s AND depth = %(depth)s"
ADD = """
    INSERT INTO messages (id, chat_id, parent_id, branch_id, depth, role, content, parts, status, run_id, agent_id,
                          created_at)
    SELECT id, chat_id, parent_id, branch_id, depth, role, content, parts, status, run_id, agent_id, created_at
    FROM json_to_recordset(%(rows)s::json)
        AS s (id uuid, chat_id uuid, parent_id uuid, branch_id uuid, depth int, role text, content text, parts jsonb,
              status text, run_id uuid, agent_id uuid, created_at timestamptz)
"""


async def add(session: Session, rows: Sequence[MessageRow]) -> None:
    """Store messages that `below` has made."""
    given = [
        {
            "id": row.id, "chat_id": row.chat_id, "parent_id": row.parent_id, "branch_id": row.branch_id,
            "depth": row.depth, "role": row.role, "content": row.content, "parts": row.parts,
            "status": row.status, "run_id": row.run_id, "agent_id": row.agent_id, "created_at": row.created_at,
        }
        for row in rows
    ]  # fmt: skip
    await run(session, ADD, {"rows": orjson.dumps(given).decode()})


class Beside(NamedTuple):
    """An answer that stays beside the one of its run: another model's, with the agent that gave it."""

    id: UUID
    content: str
    model_used: str
    agent_id: UUID | None


BESIDE = """
    WITH question AS (SELECT chat_id, id, depth + 1 AS depth FROM messages WHERE id = %(question)s), added AS (
        INSERT INTO messages (id, chat_id, parent_id, branch_id, depth, role, content, parts, status, run_id,
                              model_used, agent_id)
        SELECT s.id, q.chat_id, q.id, s.id, q.depth, %(role)s, s.content, '[]', %(status)s, %(run_id)s,
            s.model_used, s.agent_id
        FROM question q, json_to_recordset(%(rows)s::json) AS s (id uuid, content text, model_used text, agent_id uuid)
        RETURNING chat_id
    )
    UPDATE chats SET message_count = message_count + (SELECT count(*) FROM added)
    WHERE id = (SELECT chat_id FROM question)
"""


async def beside(session: Session, question_id: UUID, run_id: UUID, rows: Sequence[Beside]) -> None:
    """Store further answers to a question, each on a branch of its own; what the chat shows stays as it is. The chat's
    row must be locked, and rows that the session has loaded do not hear of it."""
    given = [row._asdict() | {"content": storable(row.content)} for row in rows]
    values = {
        "question": question_id, "run_id": run_id, "rows": orjson.dumps(given).decode(),
        "role": MessageRole.ASSISTANT.value, "status": MessageStatus.COMPLETED.value,
    }  # fmt: skip
    await run(session, BESIDE, values)


FINISH = """
    UPDATE messages
    SET content = %(content)s, parts = %(parts)s::jsonb, status = %(status)s, model_used = %(model_used)s,
        agent_id = coalesce(%(agent_id)s::uuid, agent_id), memory_ids = %(memory_ids)s::uuid[]
    WHERE id = %(id)s
"""


async def finish(
    session: Session,
    message_id: UUID,
    *,
    content: str,
    parts: list[dict[str, Any]],
    status: MessageStatus,
    model_used: str | None,
    agent_id: UUID | None = None,
    memory_ids: Sequence[UUID] = (),
) -> None:
    """Give a message that was in progress its final text, and the agent that gave it if it is another one than was to.
    Rows that the session has loaded do not hear of it."""
    values = {
        "id": message_id, "content": content, "parts": orjson.dumps(parts).decode(), "status": status.value,
        "model_used": model_used, "agent_id": agent_id, "memory_ids": list(memory_ids),
    }  # fmt: skip
    await run(session, FINISH, values)
