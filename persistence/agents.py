"""Agents: the stored configuration that a run is built from, its versions, and every query on them."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Numeric, Uuid, func, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from domain.errors import NotFound
from domain.ids import Kind, parse
from domain.runs import ThinkingMode
from persistence.base import Word, loose, row_of
from persistence.database import Session, run
from persistence.versions import VISIBLE, Versioned, VersionedRow, VersionRow

ASSISTANT = "assistant"
"""Slug of the agent that answers when nobody has chosen another one."""
LONGEST_LIST = 1_000

Keys = list[UUID]


KEYS = ("tools", "mcp_tools", "mcp_servers", "handoffs", "agent_tools")
LIMITS = ("max_tokens", "max_cost_usd", "max_seconds")
"""What one run of an agent may use; None is without a limit of its own."""


class AgentRow(VersionedRow):
    """`tools` are keys of tools that come with the product, `mcp_tools` of single tools of MCP servers, `handoffs`
    agents that it may hand the conversation to, `agent_tools` agents that it may ask like tools."""

    __tablename__ = "agents"
    CONFIG = (
        "name", "description", "instructions", "model_id", "thinking", "tools", "mcp_tools", "mcp_servers", "handoffs",
        "agent_tools", "output_schema", "guardrails", "max_turns", "max_tokens", "max_cost_usd", "max_seconds",
    )  # fmt: skip
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

    def stored(self) -> dict[str, Any]:
        config = super().stored()
        config |= {name: [key.hex for key in config[name]] for name in KEYS}
        cost = None if self.max_cost_usd is None else f"{self.max_cost_usd:f}"
        return config | {"model_id": None if self.model_id is None else self.model_id.hex, "max_cost_usd": cost}


class AgentVersionRow(VersionRow):
    __tablename__ = "agent_versions"
    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True, sort_order=-1)

    def values(self) -> dict[str, Any]:
        """What the version does not know yet is as in a new agent."""
        stored = self.config
        config = {name: stored[name] for name in AgentRow.CONFIG if name in stored}
        config |= {name: [UUID(hex=key) for key in stored.get(name, ())] for name in KEYS}
        model, thinking = stored.get("model_id"), stored.get("thinking")
        config["model_id"] = None if model is None else UUID(hex=model)
        config["thinking"] = None if thinking is None else ThinkingMode(thinking)
        config |= {name: stored.get(name) for name in LIMITS}
        if (cost := config["max_cost_usd"]) is not None:
            config["max_cost_usd"] = Decimal(cost)
        return config


AGENTS = Versioned(Kind.AGENT, AgentRow, AgentVersionRow.agent_id, AgentVersionRow, {"instructions": ""})
FIND = AGENTS.find
add, change, remove, ship = AGENTS.add, AGENTS.change, AGENTS.remove, AGENTS.ship
owned, visible_to, locked, count = AGENTS.owned, AGENTS.visible_to, AGENTS.locked, AGENTS.count_own
as_it_was, version_of, versions = AGENTS.as_it_was, AGENTS.version_of, AGENTS.versions


DEPARTED: dict[str, Any] = {
    "name": "An agent that has been deleted", "description": "", "instructions": "", "output_schema": None,
    "guardrails": {}, "max_turns": 1,
}  # fmt: skip


def departed(key: UUID, since: datetime) -> AgentRow:
    """In the place of an agent that left with the person whose it was; nobody's, and to be read only."""
    made = {"created_at": since, "updated_at": since, "deleted_at": since}
    config = AgentVersionRow(config=DEPARTED).values()
    return row_of(AgentRow, id=key, owner_id=None, slug=None, shared=False, version=1, **made, **config)


async def by_slug(session: Session, slug: str) -> AgentRow:
    return loose(AgentRow, (await run(session, FIND + "r.slug = %(slug)s", {"slug": slug}))[0])


NAMED = """ AND (r.id = %(id)s::uuid OR r.slug = %(name)s OR lower(r.name) = lower(%(name)s))
    ORDER BY r.id IS DISTINCT FROM %(id)s, r.owner_id IS DISTINCT FROM %(user_id)s, r.owner_id NULLS FIRST, r.id"""


async def named(session: Session, user_id: UUID, name: str) -> AgentRow:
    """The agent that the viewer calls by its id, slug or name, their own before the product's; NotFound without one."""
    known = parse(name)
    key = known[1] if known and known[0] is Kind.AGENT else None
    if not (found := await run(session, FIND + VISIBLE + NAMED, {"user_id": user_id, "name": name, "id": key})):
        raise NotFound(f"There is no agent {name[:80]!r} that you may use.")
    return loose(AgentRow, found[0])


async def listed(session: Session, user_id: UUID) -> list[AgentRow]:
    """All that the viewer may use: those that ship with the product, then others, by name."""
    order = AgentRow.owner_id.is_not(None), func.lower(AgentRow.name), AgentRow.id
    query = select(AgentRow).where(AGENTS.visible(user_id)).order_by(*order).limit(LONGEST_LIST)
    return list(await session.scalars(query))
