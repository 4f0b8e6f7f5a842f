"""Which model a run gets: chosen as it is claimed, or later for an attempt that follows on another."""

from domain.models import Selection
from domain.runs import RunFailure
from orchestration.inference.selection import Broken, Ready, Task, current_model
from orchestration.memory.context import Gathered
from persistence.agents import AgentRow
from persistence.runs import RunRow
from persistence.workflows import WorkflowRow


def task_of(run: RunRow, agent: AgentRow, workflow: WorkflowRow | None, gathered: Gathered) -> Task:
    """What the run asks of a model. One that goes by a workflow has no model of an agent."""
    return Task.of_run(
        prompt="\n".join(row.content for row in gathered.path),
        question=gathered.path[-1].content,
        model_id=run.requested_model_id or (agent.model_id if workflow is None else None),
        thinking=run.thinking,
        options=run.options,
        current=current_model(gathered.path),
        wishes=gathered.attached.wishes,
    )


def at_once(
    ready: Ready, run: RunRow, agent: AgentRow, workflow: WorkflowRow | None, gathered: Gathered
) -> Selection | None:
    """The model for a first attempt, chosen without waiting for anything. None for a later attempt, for a run that is
    to stop, and when no model can be chosen: whoever carries the run on chooses then, and says why it cannot be."""
    if run.attempt > 1 or run.cancel_requested_at is not None:
        return None
    try:
        return ready.choose(task_of(run, agent, workflow, gathered))
    except (RunFailure, *Broken):
        return None
