"""Answers in a given form, from any model: held to a schema where that works, read leniently, and asked for again."""

from typing import TypeVar

from agents import AgentOutputSchema, ModelSettings, ModelTracing, TResponseInputItem
from agents.items import ItemHelpers, ModelResponse
from json_repair import repair_json
from pydantic import BaseModel, ValidationError

from domain.runs import RunErrorCode, RunFailure
from orchestration.inference.chain import Chain

REPAIRS = 2
"""How often a model is told what was wrong with its answer, and asked again."""
LONGEST_QUOTE = 2_000
"""Characters of a wrong answer that its model gets to see again."""
MOST_TOKENS = 2_048

AGAIN = "This was not what I asked for: {wrong}. Answer with the JSON object alone, without any other words."

F = TypeVar("F", bound=BaseModel)


async def structured(chain: Chain, instructions: str | None, given: list[TResponseInputItem], form: type[F]) -> F:
    """An answer in a form. RunFailure when the model cannot be asked, or has given none in three tries.

    The question itself has to say what the JSON should be: not every model is told the schema.
    """
    asked, constrained, wrong = list(given), True, ""
    for _ in range(1 + REPAIRS):
        try:
            answer = await _ask(chain, instructions, asked, form if constrained else None)
        except RunFailure as failure:
            # Endpoints that do not know of schemas refuse the request; asking without one costs a try.
            if not constrained or failure.retryable or failure.code is not RunErrorCode.MODEL_UNAVAILABLE:
                raise
            constrained = False
            continue
        try:
            return read(answer, form)
        except ValidationError as error:
            wrong = wrongs(error)
            repair = AGAIN.format(wrong=wrong)
            asked = [
                *given,
                {"role": "assistant", "content": answer[:LONGEST_QUOTE]},
                {"role": "user", "content": repair},
            ]
    message = f"{chain.name} did not give its answer in the form that was asked for ({wrong or 'it was refused'})."
    raise RunFailure(RunErrorCode.MODEL_UNAVAILABLE, message, retryable=True)


def read(answer: str, form: type[F]) -> F:
    """What an answer says, in spite of fences, words around it and small mistakes; ValidationError otherwise."""
    try:
        return form.model_validate_json(answer)
    except ValidationError:
        found = repair_json(answer, return_objects=True)
        objects = [part for part in found if isinstance(part, dict)] if isinstance(found, list) else [found]
        return form.model_validate(objects[-1] if objects else None)


def wrongs(error: ValidationError) -> str:
    """What does not fit, in words that a model can do something with."""
    said = [f"{'.'.join(map(str, one['loc'])) or 'the answer'}: {one['msg']}" for one in error.errors()[:5]]
    return "; ".join(said)


async def _ask(
    chain: Chain, instructions: str | None, given: list[TResponseInputItem], form: type[BaseModel] | None
) -> str:
    schema = None if form is None else AgentOutputSchema(form)
    response: ModelResponse = await chain.model.get_response(
        instructions, given, ModelSettings(), [], schema, [], ModelTracing.DISABLED,
        previous_response_id=None, conversation_id=None, prompt=None,
    )  # fmt: skip
    return "".join(ItemHelpers.extract_last_text(item) or "" for item in response.output)
