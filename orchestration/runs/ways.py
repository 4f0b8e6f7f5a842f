"""Who answers a message: an agent with its team, or a workflow with its own."""

from typing import NamedTuple
from uuid import UUID

from orchestration.workflows.crews import crew_of
from persistence import agents, runs, teams, workflows
from persistence.agents import AgentRow
from persistence.chats import ChatRow
from persistence.database import Session
from persistence.messages import MessageRow
from persistence.workflows import WorkflowRow


class Way(NamedTuple):
    """Who answers, with the versions of all who may take part, and the workflow that they go by."""

    agent: AgentRow
    versions: dict[str, int]
    workflow: WorkflowRow | None = None


async def agent_for(session: Session, user_id: UUID, wanted: UUID | None, usual: UUID | None = None) -> AgentRow:
    """The agent that is asked for, NotFound if there is none; else the usual one, or the assistant if that is gone."""
    if wanted is not None:
        return await agents.visible_to(session, wanted, user_id)
    if usual is not None and (row := (await agents.owned(session, user_id, [usual])).get(usual)) is not None:
        return row
    return await agents.by_slug(session, agents.ASSISTANT)


async def way_of(session: Session, user_id: UUID, agent: AgentRow, workflow_id: UUID | None) -> Way:
    """An agent with its team, or a workflow with its own; NotFound when this person may not use that."""
    if workflow_id is None:
        return Way(agent, await teams.pins(session, user_id, agent))
    workflow = await workflows.visible_to(session, workflow_id, user_id)
    return Way(*await crew_of(session, user_id, workflow), workflow)


async def way_again(session: Session, user_id: UUID, chosen: MessageRow, chat: ChatRow) -> Way:
    """The agent that an answer was asked of, which need not be the one that gave it, or the workflow."""
    run = None if chosen.run_id is None else (await runs.by_ids(session, [chosen.run_id])).get(chosen.run_id)
    agent = await agent_for(session, user_id, None, (run and run.agent_id) or chat.agent_id)
    return await way_of(session, user_id, agent, None if run is None else run.workflow_id)
