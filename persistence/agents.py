"""Agents: the stored configuration that a run is built from, and every query on it."""

from uuid import UUID

from sqlalchemy import ForeignKey, Text, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Mapped, mapped_column

from domain.errors import NotFound
from domain.ids import Kind, global_id
from domain.runs import ThinkingMode
from persistence.base import Base, Created, Key, Word, columns, loose
from persistence.database import Session, run

ASSISTANT = "assistant"
"""Slug of the agent that answers when nobody has chosen another one."""


class AgentRow(Base):
    """`slug` names an agent that ships with the product; `owner_id` is empty for those."""

    __tablename__ = "agents"
    id: Mapped[Key]
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    slug: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str]
    description: Mapped[str]
    instructions: Mapped[str]
    model_id: Mapped[UUID | None] = mapped_column(ForeignKey("models.id", ondelete="SET NULL"))
    thinking: Mapped[ThinkingMode | None] = mapped_column(Word(ThinkingMode))
    tools: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    max_turns: Mapped[int] = mapped_column(server_default="20")
    created_at: Mapped[Created]


async def ship(
    session: Session, *, slug: str, name: str, description: str, instructions: str, tools: list[str]
) -> None:
    """Put a shipped agent in place, or bring it up to date."""
    words = {"name": name, "description": description, "instructions": instructions, "tools": tools}
    statement = insert(AgentRow).values(slug=slug, **words)
    await session.execute(statement.on_conflict_do_update(index_elements=["slug"], set_=words))


FIND = f"SELECT {columns(AgentRow, 'a')} FROM agents a WHERE "


async def by_slug(session: Session, slug: str) -> AgentRow:
    return loose(AgentRow, (await run(session, FIND + "a.slug = %(slug)s", {"slug": slug}))[0])


async def of_run(session: Session, agent_id: UUID | None) -> AgentRow:
    """The agent that carries a run on: the one it was started with, or the assistant when that has been deleted."""
    query = FIND + "a.id = %(id)s OR a.slug = %(slug)s ORDER BY a.id = %(id)s DESC NULLS LAST LIMIT 1"
    return loose(AgentRow, (await run(session, query, {"id": agent_id, "slug": ASSISTANT}))[0])


async def by_ids(session: Session, ids: list[UUID]) -> dict[UUID, AgentRow]:
    """Agents by id; no check of who asks: the ids come from rows that the viewer may see."""
    rows = await session.scalars(select(AgentRow).where(AgentRow.id.in_(ids)))
    return {row.id: row for row in rows}


async def visible_to(session: Session, agent_id: UUID, user_id: UUID) -> AgentRow:
    """An agent that ships with the product or is the viewer's own; NotFound otherwise."""
    query = FIND + "a.id = %(id)s AND (a.owner_id IS NULL OR a.owner_id = %(user_id)s)"
    if not (found := await run(session, query, {"id": agent_id, "user_id": user_id})):
        raise NotFound(f"There is no agent with the id {global_id(Kind.AGENT, agent_id)!r}.")
    return loose(AgentRow, found[0])


async def owned(session: Session, user_id: UUID, ids: list[UUID]) -> dict[UUID, AgentRow]:
    """Those of the agents that ship with the product or are the viewer's own."""
    mine = AgentRow.owner_id.is_(None) | (AgentRow.owner_id == user_id)
    rows = await session.scalars(select(AgentRow).where(AgentRow.id.in_(ids), mine))
    return {row.id: row for row in rows}
