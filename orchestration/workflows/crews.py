"""Who takes part in a workflow: the agents that it names, in the versions that a run of it begins with."""

from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from domain.errors import BadUserInput
from domain.ids import Kind, parse
from orchestration.agents.shipped import SHIPPED
from orchestration.workflows.definition import AgentStep, Definition, FlowStep, PanelStep
from persistence import agents, teams
from persistence.agents import AgentRow
from persistence.database import Session
from persistence.workflows import WorkflowRow

SLUGS = frozenset(agent.slug for agent in SHIPPED)


class Named(NamedTuple):
    """Something that a definition names, and where."""

    path: str
    name: str


def named_agents(definition: Definition) -> list[Named]:
    """The agents that a definition names, the assistant where it names none."""
    found = [one for number, step in enumerate(definition.steps) for one in _agents_of(step, f"steps[{number}]")]
    return [Named(path, agents.ASSISTANT if name is None else name) for path, name in found]


def _agents_of(step: FlowStep, place: str) -> Iterator[tuple[str, str | None]]:
    if isinstance(step, AgentStep) or (isinstance(step, PanelStep) and step.models is not None):
        yield f"{place}.agent", step.agent
    for number, member in enumerate((step.members or ()) if isinstance(step, PanelStep) else ()):
        if member.tool is None:
            yield f"{place}.members[{number}].agent", member.agent


async def found_agents(session: Session, user_id: UUID, names: list[str]) -> dict[str, AgentRow]:
    """Those of the agents, by id or slug, that this person may use."""
    keys = {name: known[1] for name in names if (known := parse(name)) and known[0] is Kind.AGENT}
    seen = await agents.owned(session, user_id, list(keys.values()))
    found = {name: seen[key] for name, key in keys.items() if key in seen}
    for slug in SLUGS.intersection(names):
        found[slug] = await agents.by_slug(session, slug)
    return found


class Crew(NamedTuple):
    """`speaker` is who gives the answer, as far as can be told before; `versions` are of all who may take part."""

    speaker: AgentRow
    versions: dict[str, int]


async def crew_of(session: Session, user_id: UUID, workflow: WorkflowRow) -> Crew:
    """Who is to carry a workflow out for this person; BadUserInput when one of them is gone, or they are too many."""
    definition = Definition.model_validate(workflow.definition)
    named = named_agents(definition)
    found = await found_agents(session, user_id, [one.name for one in named])
    if gone := [one for one in named if one.name not in found]:
        reason = f"its {gone[0].path} names the agent {gone[0].name!r}, which is not there any more"
        raise BadUserInput({"input.workflowId": reason})
    versions: dict[str, int] = {}
    for row in {row.id: row for row in found.values()}.values():
        versions |= await teams.pins(session, user_id, row)
    if len(versions) > teams.LARGEST_TEAM:
        raise BadUserInput({"input.workflowId": f"leads to more than {teams.LARGEST_TEAM} agents"})
    answering = [step.agent or agents.ASSISTANT for step in definition.steps if isinstance(step, AgentStep)]
    speaker = found[answering[-1]] if answering else await agents.by_slug(session, agents.ASSISTANT)
    return Crew(speaker, versions or {speaker.id.hex: speaker.version})
