"""Forks: a branch of a chat copied into a chat of its own."""

from uuid import UUID

from domain.errors import Conflict
from domain.messages import LONGEST_TITLE
from persistence import chats
from persistence.chats import ChatRow
from persistence.database import Session, run
from persistence.messages import MessageRow

SUFFIX = " (fork)"

# A copy's id begins as that of its original, which keeps the order of ids that of time, and goes on at random.
COPY = """
    WITH RECURSIVE spans AS (
        SELECT tip.branch_id, first.depth AS start, tip.depth AS stop, first.parent_id
        FROM messages tip JOIN messages first ON first.id = tip.branch_id WHERE tip.id = %(tip)s
        UNION ALL
        SELECT tip.branch_id, first.depth, tip.depth, first.parent_id
        FROM spans JOIN messages tip ON tip.id = spans.parent_id JOIN messages first ON first.id = tip.branch_id
    ), path AS MATERIALIZED (
        SELECT m.*, (left(m.id::text, 19) || right(gen_random_uuid()::text, 17))::uuid AS copy_id
        FROM spans JOIN messages m ON m.branch_id = spans.branch_id AND m.depth BETWEEN spans.start AND spans.stop
    ), copied AS (
        INSERT INTO messages (id, chat_id, parent_id, branch_id, depth, role, content, parts, status, model_used,
                              agent_id, created_at)
        SELECT copy_id, %(chat)s, lag(copy_id) OVER path, first_value(copy_id) OVER path, depth, role, content, parts,
               status, model_used, agent_id, created_at
        FROM path WINDOW path AS (ORDER BY depth)
    ), rated AS (
        INSERT INTO message_ratings (message_id, rating, created_at)
        SELECT path.copy_id, r.rating, r.created_at FROM path JOIN message_ratings r ON r.message_id = path.id
    ), attached AS (
        INSERT INTO message_files (message_id, file_id)
        SELECT path.copy_id, f.file_id FROM path JOIN message_files f ON f.message_id = path.id
    )
    SELECT (SELECT copy_id FROM path WHERE id = %(tip)s), bool_or(status = 'IN_PROGRESS') FROM path
"""


async def add(session: Session, source: ChatRow, tip: MessageRow | None) -> ChatRow:
    """A new chat with the branch that ends in `tip`: texts, parts, files, models and ratings, but no runs. It has the
    agent and the tags of the other one.

    Without a tip it is empty. Conflict when a message of the branch is still being written.
    """
    title_by = source.title_by if tip is None or source.title_by != "default" else "auto"
    title = source.title[: LONGEST_TITLE - len(SUFFIX)] + SUFFIX
    chat = chats.new(owner_id=source.owner_id, title=title, title_by=title_by, agent_id=source.agent_id)
    chats.change(chat, tags=source.tags)
    await chats.store(session, chat)
    if tip is not None:
        head_id = await _copied(session, tip, chat.id)
        chats.change(chat, head_id=head_id, message_count=tip.depth + 1)
        await chats.store(session, chat)
    return chat


async def _copied(session: Session, tip: MessageRow, chat_id: UUID) -> UUID:
    """Copies the branch; the id of the copy of its tip."""
    head_id: UUID
    [(head_id, unfinished)] = await run(session, COPY, {"tip": tip.id, "chat": chat_id})
    if unfinished:
        raise Conflict("This branch is still being answered. Wait for the answer, or fork at a message above it.")
    return head_id
