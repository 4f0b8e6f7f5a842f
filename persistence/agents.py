"""Agents: the stored configuration that a run is built from, its versions, and every query on them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Integer, Numeric, Uuid, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

from domain.errors import NotFound
from domain.ids import Kind, global_id, parse
from domain.runs import ThinkingMode
from persistence.base import Base, Created, Key, Moment, Word, columns, loose
from persistence.database import Session, run
from persistence.versions import VersionPage, version_pages

ASSISTANT = "assistant"
"""Slug of the agent that answers when nobody has chosen another one."""
LONGEST_LIST = 1_000

Keys = list[UUID]


class AgentRow(Base):
    """`slug` names an agent that ships with the product; `owner_id` is empty for those. `tools` are keys of tools that
    come with the product, `mcp_tools` of single tools of MCP servers, `handoffs` agents that it may hand the
    conversation to, `agent_tools` agents that it may ask like tools.

    The row is the newest `version`. A deleted agent stays for the chats that it has answered in.
    """

    __tablename__ = "agents"
    id: Mapped[Key]
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    slug: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str]
    description: Mapped[str]
    instructions: Mapped[str]
    model_id: Mapped[UUID | None] = mapped_column(ForeignKey("models.id", ondelete="SET NULL"))
    thinking: Mapped[ThinkingMode | None] = mapped_column(Word(ThinkingMode))
    tools: Mapped[Keys] = mapped_column(ARRAY(Uuid), server_default="{}", default=list)
    mcp_tools: Mapped[Keys] = mapped_column(ARRAY(Uuid), server_default="{}", default=list)
    mcp_servers: Mapped[Keys] = mapped_column(ARRAY(Uuid), server_default="{}", default=list)
    handoffs: Mapped[Keys] = mapped_column(ARRAY(Uuid), server_default="{}", default=list)
    agent_tools: Mapped[Keys] = mapped_column(ARRAY(Uuid), server_default="{}", default=list)
    output_schema: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    guardrails: Mapped[dict[str, Any]] = mapped_column(server_default="{}", default=dict)
    max_turns: Mapped[int] = mapped_column(server_default="20", default=20)
    max_tokens: Mapped[int | None]
    max_cost_usd: Mapped[Decimal | None] = mapped_column(Numeric(18, 6))
    max_seconds: Mapped[int | None]
    shared: Mapped[bool] = mapped_column(server_default="false", default=False)
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    created_at: Mapped[Created]
    updated_at: Mapped[Created]
    deleted_at: Mapped[Moment | None]


class AgentVersionRow(Base):
    """One version of an agent, which never changes."""

    __tablename__ = "agent_versions"
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    config: Mapped[dict[str, Any]]
    created_at: Mapped[Created]


CONFIG = (
    "name", "description", "instructions", "model_id", "thinking", "tools", "mcp_tools", "mcp_servers", "handoffs",
    "agent_tools", "output_schema", "guardrails", "max_turns", "max_tokens", "max_cost_usd", "max_seconds",
)  # fmt: skip
"""What a version is made of."""
KEYS = ("tools", "mcp_tools", "mcp_servers", "handoffs", "agent_tools")
LIMITS = ("max_tokens", "max_cost_usd", "max_seconds")
"""What one run of an agent may use; None is without a limit of its own."""


def _stored(row: AgentRow) -> dict[str, Any]:
    config = {name: getattr(row, name) for name in CONFIG}
    config |= {name: [key.hex for key in config[name]] for name in KEYS}
    cost = None if row.max_cost_usd is None else f"{row.max_cost_usd:f}"
    return config | {"model_id": None if row.model_id is None else row.model_id.hex, "max_cost_usd": cost}


def config_of(version: AgentVersionRow) -> dict[str, Any]:
    """The columns of an agent as a version has them. What the version does not know yet is as in a new agent."""
    stored = version.config
    config = {name: stored[name] for name in CONFIG if name in stored}
    config |= {name: [UUID(hex=key) for key in stored.get(name, ())] for name in KEYS}
    model, thinking = stored.get("model_id"), stored.get("thinking")
    config["model_id"] = None if model is None else UUID(hex=model)
    config["thinking"] = None if thinking is None else ThinkingMode(thinking)
    config |= {name: stored.get(name) for name in LIMITS}
    if (cost := config["max_cost_usd"]) is not None:
        config["max_cost_usd"] = Decimal(cost)
    return config


def as_it_was(row: AgentRow, version: AgentVersionRow) -> AgentRow:
    """The agent in an earlier version; no session knows this row."""
    now = {column.key: getattr(row, column.key) for column in AgentRow.__mapper__.column_attrs}
    return AgentRow(**now | config_of(version) | {"version": version.version, "updated_at": version.created_at})


def _visible(user_id: UUID) -> ColumnElement[bool]:
    mine = or_(AgentRow.owner_id.is_(None), AgentRow.owner_id == user_id, AgentRow.shared)
    return AgentRow.deleted_at.is_(None) & mine


FIND = f"SELECT {columns(AgentRow, 'a')} FROM agents a WHERE "
VISIBLE = "a.deleted_at IS NULL AND (a.owner_id IS NULL OR a.owner_id = %(user_id)s OR a.shared)"


async def by_slug(session: Session, slug: str) -> AgentRow:
    return loose(AgentRow, (await run(session, FIND + "a.slug = %(slug)s", {"slug": slug}))[0])


NAMED = """ AND (a.id = %(id)s::uuid OR a.slug = %(name)s OR lower(a.name) = lower(%(name)s))
    ORDER BY a.id IS DISTINCT FROM %(id)s, a.owner_id IS DISTINCT FROM %(user_id)s, a.owner_id NULLS FIRST, a.id"""


async def named(session: Session, user_id: UUID, name: str) -> AgentRow:
    """The agent that the viewer calls by its id, slug or name, their own before the product's; NotFound without one."""
    known = parse(name)
    key = known[1] if known and known[0] is Kind.AGENT else None
    if not (found := await run(session, FIND + VISIBLE + NAMED, {"user_id": user_id, "name": name, "id": key})):
        raise NotFound(f"There is no agent {name[:80]!r} that you may use.")
    return loose(AgentRow, found[0])


async def visible_to(session: Session, agent_id: UUID, user_id: UUID) -> AgentRow:
    """An agent that ships with the product, is shared, or is the viewer's own; NotFound otherwise."""
    query = FIND + "a.id = %(id)s AND " + VISIBLE
    if not (found := await run(session, query, {"id": agent_id, "user_id": user_id})):
        raise NotFound(f"There is no agent with the id {global_id(Kind.AGENT, agent_id)!r}.")
    return loose(AgentRow, found[0])


async def owned(session: Session, user_id: UUID, ids: list[UUID]) -> dict[UUID, AgentRow]:
    """Those of the agents that the viewer may see."""
    rows = await session.scalars(select(AgentRow).where(AgentRow.id.in_(ids), _visible(user_id)))
    return {row.id: row for row in rows}


async def listed(session: Session, user_id: UUID) -> list[AgentRow]:
    """All that the viewer may use: those that ship with the product, then others, by name."""
    order = AgentRow.owner_id.is_not(None), func.lower(AgentRow.name), AgentRow.id
    query = select(AgentRow).where(_visible(user_id)).order_by(*order).limit(LONGEST_LIST)
    return list(await session.scalars(query))


async def count(session: Session, user_id: UUID) -> int:
    """How many agents a person has made and not deleted."""
    mine = AgentRow.owner_id == user_id, AgentRow.deleted_at.is_(None)
    return await session.scalar(select(func.count()).select_from(AgentRow).where(*mine)) or 0


async def locked(session: Session, agent_id: UUID, user_id: UUID) -> AgentRow:
    """One of the viewer's own agents with its row locked; NotFound otherwise."""
    query = select(AgentRow).where(AgentRow.id == agent_id, AgentRow.owner_id == user_id, AgentRow.deleted_at.is_(None))
    if (row := await session.scalar(query.with_for_update())) is None:
        raise NotFound(f"You have no agent with the id {global_id(Kind.AGENT, agent_id)!r}.")
    return row


async def add(
    session: Session, *, owner_id: UUID | None, values: Mapping[str, Any], slug: str | None = None
) -> AgentRow:
    row = AgentRow(owner_id=owner_id, slug=slug, **values)
    session.add(row)
    await session.flush()
    await session.refresh(row)
    session.add(AgentVersionRow(agent_id=row.id, version=row.version, config=_stored(row)))
    await session.flush()
    return row


async def change(session: Session, row: AgentRow, values: Mapping[str, Any]) -> None:
    """Change an agent whose row is locked. Another configuration is another version."""
    before = _stored(row)
    for name, value in values.items():
        setattr(row, name, value)
    if session.is_modified(row):
        row.updated_at = datetime.now(UTC)
    if _stored(row) != before:
        row.version += 1
        session.add(AgentVersionRow(agent_id=row.id, version=row.version, config=_stored(row)))
    await session.flush()


async def remove(session: Session, row: AgentRow) -> None:
    """Take an agent out of all lists. Runs at work and what it has said keep it."""
    row.deleted_at = datetime.now(UTC)
    await session.flush()


async def ship(session: Session, slug: str, values: Mapping[str, Any]) -> AgentRow:
    """Put a shipped agent in place, or bring it up to date; what is as it should be stays as it is."""
    named = AgentRow.slug == slug
    if await session.scalar(select(AgentRow.id).where(named)) is None:
        fresh = {"slug": slug, "name": slug, "description": "", "instructions": "", "version": 0}
        await session.execute(insert(AgentRow).values(fresh).on_conflict_do_nothing(index_elements=["slug"]))
    row = (await session.scalars(select(AgentRow).where(named).with_for_update())).one()
    await change(session, row, values)
    return row


async def version_of(session: Session, agent_id: UUID, version: int) -> AgentVersionRow:
    """One version of an agent that the caller may see; NotFound when there is none."""
    row = await session.get(AgentVersionRow, (agent_id, version))
    if row is None:
        raise NotFound(f"The agent {global_id(Kind.AGENT, agent_id)!r} has no version {version}.")
    return row


async def versions(session: Session, pages: list[VersionPage]) -> dict[VersionPage, list[AgentVersionRow]]:
    """Pages of versions of agents that the viewer may see, all with one statement."""
    kind = AgentVersionRow
    return await version_pages(session, kind, kind.agent_id, kind.version, pages)
