"""The ways of thinking, by name."""

from domain.runs import RunErrorCode, RunFailure, StepStatus, ThinkingMode
from orchestration.agents.guardrails import Guardrails
from orchestration.runs.attempts import Attempt
from orchestration.thinking.future import look_ahead
from orchestration.thinking.strategic import plan_and_do
from orchestration.thinking.thinker import Entry, Thinker


async def think(thinker: Thinker) -> None:
    """Answer a run's question in its way. Raises RunFailure when there is no answer."""
    _check_question(thinker.attempt)
    run = thinker.attempt.run
    if run.thinking is ThinkingMode.IMMEDIATE:
        await thinker.answer_directly()
        return
    await thinker.open()
    chosen = run.options.get("alternative")
    if chosen is None and (name := thinker.too_small) is not None:
        note = f"{name} is too small to plan or to look ahead, so it answers directly."
        thinker.show([Entry("Answer directly", StepStatus.IN_PROGRESS)], note)
        await thinker.answer_directly()
        thinker.show([Entry("Answer directly", StepStatus.COMPLETED)], note)
    elif run.thinking is ThinkingMode.STRATEGIC:
        await plan_and_do(thinker)
    else:
        await look_ahead(thinker, chosen)


def _check_question(attempt: Attempt) -> None:
    """What the agent refuses to take reaches no model, whatever the way of thinking. Only the person's own words count:
    not those of files, nor the prompts that are put around them."""
    refusal = Guardrails.from_stored(attempt.agent.guardrails).refusal_of_input(attempt.path[-1].content)
    if refusal is not None:
        raise RunFailure(RunErrorCode.CONTENT_FILTERED, f"{attempt.agent.name} {refusal}.")
