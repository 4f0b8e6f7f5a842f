"""Models of agents that have one of their own: the other agents of a run share the run's."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import UUID

from orchestration.inference.chain import Chain, Record
from orchestration.inference.pool import ModelPool
from persistence.agents import AgentRow


@asynccontextmanager
async def own_chains(pool: ModelPool, team: Sequence[AgentRow], record: Record) -> AsyncIterator[dict[UUID, Chain]]:
    """A chain of one model for each agent that has its own, by agent. One whose model cannot be used has none.

    Nothing is loaded or called before the agent's turn comes.
    """
    wanted = {row.id: row.model_id for row in team if row.model_id is not None}
    usable = set()
    if wanted:
        usable = {facts.model.id for facts in await pool.facts() if facts.model.enabled and facts.model.available}
    async with AsyncExitStack() as stack:
        yield {
            agent_id: await stack.enter_async_context(pool.open_chain([model_id], record=record))
            for agent_id, model_id in wanted.items()
            if model_id in usable
        }
