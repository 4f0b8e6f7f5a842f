"""Failures as problem details (RFC 9457), with the codes that GraphQL has for them."""

from collections.abc import Callable, Coroutine, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from domain.completions import Json
from server.graphql.bodies import LARGEST_BODY, body_of, decode
from server.programs import Failure, failure_of, seconds_of, status_of
from server.rest.models import Problem

MEDIA = "application/problem+json"


class Told(Exception):
    """An operation's error, as the schema has masked it: a client may see all of it."""

    def __init__(self, error: Json) -> None:
        super().__init__(error["message"])
        extensions = error.get("extensions") or {}
        self.code: str = extensions.get("code", "INTERNAL")
        self.failure = Failure(
            status_of(self.code), self.code, error["message"],
            {name.removeprefix("input."): wrong for name, wrong in (extensions.get("fields") or {}).items()},
            retry_after=seconds_of(extensions.get("retryAfterMs")), error_id=extensions.get("errorId"),
        )  # fmt: skip


def told_in(errors: Sequence[Any]) -> Told:
    return Told(errors[0] if errors else {"message": "Something went wrong on the server."})


def _failure_of(error: Exception) -> Failure:
    match error:
        case Told():
            return error.failure
        case RequestValidationError():
            fields = {_named(problem["loc"]): problem["msg"] for problem in error.errors()}
            words = "; ".join(f"{name}: {wrong}" for name, wrong in fields.items())
            return Failure(HTTPStatus.BAD_REQUEST, "BAD_USER_INPUT", words, fields)
        case _:
            return failure_of(error)


def _named(loc: tuple[int | str, ...]) -> str:
    """A part of the body by its path in it, anything else by its name."""
    return ".".join(str(name) for name in loc[1:]) or "body"


def problem_object(error: Exception) -> Json:
    return _object(_failure_of(error))


def _object(failure: Failure) -> Json:
    problem = Problem(
        title=HTTPStatus(failure.status).phrase, status=failure.status, detail=failure.message, code=failure.code,
        fields=failure.fields or None, errorId=failure.error_id,
    )  # fmt: skip
    return problem.model_dump(exclude_none=True)


def response_of(error: Exception) -> Response:
    failure = _failure_of(error)
    headers: dict[str, str] = {}
    if failure.retry_after is not None:
        headers["retry-after"] = str(failure.retry_after)
    if failure.status == HTTPStatus.UNAUTHORIZED:
        headers["www-authenticate"] = "Bearer"
    return Response(orjson.dumps(_object(failure)), failure.status, headers, media_type=MEDIA)


class Bounded(Request):
    """A request whose body is read no further than the limit, and whose texts can be stored."""

    async def body(self) -> bytes:
        if not hasattr(self, "_body"):
            self._body = await body_of(self, LARGEST_BODY)
        return self._body

    async def json(self) -> Any:
        return decode(await self.body())


class Door(APIRoute):
    """An address: the edge where every failure becomes a problem."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def answered(request: Request) -> Response:
            bounded = Bounded(request.scope, request.receive)
            try:
                await bounded.body()
                return await answer(bounded)
            except ClientDisconnect:  # nobody reads the answer
                return Response(status_code=400)
            except Exception as error:  # noqa: BLE001 - the edge of the process: what is a fault of ours is logged
                return response_of(error)

        return answered
