"""What to do after a failed call: try again, go elsewhere, or give up; and what it says of the model."""

import email.utils
import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from typing import NamedTuple

import openai
from agents.exceptions import ModelBehaviorError, UserError

from domain.calls import Blame, Verdict
from domain.runs import RunErrorCode, RunFailure
from orchestration.inference.failures import NO_MODEL, failure_of, over_quota
from orchestration.inference.provider_errors import NotAModelEndpoint

LONGEST_WAIT = 10.0
"""Seconds a provider may ask us to wait; a person gets another model, or an error, rather than a longer silence."""

LONGEST_ASKED = 86_400.0
"""Seconds of what a provider asks that are believed; quotas come back daily, and no header closes a model for good."""

LONG_REST = timedelta(minutes=10)
"""For what does not pass by itself soon: no quota left, no such model, not allowed."""


class Step(Enum):
    """Where the next try goes, as long as nothing was said yet."""

    AGAIN = auto()
    """Another model; this one as well when there is no other."""
    ELSEWHERE = auto()
    """Another model, never this one."""
    LARGER = auto()
    """Only models with a larger context window."""
    SHORTER = auto()
    """The same, and if there is none this model with less of the conversation."""
    OTHER_PROVIDER = auto()
    """Only models of other providers: a content filter is the provider's."""
    STOP = auto()
    """Nowhere: the request itself is at fault, and would be so everywhere."""


class Ruling(NamedTuple):
    """`wait` is in seconds: how long the provider wants us to wait before the same model is tried again."""

    failure: RunFailure
    step: Step
    verdict: Verdict
    wait: float = 0.0


def rule(error: BaseException, model_name: str) -> Ruling:
    """Decide by what the failure is; each kind of failure has one way on, whoever the provider is."""
    failure = failure_of(error, model_name)
    reason = failure.message
    match failure.code:
        case RunErrorCode.CONTEXT_TOO_LONG if isinstance(error, ModelBehaviorError):
            return Ruling(failure, Step.ELSEWHERE, Verdict())
        case RunErrorCode.CONTEXT_TOO_LONG:
            return Ruling(failure, Step.LARGER, Verdict())
        case RunErrorCode.CONTENT_FILTERED:
            return Ruling(failure, Step.OTHER_PROVIDER, Verdict())
        case RunErrorCode.MODEL_RATE_LIMITED:
            return _limited(error, failure)
        case RunErrorCode.MODEL_AUTH_FAILED:
            forbidden = isinstance(error, openai.PermissionDeniedError)
            rest = LONG_REST if forbidden else None
            return Ruling(failure, Step.ELSEWHERE, Verdict(Blame.COOL if forbidden else Blame.KEY, reason, rest))
        case RunErrorCode.TIMED_OUT:
            return Ruling(failure, Step.ELSEWHERE, Verdict(Blame.MODEL, reason))
        case RunErrorCode.MODEL_UNAVAILABLE:
            return _unavailable(error, failure)
        case _:
            return Ruling(failure, Step.STOP, Verdict())


def _limited(error: BaseException, failure: RunFailure) -> Ruling:
    """The deployment rests for as long as it asks, for everybody; a short wait is worth another try here."""
    if isinstance(error, openai.APIError) and over_quota(error):
        return Ruling(failure, Step.ELSEWHERE, Verdict(Blame.COOL, failure.message, LONG_REST))
    asked = retry_after(error.response.headers) if isinstance(error, openai.APIStatusError) else None
    rest = None if asked is None else timedelta(seconds=asked)
    step = Step.ELSEWHERE if asked is not None and asked > LONGEST_WAIT else Step.AGAIN
    return Ruling(failure, step, Verdict(Blame.COOL, failure.message, rest), asked or 0.0)


def _unavailable(error: BaseException, failure: RunFailure) -> Ruling:
    faulty = Verdict(Blame.MODEL, failure.message)
    match error:
        case openai.APIStatusError() if error.status_code in NO_MODEL:
            return Ruling(failure, Step.ELSEWHERE, Verdict(Blame.COOL, failure.message, LONG_REST))
        case openai.APIStatusError() if 400 <= error.status_code < 500 and error.status_code not in {408, 409}:
            return Ruling(failure, Step.STOP, Verdict())
        case openai.APIStatusError():
            wait = retry_after(error.response.headers) or 0.0
            unwelcome = error.response.headers.get("x-should-retry") == "false" or wait > LONGEST_WAIT
            again = error.status_code >= 400 and not unwelcome
            return Ruling(failure, Step.AGAIN if again else Step.ELSEWHERE, faulty, wait)
        case NotAModelEndpoint():
            return Ruling(failure, Step.ELSEWHERE, faulty)
        case openai.APIConnectionError() | OSError():
            return Ruling(failure, Step.AGAIN, faulty)
        case UserError():
            return Ruling(failure, Step.STOP, Verdict())
    return Ruling(failure, Step.ELSEWHERE, faulty)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that a provider asks us to wait, a day at most; None: no word, or none that makes sense."""
    asked = _asked(headers)
    return None if asked is None or math.isnan(asked) else min(max(asked, 0.0), LONGEST_ASKED)


def _asked(headers: Mapping[str, str]) -> float | None:
    """As the headers say it (RFC 9110, section 10.2.3, and OpenAI's own)."""
    try:
        if (given := headers.get("retry-after-ms")) is not None:
            return float(given) / 1000
        if (given := headers.get("retry-after")) is None:
            return None
        if given.strip().replace(".", "", 1).isdigit():
            return float(given)
        return (email.utils.parsedate_to_datetime(given) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError):
        return None
