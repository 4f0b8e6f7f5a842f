"""Summaries: what stands for the older part of a branch, hung on the message up to which it reaches.

A row without `made_at` is a wish: somebody will make it. A chat has at most one wish at a time.
"""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Numeric, delete, select
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from domain.errors import NotFound
from domain.ids import Kind, global_id, new_id
from persistence.base import Base, Created, Key, Moment, columns, loose
from persistence.chats import ChatRow
from persistence.database import Session, run
from persistence.messages import MessageRow


class SummaryRow(Base):
    """`base_id` is the summary that it goes on from; when that is removed, this one goes with it.

    `room` is how many tokens the model has that it was wished for; `local` that only local models may read the
    messages. `tries` fences: only who has taken the newest one may write. A wish is taken at `due_at` or later.
    """

    __tablename__ = "summaries"
    id: Mapped[Key]
    chat_id: Mapped[UUID] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"))
    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), unique=True)
    base_id: Mapped[UUID | None] = mapped_column(ForeignKey("summaries.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(server_default="")
    model_used: Mapped[str | None]
    cost_usd: Mapped[Decimal] = mapped_column(Numeric(18, 10), server_default="0")
    room: Mapped[int]
    local: Mapped[bool] = mapped_column(server_default="false")
    tries: Mapped[int] = mapped_column(server_default="0")
    due_at: Mapped[Created]
    created_at: Mapped[Created]
    made_at: Mapped[Moment | None]
    __table_args__ = (
        Index("uq_summaries_chat_id_wished", "chat_id", unique=True, postgresql_where=sql("made_at IS NULL")),
        Index("ix_summaries_chat_id", "chat_id"),
        Index("ix_summaries_due_at", "due_at", postgresql_where=sql("made_at IS NULL")),
    )


class Reach(NamedTuple):
    """A summary that is there, and the depth up to which it reaches."""

    id: UUID
    message_id: UUID
    depth: int
    text: str


class Wish(NamedTuple):
    """A summary to be made, and whose it is."""

    row: SummaryRow
    user_id: UUID


class Made(NamedTuple):
    """What a model has made of a part of a branch."""

    text: str
    model_used: str
    cost_usd: Decimal


# A path is a handful of ranges of branches, so a summary of another branch cannot be found on it.
REACHING = """
    WITH RECURSIVE spans AS (
        SELECT tip.branch_id, tip.depth AS stop, first.parent_id
        FROM messages tip JOIN messages first ON first.id = tip.branch_id WHERE tip.id = %(tip)s
        UNION ALL
        SELECT tip.branch_id, tip.depth, first.parent_id
        FROM spans JOIN messages tip ON tip.id = spans.parent_id JOIN messages first ON first.id = tip.branch_id
    )
    SELECT s.id, s.message_id, m.depth, s.text
    FROM summaries s JOIN messages m ON m.id = s.message_id
        JOIN spans ON spans.branch_id = m.branch_id AND m.depth <= spans.stop
    WHERE s.chat_id = %(chat_id)s AND s.made_at IS NOT NULL
    ORDER BY m.depth DESC LIMIT 1
"""


async def reaching(session: Session, chat_id: UUID, message_id: UUID) -> Reach | None:
    """The summary that reaches furthest on the path to a message; None when there is none."""
    found = await run(session, REACHING, {"chat_id": chat_id, "tip": message_id})
    return Reach._make(found[0]) if found else None


WISH = """
    INSERT INTO summaries (id, chat_id, message_id, room, local)
    VALUES (%(id)s, %(chat_id)s, %(message_id)s, %(room)s, %(local)s)
    ON CONFLICT DO NOTHING RETURNING id
"""


async def wish(session: Session, *, chat_id: UUID, message_id: UUID, room: int, local: bool) -> bool:
    """Ask for a summary up to a message; False when it is there, or another one of the chat is being made."""
    values = {"id": new_id(), "chat_id": chat_id, "message_id": message_id, "room": room, "local": local}
    return bool(await run(session, WISH, values))


TAKE = f"""
    UPDATE summaries s SET tries = s.tries + 1, due_at = now() + %(lease)s
    FROM chats c
    WHERE c.id = s.chat_id AND s.id = (
        SELECT id FROM summaries WHERE made_at IS NULL AND due_at <= now() ORDER BY due_at LIMIT 1
        FOR UPDATE SKIP LOCKED
    )
    RETURNING c.owner_id, {columns(SummaryRow, "s")}
"""


async def take(session: Session, lease: timedelta) -> Wish | None:
    """The wish that has waited longest, for as long as `lease`; after that somebody else may take it."""
    found = await run(session, TAKE, {"lease": lease})
    return Wish(loose(SummaryRow, found[0][1:]), found[0][0]) if found else None


HOLD = """
    UPDATE summaries SET due_at = now() + %(lease)s
    WHERE id = %(id)s AND tries = %(tries)s AND made_at IS NULL RETURNING id
"""


async def held(session: Session, wished: SummaryRow, base: Reach | None, lease: timedelta) -> bool:
    """Lock a wish, which is this worker's for another `lease`, and what its summary goes on from; False when somebody
    else has it, or one of both has gone."""
    # The chat goes first, as where a run ends: there a wish is made by who holds the chat.
    await run(session, "SELECT FROM chats WHERE id = %(id)s FOR KEY SHARE", {"id": wished.chat_id})
    if not await run(session, HOLD, {"id": wished.id, "tries": wished.tries, "lease": lease}):
        return False
    below = None if base is None else select(SummaryRow.id).where(SummaryRow.id == base.id)
    return below is None or await session.scalar(below.with_for_update(key_share=True)) is not None


KEEP = """
    INSERT INTO summaries (id, chat_id, message_id, base_id, text, model_used, cost_usd, room, local, made_at)
    VALUES (%(id)s, %(chat_id)s, %(message_id)s, %(base_id)s, %(text)s, %(model_used)s, %(cost_usd)s,
            %(room)s, %(local)s, now())
    ON CONFLICT (message_id) DO UPDATE SET base_id = excluded.base_id, text = excluded.text,
        model_used = excluded.model_used, cost_usd = excluded.cost_usd, made_at = now()
"""


async def keep(session: Session, wished: SummaryRow, message_id: UUID, made: Made, base: Reach | None) -> None:
    """Store a summary up to a message: the one that was wished for, or one on the way to it. The wish is held."""
    values = {
        "id": new_id(), "chat_id": wished.chat_id, "message_id": message_id,
        "base_id": None if base is None else base.id, "room": wished.room, "local": wished.local, **made._asdict(),
    }  # fmt: skip
    await run(session, KEEP, values)


PUT_OFF = """
    UPDATE summaries SET due_at = now() + %(pause)s WHERE id = %(id)s AND tries = %(tries)s AND made_at IS NULL
"""


async def put_off(session: Session, wished: SummaryRow, pause: timedelta) -> None:
    """Try again later."""
    await run(session, PUT_OFF, {"id": wished.id, "tries": wished.tries, "pause": pause})


async def give_up(session: Session, wished: SummaryRow) -> None:
    """Take a wish back; the next answer may make another one."""
    query = "DELETE FROM summaries WHERE id = %(id)s AND tries = %(tries)s AND made_at IS NULL"
    await run(session, query, {"id": wished.id, "tries": wished.tries})


async def on_messages(session: Session, ids: list[UUID]) -> dict[UUID, SummaryRow]:
    """The summaries that reach up to these messages; no check of who asks."""
    made = SummaryRow.message_id.in_(ids) & SummaryRow.made_at.is_not(None)
    return {row.message_id: row for row in await session.scalars(select(SummaryRow).where(made))}


async def owned(session: Session, user_id: UUID, ids: list[UUID]) -> dict[UUID, SummaryRow]:
    """Those of the summaries that stand in chats of the viewer."""
    query = (
        select(SummaryRow)
        .join(ChatRow, ChatRow.id == SummaryRow.chat_id)
        .where(SummaryRow.id.in_(ids), SummaryRow.made_at.is_not(None), ChatRow.owner_id == user_id)
    )
    return {row.id: row for row in await session.scalars(query)}


async def remove(session: Session, summary_id: UUID, user_id: UUID) -> Sequence[MessageRow]:
    """Remove a summary, and those that go on from it; NotFound unless it is the viewer's. Returns the messages that
    they hung on."""
    row = (await owned(session, user_id, [summary_id])).get(summary_id)
    if row is None:
        raise NotFound(f"There is no summary with the id {global_id(Kind.SUMMARY, summary_id)!r}.")
    above = select(SummaryRow.id, SummaryRow.message_id).where(SummaryRow.id == summary_id).cte("above", recursive=True)
    on_it = above.union(select(SummaryRow.id, SummaryRow.message_id).join(above, SummaryRow.base_id == above.c.id))
    hung = list(await session.scalars(select(MessageRow).where(MessageRow.id.in_(select(on_it.c.message_id)))))
    await session.execute(delete(SummaryRow).where(SummaryRow.id == summary_id))
    return hung
