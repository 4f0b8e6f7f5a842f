"""Making and changing agents: what is acceptable, and who may do what."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.errors import BadUserInput, Conflict, Forbidden
from domain.ids import Kind, global_id
from domain.messages import storable
from orchestration.agents.guardrails import Guardrails
from orchestration.agents.outputs import wrong_with
from orchestration.runs.asking import FEWEST_TOKENS, MOST_SECONDS, MOST_TOKENS
from orchestration.sharing import check_shared
from orchestration.tools.toolbox import Toolbox
from persistence import accounts, agents, chats, mcp_servers, models, teams
from persistence.agents import AgentRow
from persistence.database import Database, Session
from persistence.teams import Member

MOST_AGENTS = 200
"""Agents of one person."""
LONGEST_NAME, LONGEST_DESCRIPTION, LONGEST_INSTRUCTIONS = 100, 1_000, 50_000
MOST_TOOLS, MOST_MCP_SERVERS, MOST_HANDOFFS, MOST_AGENT_TOOLS = 64, 16, 16, 16
MOST_TURNS = 100
MOST_USD = 1_000_000
EXACT = Decimal("0.000001")
"""How exactly money is stored."""
FIELDS = {
    "name": "name", "description": "description", "instructions": "instructions", "model_id": "modelId",
    "tools": "toolIds", "mcp_servers": "mcpServerIds", "handoffs": "handoffIds", "agent_tools": "agentToolIds",
    "output_schema": "outputSchema", "max_turns": "maxTurns", "max_tokens": "maxTokens", "max_cost_usd": "maxCostUsd",
    "max_seconds": "maxSeconds",
}  # fmt: skip
"""What the columns of an agent are called in the input."""
NEW: dict[str, Any] = {"description": "", "instructions": ""}


@dataclass(frozen=True, slots=True)
class Change:
    """`values` are columns of an agent, only those that are to change; `shared` of None leaves that as it is."""

    values: Mapping[str, Any] = field(default_factory=dict)
    guardrails: Guardrails | None = None
    shared: bool | None = None


@dataclass(frozen=True, slots=True)
class Editing:
    db: Database
    tools: Toolbox

    async def create(
        self, user_id: UUID, change: Change, *, copy_of: UUID | None = None, admin: bool = False
    ) -> AgentRow:
        """A new agent of this person's, from nothing or from another that they may see."""
        wanted = self._by_source(_checked(change, admin=admin))
        async with self.db.write() as session:
            await accounts.lock(session, user_id)
            if await agents.count(session, user_id) >= MOST_AGENTS:
                raise Conflict(f"You have {MOST_AGENTS} agents. Delete some that you do not need.")
            base = NEW
            if copy_of is not None:
                original = await agents.visible_to(session, copy_of, user_id)
                base = {name: getattr(original, name) for name in AgentRow.CONFIG}
            values = NEW | base | wanted
            if "name" not in values:
                raise BadUserInput({"input.name": "is needed"})
            await self._check_references(session, user_id, None, values, wanted)
            return await agents.add(session, owner_id=user_id, values=values)

    async def update(
        self, user_id: UUID, agent_id: UUID, change: Change, *, expected: int | None = None, admin: bool = False
    ) -> AgentRow:
        """Change one of this person's agents; Conflict when it is not in the `expected` version any more, Forbidden as
        `check_shared` says."""
        wanted = self._by_source(_checked(change, admin=admin))
        async with self.db.write() as session:
            row = await agents.locked(session, agent_id, user_id, expected=expected)
            check_shared(Kind.AGENT, row, admin=admin, taken_back=change.shared is False)
            values = {name: getattr(row, name) for name in (*AgentRow.CONFIG, "shared")} | wanted
            await self._check_references(session, user_id, agent_id, values, wanted)
            await agents.change(session, row, wanted)
        return row

    async def restore(self, user_id: UUID, agent_id: UUID, version: int, *, admin: bool = False) -> AgentRow:
        """Make an earlier version of one of this person's agents the newest again, as far as what it names is there."""
        async with self.db.write() as session:
            row = await agents.locked(session, agent_id, user_id)
            check_shared(Kind.AGENT, row, admin=admin)
            config = (await agents.version_of(session, agent_id, version)).values()
            seen = await agents.owned(session, user_id, [*config["handoffs"], *config["agent_tools"]])
            usable = {key for key, other in seen.items() if not (row.shared and other.private)}
            for name in ("handoffs", "agent_tools"):
                config[name] = [key for key in config[name] if key in usable]
            if config["model_id"] not in await models.by_ids(session, [config["model_id"]]):
                config["model_id"] = None
            config["mcp_servers"] = await _usable_servers(session, user_id, config["mcp_servers"], shared=row.shared)
            config["mcp_tools"] = await _usable_tools(session, user_id, config["mcp_tools"], shared=row.shared)
            await self._check_circles(session, user_id, agent_id, config)
            await agents.change(session, row, config)
        return row

    async def delete(self, user_id: UUID, agent_id: UUID) -> None:
        """Take one of this person's agents away. Chats that it answered in go on with the assistant."""
        async with self.db.write() as session:
            row = await agents.locked(session, agent_id, user_id)
            await agents.remove(session, row)
            await chats.leave_agent(session, agent_id)

    def _by_source(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """What is wanted, with single tools of MCP servers apart from those that come with the product."""
        if "tools" not in wanted:
            return wanted
        served = [key for key in wanted["tools"] if key not in self.tools]
        return wanted | {"tools": [key for key in wanted["tools"] if key in self.tools], "mcp_tools": served}

    async def _check_references(
        self, session: Session, user_id: UUID, agent_id: UUID | None, values: Mapping[str, Any],
        wanted: Collection[str],
    ) -> None:  # fmt: skip
        """BadUserInput unless all that is named exists, and this person may use it."""
        wrong: dict[str, str] = {}
        if (single := values.get("mcp_tools")) and ("mcp_tools" in wanted or values.get("shared")):
            usable = await _usable_tools(session, user_id, single, shared=bool(values.get("shared")))
            if unknown := [key for key in single if key not in usable]:
                reason = _no("tool", Kind.TOOL, unknown)
                wrong["input.toolIds"] = f"{reason}, or its MCP server is not shared as the agent is"
        model_id = values.get("model_id")
        if "model_id" in wanted and model_id and model_id not in await models.by_ids(session, [model_id]):
            wrong["input.modelId"] = _no("model", Kind.MODEL, [model_id])
        if (wanted_servers := values.get("mcp_servers")) and ("mcp_servers" in wanted or values.get("shared")):
            usable = await _usable_servers(session, user_id, wanted_servers, shared=bool(values.get("shared")))
            if unknown := [key for key in wanted_servers if key not in usable]:
                reason = _no("MCP server", Kind.MCP_SERVER, unknown)
                wrong["input.mcpServerIds"] = f"{reason}, or it is not shared as the agent is"
        others = {name: values.get(name, []) for name in ("handoffs", "agent_tools")}
        seen = await agents.owned(session, user_id, [key for keys in others.values() for key in keys])
        for name, keys in others.items():
            path = f"input.{FIELDS[name]}"
            if agent_id is not None and agent_id in keys:
                wrong[path] = "names the agent itself"
            elif name in wanted and (unknown := [key for key in keys if key not in seen]):
                wrong[path] = _no("agent", Kind.AGENT, unknown)
            elif values.get("shared") and (private := [row for row in map(seen.get, keys) if row and row.private]):
                wrong[path] = (
                    f"names {private[0].name}, which is not shared: a shared agent can only name such that are"
                )
        if wrong:
            raise BadUserInput(wrong)
        await self._check_circles(session, user_id, agent_id, values)

    async def _check_circles(
        self, session: Session, user_id: UUID, agent_id: UUID | None, values: Mapping[str, Any]
    ) -> None:
        """BadUserInput when an agent could come to ask itself like a tool, directly or through others."""
        own = Member(agent_id or UUID(int=0), 0, list(values.get("handoffs", [])), list(values.get("agent_tools", [])))
        known = {own.id: own}
        for key in {*own.handoffs, *own.agent_tools}:
            for member in await teams.reachable(session, user_id, key):
                known.setdefault(member.id, member)
        if len(known) > teams.LARGEST_TEAM:
            raise BadUserInput({"input.handoffIds": f"leads to more than {teams.LARGEST_TEAM} agents"})
        if circle := next(_circles(known), None):
            reason = "would let agents ask each other in a circle; only handoffs may go in circles"
            name = "agent_tools" if circle in own.agent_tools or not own.handoffs else "handoffs"
            raise BadUserInput({f"input.{FIELDS[name]}": reason})


def _checked(change: Change, *, admin: bool) -> dict[str, Any]:
    """The columns to set; BadUserInput with all that is wrong with them by themselves."""
    values, wrong = dict(change.values), {}
    for name, problem in _problems(values):
        wrong[f"input.{FIELDS[name]}"] = problem
    if wrong:
        raise BadUserInput(wrong)
    if change.guardrails is not None:
        change.guardrails.check()
        values["guardrails"] = change.guardrails.stored()
    if change.shared is not None:
        if change.shared and not admin:
            raise Forbidden("Only an administrator may share an agent with everybody.")
        values["shared"] = change.shared
    for name in ("name", "description", "instructions"):
        if name in values:
            values[name] = storable(values[name])
    for name in agents.KEYS:
        if name in values:
            values[name] = list(dict.fromkeys(values[name]))
    if (cost := values.get("max_cost_usd")) is not None:
        values["max_cost_usd"] = cost.quantize(EXACT)
    return values


def _problems(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    name = values.get("name")
    if name is not None and not (1 <= len(name.strip()) <= LONGEST_NAME and name.isprintable()):
        yield "name", f"must have 1 to {LONGEST_NAME} printable characters"
    for column, longest in (("description", LONGEST_DESCRIPTION), ("instructions", LONGEST_INSTRUCTIONS)):
        if len(values.get(column, "")) > longest:
            yield column, f"has {len(values[column]):,} characters; at most {longest:,} are allowed"
    for column, most in (
        ("tools", MOST_TOOLS), ("mcp_servers", MOST_MCP_SERVERS), ("handoffs", MOST_HANDOFFS),
        ("agent_tools", MOST_AGENT_TOOLS),
    ):  # fmt: skip
        if len(values.get(column, ())) > most:
            yield column, f"names {len(values[column])}; at most {most} are allowed"
    if not 1 <= values.get("max_turns", 1) <= MOST_TURNS:
        yield "max_turns", f"must be between 1 and {MOST_TURNS}, not {values['max_turns']}"
    yield from _wrong_limits(values)
    schema = values.get("output_schema")
    if schema is not None and (problem := wrong_with(schema)):
        yield "output_schema", problem


def _wrong_limits(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for column, least, most in (("max_tokens", FEWEST_TOKENS, MOST_TOKENS), ("max_seconds", 1, MOST_SECONDS)):
        given = values.get(column)
        if given is not None and not least <= given <= most:
            yield column, f"must be a number from {least} to {most:,}, not {given}"
    cost = values.get("max_cost_usd")
    if cost is not None and not (cost.is_finite() and 0 <= cost <= MOST_USD):
        yield "max_cost_usd", f"must be a number from 0 to {MOST_USD:,}"


async def _usable_servers(session: Session, user_id: UUID, keys: list[UUID], *, shared: bool) -> list[UUID]:
    """Those of the MCP servers that this person may give an agent; a `shared` one can only have such that are."""
    found = await mcp_servers.owned(session, user_id, keys) if keys else {}
    return [key for key in keys if key in found and (found[key].shared or not shared)]


async def _usable_tools(session: Session, user_id: UUID, keys: list[UUID], *, shared: bool) -> list[UUID]:
    """Those of the tools of MCP servers that this person may give an agent, likewise."""
    found = await mcp_servers.tools_by_key(session, user_id, keys) if keys else {}
    return [key for key in keys if key in found and (found[key].server.shared or not shared)]


def _no(what: str, kind: Kind, keys: Sequence[UUID]) -> str:
    return f"there is no {what} with the id {global_id(kind, keys[0])!r}"


def _circles(known: Mapping[UUID, Member]) -> Iterator[UUID]:
    """Agents that are asked like tools by one that they can lead back to."""
    for member in known.values():
        for asked in member.agent_tools:
            if _leads_to(known, asked, member.id):
                yield asked


def _leads_to(known: Mapping[UUID, Member], start: UUID, goal: UUID) -> bool:
    waiting, seen = [start], {start}
    while waiting:
        here = waiting.pop()
        if here == goal:
            return True
        member = known.get(here)
        further = {*member.handoffs, *member.agent_tools} - seen if member else set()
        seen |= further
        waiting.extend(further)
    return False
