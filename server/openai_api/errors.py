"""Failures in the shape that OpenAI's clients read."""

from typing import Any

import orjson
from pydantic import ValidationError
from starlette.responses import Response

from domain.completions import Json
from domain.errors import BadUserInput
from domain.runs import RunErrorCode
from server.programs import Failure, failure_of

CODES = {
    "UNAUTHENTICATED": "invalid_api_key",
    "FORBIDDEN": "insufficient_permissions",
    "NOT_FOUND": "model_not_found",
    "RATE_LIMITED": "rate_limit_exceeded",
    "BUDGET_EXCEEDED": "insufficient_quota",
    "BAD_USER_INPUT": "invalid_value",
    RunErrorCode.MODEL_RATE_LIMITED: "rate_limit_exceeded",
    RunErrorCode.CONTEXT_TOO_LONG: "context_length_exceeded",
    RunErrorCode.CONTENT_FILTERED: "content_filter",
}
TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
LONGEST_LIST = 10


def wrong_input(error: ValidationError, body: object) -> BadUserInput:
    """What is wrong with which parameter, as the caller has named them."""
    found = {_path(problem["loc"], body) or "body": problem["msg"] for problem in error.errors(include_url=False)}
    return BadUserInput(dict(list(found.items())[:LONGEST_LIST]))


def _path(loc: tuple[int | str, ...], body: Any) -> str:
    """Names and indexes only: pydantic also names the branches of its unions."""
    names: list[str] = []
    here = body
    for position, name in enumerate(loc):
        if _has(here, name):
            here = here[name]
        elif position < len(loc) - 1:
            continue
        names.append(str(name))
    return ".".join(names)


def _has(here: Any, name: int | str) -> bool:
    if isinstance(here, dict):
        return name in here
    return isinstance(here, list) and isinstance(name, int) and name < len(here)


def error_object(failure: Failure) -> Json:
    kind = "invalid_request_error" if failure.status < 500 else "server_error"
    return {
        "message": failure.message,
        "type": TYPES.get(failure.status, kind),
        "param": next(iter(failure.fields), None),
        "code": CODES.get(failure.code, failure.code.lower()),
    }


def refusal(error: Exception) -> Response:
    """The answer to a request that failed before anything was said."""
    failure = failure_of(error)
    headers = {"x-should-retry": "true" if failure.retryable else "false"}  # OpenAI's clients obey it
    if failure.retry_after is not None:
        headers["retry-after"] = str(failure.retry_after)
    if failure.status == 401:
        headers["www-authenticate"] = "Bearer"
    body = orjson.dumps({"error": error_object(failure)})
    return Response(body, failure.status, headers, media_type="application/json")
