"""What a provider's failure means for a run: a stable code, and plain words on what was wrong and what to
do.
"""

import re
from collections.abc import Iterator

import openai
from agents import exceptions as sdk

from domain.runs import RunErrorCode, RunFailure
from orchestration.inference.provider_errors import NotAModelEndpoint, Stalled, StreamCut

TOO_LONG = re.compile(
    r"context[ _]length|context (size|window)|maximum context|prompt is too long|too many (input )?tokens",
    re.IGNORECASE,
)
FILTERED = re.compile(r"content[_ ](filter|policy)|content management policy|moderation", re.IGNORECASE)
OVER_QUOTA = frozenset({"insufficient_quota", "billing_hard_limit_reached"})
STATUS = re.compile(r"[45]\d\d")
NO_MODEL = frozenset({404, 410})
"""Statuses with which a provider says that it does not have the model, or not any more."""
SECRET = re.compile(r"\b(sk|pk|key|token|bearer)[-_ ][A-Za-z0-9*_\-]{6,}", re.IGNORECASE)

LONGEST_QUOTE = 200


def failure_of(error: BaseException, model_name: str) -> RunFailure:
    """The failure that a run ends with. What is not understood is INTERNAL, without its details."""
    for cause in _chain(error):
        if isinstance(cause, RunFailure):
            return cause
        if (failure := _of_sdk(cause, model_name) or _of_provider(cause, model_name)) is not None:
            return failure
    return RunFailure(RunErrorCode.INTERNAL, "Something went wrong inside the server. Its log knows more.")


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__


def _of_sdk(error: BaseException, model: str) -> RunFailure | None:
    failure: RunFailure | None = None
    match error:
        case sdk.MaxTurnsExceeded():
            message = "The agent did not come to an end within its turns. Raise the limit or ask for less."
            failure = RunFailure(RunErrorCode.MAX_TURNS, message)
        case sdk.ModelRefusalError():
            message = f"{model} declined to answer. Rephrase the message."
            failure = RunFailure(RunErrorCode.CONTENT_FILTERED, message)
        case sdk.InputGuardrailTripwireTriggered() | sdk.OutputGuardrailTripwireTriggered():
            failure = RunFailure(RunErrorCode.CONTENT_FILTERED, str(error.guardrail_result.output.output_info))
        case sdk.ModelTimeoutError():
            failure = _timed_out(f"{model} took too long.")
        case sdk.ModelBehaviorError() if "finish_reason='length'" in error.message:
            message = f"{model} used up its output tokens before it said anything. Choose another model."
            failure = RunFailure(RunErrorCode.CONTEXT_TOO_LONG, message)
        case sdk.ModelBehaviorError():
            failure = _unavailable(f"{model} gave a broken answer. Try again or choose another model.")
        case sdk.ToolTimeoutError():
            failure = RunFailure(RunErrorCode.TOOL_FAILED, "A tool took too long. Try again.", retryable=True)
    return failure


def _of_provider(error: BaseException, model: str) -> RunFailure | None:
    failure: RunFailure | None = None
    match error:
        case Stalled():
            failure = _timed_out(f"{model} sent nothing for {error.waited:g} seconds.")
        case openai.APITimeoutError() | TimeoutError():
            failure = _timed_out(f"{model} did not answer in time.")
        case StreamCut():
            failure = _unavailable(f"The answer of {model} broke off in the middle. Try again.")
        case openai.APIConnectionError():
            advice = "Check that its provider is up and its address right."
            failure = _unavailable(f"{model} cannot be reached: {_quoted(error.message)} {advice}")
        case openai.APIStatusError():
            failure = _of_report(error, model) or _of_status(error, model)
        case NotAModelEndpoint():
            what = f"{model} is not behind an OpenAI-compatible address: {_quoted(error.message)}"
            failure = _unavailable(f"{what} Check its base URL.")
        case openai.APIError():
            said = _quoted(error.message)
            failure = _of_report(error, model) or _unavailable(f"{model} failed: {said} Try again.")
        case OSError():
            failure = _unavailable(f"The connection to {model} broke. Try again.")
    return failure


def _of_status(error: openai.APIStatusError, model: str) -> RunFailure:
    status, said = error.status_code, _quoted(error.message)
    if status in (401, 403):
        message = f"The provider of {model} does not accept the API key (status {status}). Set a valid key."
        return RunFailure(RunErrorCode.MODEL_AUTH_FAILED, message)
    if status == 408:
        return _timed_out(f"{model} did not answer in time.")
    if status in NO_MODEL:
        return _unavailable(f"The provider has no {model}: {said} Choose another model.", retryable=False)
    if status < 400:
        message = f"The address of {model} only redirects (status {status}). Set the final one as base URL."
        return _unavailable(message, retryable=False)
    advice = "Try again." if status >= 500 else "Choose another model."
    return _unavailable(f"{model} failed: {said} {advice}", retryable=status >= 500)


def _of_report(error: openai.APIError, model: str) -> RunFailure | None:
    """What the provider's own words say, with whatever status they came."""
    status = _status(error)
    words = f"{error.code or ''} {error.type or ''} {error.message}"
    if TOO_LONG.search(words) or status == 413:
        message = f"The conversation is too long for {model}. Start a new chat or choose a larger model."
        return RunFailure(RunErrorCode.CONTEXT_TOO_LONG, message)
    if over_quota(error):
        message = f"The account at the provider of {model} has no quota left. Choose another model."
        return RunFailure(RunErrorCode.MODEL_RATE_LIMITED, message)
    if status == 429 or "rate_limit" in words:
        message = f"The provider of {model} limits the rate of requests. Wait a little and try again."
        return RunFailure(RunErrorCode.MODEL_RATE_LIMITED, message, retryable=True)
    if FILTERED.search(words):
        message = f"The content filter of the provider of {model} stopped the answer. Rephrase the message."
        return RunFailure(RunErrorCode.CONTENT_FILTERED, message)
    return None


def over_quota(error: openai.APIError) -> bool:
    """Whether the account at the provider has nothing left to spend."""
    return error.code in OVER_QUOTA or _status(error) == 402


def _status(error: openai.APIError) -> int | None:
    """The status of an answer; of an error within one, the status that it would have been, where its code is one."""
    if isinstance(error, openai.APIStatusError):
        return error.status_code
    code = str(error.code or "")
    return int(code) if STATUS.fullmatch(code) else None


def _timed_out(what: str) -> RunFailure:
    return RunFailure(RunErrorCode.TIMED_OUT, f"{what} Try again or choose another model.", retryable=True)


def _unavailable(message: str, *, retryable: bool = True) -> RunFailure:
    return RunFailure(RunErrorCode.MODEL_UNAVAILABLE, message, retryable=retryable)


def _quoted(said: str) -> str:
    """A provider's words, short and without anything that looks like a key (some repeat the one they
    refuse).
    """
    words = SECRET.sub(r"\1-…", said).strip()
    words = words if len(words) <= LONGEST_QUOTE else words[: LONGEST_QUOTE - 1] + "…"
    return words if words.endswith((".", "!", "?", "…")) else f"{words}."
