"""Another approach than the one a run has chosen: a person picks it, and a run goes on with it beside the first."""

from dataclasses import dataclass
from uuid import UUID

from domain.alternatives import CHOICE, alternatives_in
from domain.errors import BadUserInput, Conflict
from domain.ids import Kind, global_id
from domain.runs import TERMINAL
from orchestration.inference.selection.task import preference_of
from orchestration.runs.asking import LIMITS, AskAgain
from persistence import runs, steps
from persistence.database import Database
from persistence.runs import RunRow


@dataclass(frozen=True, slots=True)
class Choose:
    """The approach with a `number`, of those that a run has looked at."""

    run_id: UUID
    number: int
    idempotency_key: str | None = None
    api_key_id: UUID | None = None


async def chosen(db: Database, user_id: UUID, choice: Choose) -> AskAgain:
    """What to ask for so that a run goes on with another approach: the same question, with the wishes and limits of the
    run that has looked ahead. NotFound, Conflict or BadUserInput when that cannot be."""
    async with db.read() as session:
        run = await runs.visible_to(session, choice.run_id, user_id)
        outputs = await steps.outputs(session, [run.id], CHOICE)
    seen = {one.number: one for one in alternatives_in(outputs.get(run.id))}
    if run.status not in TERMINAL:
        raise Conflict("The run is still at work. Wait for its answer, or cancel it, before you choose.")
    if not seen:
        raise BadUserInput({"input.runId": "has no alternatives; only runs with `thinking: FUTURE` look at some"})
    if choice.number not in seen:
        raise BadUserInput({"input.alternative": f"must be one of {', '.join(map(str, seen))}"})
    if seen[choice.number].chosen:
        raise BadUserInput({"input.alternative": "is what the run has chosen already; take another one"})
    return _same_question(run, choice)


def _same_question(run: RunRow, choice: Choose) -> AskAgain:
    model = run.requested_model_id
    return AskAgain(
        run.message_id,
        model=None if model is None else global_id(Kind.MODEL, model),
        thinking=run.thinking,
        preference=preference_of(run.options) if "preference" in run.options else None,
        local_only=bool(run.options.get("local_only")),
        idempotency_key=choice.idempotency_key,
        alternative=(run.id, choice.number),
        api_key_id=choice.api_key_id,
        limits={name: run.options[name] for name in LIMITS if name in run.options},
    )
