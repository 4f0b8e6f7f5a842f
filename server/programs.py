"""Programs that come through another door than GraphQL: who they are, and what they may be told of failures."""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Coroutine
from http import HTTPStatus
from typing import Any, NamedTuple, TypeVar
from uuid import uuid4

from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import Response

from domain.errors import DomainError, Unauthenticated
from domain.runs import RunErrorCode, RunFailure
from resolvers.context import Context
from resolvers.errors import known
from server.event_streams import left
from server.graphql.bodies import BadRequest

log = logging.getLogger(__name__)

T = TypeVar("T")
ContextOf = Callable[[HTTPConnection, Response | None, str | None], Awaitable[Context]]

STATUS = {
    "UNAUTHENTICATED": HTTPStatus.UNAUTHORIZED,
    "FORBIDDEN": HTTPStatus.FORBIDDEN,
    "NOT_FOUND": HTTPStatus.NOT_FOUND,
    "CONFLICT": HTTPStatus.CONFLICT,
    "RUN_BUSY": HTTPStatus.CONFLICT,
    "RATE_LIMITED": HTTPStatus.TOO_MANY_REQUESTS,
    "UNAVAILABLE": HTTPStatus.SERVICE_UNAVAILABLE,
    "BUDGET_EXCEEDED": HTTPStatus.PAYMENT_REQUIRED,
    "BAD_USER_INPUT": HTTPStatus.BAD_REQUEST,
    RunErrorCode.MODEL_UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    RunErrorCode.MODEL_RATE_LIMITED: HTTPStatus.TOO_MANY_REQUESTS,
    RunErrorCode.MODEL_AUTH_FAILED: HTTPStatus.BAD_GATEWAY,
    RunErrorCode.CONTEXT_TOO_LONG: HTTPStatus.BAD_REQUEST,
    RunErrorCode.CONTENT_FILTERED: HTTPStatus.BAD_REQUEST,
    RunErrorCode.TIMED_OUT: HTTPStatus.GATEWAY_TIMEOUT,
}
"""Of codes; those that are missing here are faults of ours."""


class Failure(NamedTuple):
    """What a client may know of a failure. `fields` says what is wrong with which part of the input; `retry_after` is
    in seconds."""

    status: int
    code: str
    message: str
    fields: dict[str, str]
    retryable: bool = False
    retry_after: int | None = None
    error_id: str | None = None


async def program(request: Request, context_of: ContextOf) -> Context:
    """Who asks: a program with an API key. Cookies do not count here, so no page can misuse a browser's."""
    authorization = request.headers.get("authorization")
    if authorization is None or authorization.lower().startswith("basic "):
        raise Unauthenticated("Send an API key as `Authorization: Bearer …`.")
    return await context_of(request, None, authorization)


def failure_of(error: Exception) -> Failure:
    """The policy for errors of these doors: a stable code for ours, an id that the log knows for the rest."""
    if isinstance(error, BadRequest):
        return Failure(error.status, error.code, error.message, {})
    if isinstance(error, RunFailure):
        return Failure(_status(error), error.code, error.message, {}, retryable=error.retryable)
    if (told := known(error)) is not None:
        fields, pause = told.extensions.get("fields"), seconds_of(told.extensions.get("retryAfterMs"))
        return Failure(
            status_of(told.code), told.code, told.message, fields if isinstance(fields, dict) else {},
            retryable=pause is not None, retry_after=pause,
        )  # fmt: skip
    error_id = uuid4().hex
    log.error("unexpected error %s", error_id, exc_info=error)
    message = f"Something went wrong on the server. Its log knows more under {error_id}."
    return Failure(HTTPStatus.INTERNAL_SERVER_ERROR, "INTERNAL", message, {}, error_id=error_id)


def seconds_of(milliseconds: object) -> int | None:
    """A pause for Retry-After, which takes whole seconds only (RFC 9110, section 10.2.3): never too short."""
    return math.ceil(milliseconds / 1000) if isinstance(milliseconds, int) else None


def pause_header(error: DomainError) -> dict[str, str]:
    """The header that says when to come back, if the error says it."""
    pause = seconds_of(error.extensions.get("retryAfterMs"))
    return {} if pause is None else {"Retry-After": str(pause)}


def status_of(code: str) -> int:
    """The status of HTTP that goes with a code."""
    return STATUS.get(code, HTTPStatus.INTERNAL_SERVER_ERROR)


def _status(failure: RunFailure) -> int:
    """A model that cannot do what is asked of it, and will not tomorrow, is no trouble of the server."""
    if failure.code is RunErrorCode.MODEL_UNAVAILABLE and not failure.retryable:
        return HTTPStatus.BAD_REQUEST
    return status_of(failure.code)


async def unless_left(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """What the work gives; it is cancelled, and ClientDisconnect raised, when the client goes before that."""
    working, leaving = asyncio.create_task(work), asyncio.create_task(left(request.receive))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientDisconnect
        return working.result()
    finally:
        working.cancel()
        leaving.cancel()
        await asyncio.wait({working, leaving})
