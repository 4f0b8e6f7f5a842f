"""A step that an agent works out with its tools: turn by turn, each of them stored, like a run within the run."""

from collections.abc import Sequence

from agents import Runner, TResponseInputItem

from orchestration.inference.chain import Chain
from orchestration.runs import nesting
from orchestration.runs.attempts import Attempt
from orchestration.runs.journal import Chains
from orchestration.runs.steps import Step
from orchestration.runs.turns import Interrupted, State, Turns, config_of, restored, stored, turn
from persistence.agents import AgentRow
from persistence.approvals import ApprovalRow

MOST_TURNS = 12
"""Model calls of one step."""


async def work_out(
    turns: Turns, attempt: Attempt, step: Step, model: Chain, chains: Chains, given: list[TResponseInputItem],
    decided: Sequence[ApprovalRow], first: AgentRow | None = None,
) -> str:  # fmt: skip
    """What the run's agent, or the `first` one, has to say in the end. Its tool calls are part of the run's message,
    its words are not.

    Raises Interrupted when a tool call needs a decision, and what the SDK raises when the agent does not come to an
    end.
    """
    with nesting.in_step(step.key):
        built = await turns.built(attempt, model, step.entries, chains, first)
        going: list[TResponseInputItem] | State = given
        if (kept := step.entries.state()) is not None:
            going = await restored(built.first, kept, decided)
        while True:
            most = min((first or attempt.agent).max_turns, MOST_TURNS)
            result = Runner.run_streamed(built.first, going, max_turns=most, run_config=config_of(attempt, decided))
            await turn(result, single=built.single)
            if result.interruptions:
                raise Interrupted.of_turn(attempt, result, step.key)
            if result.final_output is not None:
                return str(result.final_output)
            going = result.to_state()
            await step.entries.turn(stored(going))
