"""Making and changing workflows: what is acceptable, and who may do what."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson

from domain.errors import BadUserInput, Conflict, Forbidden
from domain.ids import Kind, parse
from domain.messages import storable, storable_json
from orchestration.sharing import check_shared
from orchestration.tools.toolbox import Toolbox, shipped_key
from orchestration.workflows.checking import Problems, read
from orchestration.workflows.crews import Named, found_agents, named_agents
from orchestration.workflows.definition import AgentStep, Definition, PanelStep, ToolStep
from orchestration.workflows.flow import tool_key_of
from persistence import accounts, mcp_servers, models, teams, workflows
from persistence.database import Database, Session
from persistence.mcp_servers import ServedTool
from persistence.workflows import WorkflowRow

MOST_WORKFLOWS = 200
"""Workflows of one person."""
LONGEST_NAME, LONGEST_DESCRIPTION, LONGEST_DEFINITION = 100, 1_000, 200_000
SHIPPED_TOOLS = frozenset({"web_search", "run_python"})
"""Tools that come with the product, but not to all servers."""


@dataclass(frozen=True, slots=True)
class Change:
    """`values` are columns of a workflow, only those that are to change; `shared` of None leaves that as it is."""

    values: Mapping[str, Any] = field(default_factory=dict)
    shared: bool | None = None


@dataclass(frozen=True, slots=True)
class WorkflowEditing:
    db: Database
    tools: Toolbox

    async def create(
        self, user_id: UUID, change: Change, *, copy_of: UUID | None = None, admin: bool = False
    ) -> WorkflowRow:
        """A new workflow of this person's, from nothing or from another that they may see."""
        wanted = _checked(change, admin=admin)
        async with self.db.write() as session:
            await accounts.lock(session, user_id)
            if await workflows.count_own(session, user_id) >= MOST_WORKFLOWS:
                raise Conflict(f"You have {MOST_WORKFLOWS} workflows. Delete some that you do not need.")
            values: dict[str, Any] = {"description": ""}
            if copy_of is not None:
                original = await workflows.visible_to(session, copy_of, user_id)
                values |= {name: getattr(original, name) for name in WorkflowRow.CONFIG}
            values |= wanted
            if missing := {f"input.{name}": "is needed" for name in ("name", "definition") if name not in values}:
                raise BadUserInput(missing)
            values["definition"] = await self._definition(session, user_id, values)
            return await workflows.add(session, owner_id=user_id, values=values)

    async def update(
        self, user_id: UUID, workflow_id: UUID, change: Change, *, expected: int | None = None, admin: bool = False
    ) -> WorkflowRow:
        """Change one of this person's workflows; Conflict when it is not in the `expected` version any more, Forbidden
        as `check_shared` says."""
        wanted = _checked(change, admin=admin)
        async with self.db.write() as session:
            row = await workflows.locked(session, workflow_id, user_id, expected=expected)
            check_shared(Kind.WORKFLOW, row, admin=admin, taken_back=change.shared is False)
            if "definition" in wanted or wanted.get("shared"):
                values = {"definition": row.definition, "shared": row.shared} | wanted
                wanted["definition"] = await self._definition(session, user_id, values)
            await workflows.change(session, row, wanted)
        return row

    async def delete(self, user_id: UUID, workflow_id: UUID) -> None:
        """Take one of this person's workflows away. Runs at work end as they began."""
        async with self.db.write() as session:
            await workflows.remove(session, await workflows.locked(session, workflow_id, user_id))

    async def check(self, user_id: UUID, raw: Any) -> Problems:
        """All that is wrong with a definition, by path; nothing when it can be stored."""
        _check_size(raw)
        definition, problems = read(raw)
        if definition is None or problems:
            return problems
        async with self.db.read() as session:
            return await self._unknown(session, user_id, definition, shared=False)

    async def _definition(self, session: Session, user_id: UUID, values: Mapping[str, Any]) -> dict[str, Any]:
        """The definition as it is stored; BadUserInput unless all that it names exists and this person may use it."""
        definition, problems = read(values["definition"])
        if definition is not None and not problems:
            problems = await self._unknown(session, user_id, definition, shared=bool(values.get("shared")))
        if definition is None or problems:
            raise BadUserInput({_under("input.definition", path): reason for path, reason in problems.items()})
        stored: dict[str, Any] = storable_json(definition.stored())
        return stored

    async def _unknown(self, session: Session, user_id: UUID, definition: Definition, *, shared: bool) -> Problems:
        problems: Problems = {}
        named = named_agents(definition)
        found = await found_agents(session, user_id, [one.name for one in named])
        for one in named:
            if (row := found.get(one.name)) is None:
                problems[one.path] = (
                    f"there is no agent {one.name[:80]!r}; give the id of one, or the slug of a shipped one"
                )
            elif shared and row.private:
                problems[one.path] = (
                    f"names {row.name}, which is not shared: a shared workflow can only name such that are"
                )
        tools = list(_named_tools(definition))
        keys = {tool_key_of(one.name) for one in tools} - self.tools.keys()
        served = await mcp_servers.tools_by_key(session, user_id, list(keys)) if keys else {}
        for one in tools:
            if problem := self._tool_problem(one.name, served, shared=shared):
                problems[one.path] = problem
        asked = list(_named_models(definition))
        unknown = {name for name in {one.name for one in asked} if not await _is_model(session, name)}
        problems |= {one.path: f"there is no model {one.name[:80]!r}" for one in asked if one.name in unknown}
        if len({row.id for row in found.values()}) > teams.LARGEST_TEAM:
            problems["steps"] = f"names more than {teams.LARGEST_TEAM} agents"
        return problems

    def _tool_problem(self, name: str, served: Mapping[UUID, ServedTool], *, shared: bool) -> str | None:
        key = tool_key_of(name)
        if key in self.tools or key in {shipped_key(tool) for tool in SHIPPED_TOOLS}:
            return None
        known = parse(name)
        if known is None or known[0] is not Kind.TOOL:
            return f"there is no tool {name[:80]!r}; give the id of one, or the name of one that comes with the server"
        if (found := served.get(key)) is None:
            return f"there is no tool with the id {name[:80]!r}"
        server = found.server
        return f"is a tool of {server.name}, which is not shared as the workflow is" if shared > server.shared else None


def _checked(change: Change, *, admin: bool) -> dict[str, Any]:
    """The columns to set; BadUserInput with what is wrong with them by themselves."""
    values, wrong = dict(change.values), {}
    name = values.get("name")
    if name is not None and not (1 <= len(name.strip()) <= LONGEST_NAME and name.isprintable()):
        wrong["input.name"] = f"must have 1 to {LONGEST_NAME} printable characters"
    if len(values.get("description", "")) > LONGEST_DESCRIPTION:
        wrong["input.description"] = (
            f"has {len(values['description']):,} characters; at most {LONGEST_DESCRIPTION:,} are allowed"
        )
    if wrong:
        raise BadUserInput(wrong)
    if "definition" in values:
        _check_size(values["definition"], "input.definition")
    if change.shared is not None:
        if change.shared and not admin:
            raise Forbidden("Only an administrator may share a workflow with everybody.")
        values["shared"] = change.shared
    return values | {name: storable(values[name]) for name in ("name", "description") if name in values}


def _check_size(raw: Any, path: str = "definition") -> None:
    try:
        size = len(orjson.dumps(raw))
    except TypeError:
        raise BadUserInput({path: "has numbers, characters or depths that are not stored"}) from None
    if size > LONGEST_DEFINITION:
        raise BadUserInput({path: f"has {size:,} bytes as JSON; at most {LONGEST_DEFINITION:,} are allowed"})


def _under(root: str, path: str) -> str:
    return f"{root}.{path}" if path else root


def _named_tools(definition: Definition) -> Iterator[Named]:
    for number, step in enumerate(definition.steps):
        if isinstance(step, ToolStep):
            yield Named(f"steps[{number}].tool", step.tool)
        for nth, member in enumerate((step.members or ()) if isinstance(step, PanelStep) else ()):
            if member.tool is not None:
                yield Named(f"steps[{number}].members[{nth}].tool", member.tool)


def _named_models(definition: Definition) -> Iterator[Named]:
    for number, step in enumerate(definition.steps):
        if isinstance(step, AgentStep) and step.model is not None:
            yield Named(f"steps[{number}].model", step.model)
        for nth, member in enumerate((step.members or ()) if isinstance(step, PanelStep) else ()):
            if member.model is not None:
                yield Named(f"steps[{number}].members[{nth}].model", member.model)


async def _is_model(session: Session, name: str) -> bool:
    try:
        await models.wanted(session, name)
    except BadUserInput:
        return False
    return True
