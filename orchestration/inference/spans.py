"""What traces tell of a call to a model, in the words that OpenTelemetry has for it."""

from domain import tracing
from domain.calls import ModelCall
from domain.models import CallOutcome
from domain.tracing import Attributes

OPERATION = {"embedding": "embeddings"}


def note_call(call: ModelCall) -> None:
    """A call that has ended: the same figures as in the ledger, and no words of it."""
    operation = OPERATION.get(call.purpose.value, "chat")
    about: Attributes = {
        "gen_ai.operation.name": operation,
        "gen_ai.request.model": call.model_name,
        "gen_ai.usage.input_tokens": call.usage.input_tokens,
        "gen_ai.usage.output_tokens": call.usage.output_tokens,
        "parley.call.outcome": call.outcome.value,
        "parley.call.first_token_seconds": None if call.ttft_ms is None else call.ttft_ms / 1000,
    }
    failed = None
    if call.outcome is CallOutcome.FAILED:
        failed = call.error_code.value if call.error_code else "FAILED"
    seconds = call.duration_ms / 1000
    tracing.note(
        f"{operation} {call.model_name}", about, kind="client", since=call.started_at, seconds=seconds, failed=failed
    )
