"""The doors themselves: /v1/models, /v1/chat/completions and /v1/responses."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import aclosing
from typing import TypeVar

import orjson
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from domain.accounts import Scope
from domain.completions import Answer, Json, Piece
from domain.errors import NotFound, Unauthenticated
from domain.messages import storable
from domain.runs import RunErrorCode, RunFailure
from persistence import agents, models
from persistence.agents import AgentRow
from persistence.models import ModelRow
from resolvers.context import Context
from server.event_streams import HEARTBEAT, EventStream, Failing, Words
from server.graphql.admission import Charge
from server.graphql.bodies import BadRequest, body_of, decode
from server.graphql.connections import Connections
from server.openai_api.chat_answers import DONE, ChatAnswer, frame
from server.openai_api.chat_requests import ChatRequest
from server.openai_api.errors import error_object, refusal, wrong_input
from server.openai_api.response_answers import ResponseAnswer
from server.openai_api.response_requests import ResponseRequest
from server.programs import ContextOf, failure_of, program, unless_left

LARGEST_BODY = 16_777_216
"""Bytes of a request: pictures come inside."""
PATIENCE = 30.0
"""Seconds after which a client that takes nothing is given up. It is less than models may be silent for, so that no
model is blamed for it."""
POINTS = 10
"""Of the allowance that a request takes: about as much as a mutation with its answer."""
AUTO, AGENT = "auto", "agent:"

Asked = TypeVar("Asked", bound=BaseModel)
Frames = Callable[[Piece], Iterator[bytes]]
REVOKED = Unauthenticated("This API key has ended.")
LEAVING = RunFailure(RunErrorCode.MODEL_UNAVAILABLE, "The server is restarting. Ask again in a moment.", retryable=True)


class OpenAIDoors:
    """The routes; all of them take API keys only. `context_of` says whose they are."""

    def __init__(
        self, context_of: ContextOf, charge: Charge, connections: Connections, heartbeat: float = HEARTBEAT
    ) -> None:
        self._context_of, self._charge, self._connections = context_of, charge, connections
        self._heartbeat = heartbeat

    @property
    def routes(self) -> list[Route]:
        return [
            Route("/v1/models", self._edge(self._models), methods=["GET"]),
            Route("/v1/models/{name:path}", self._edge(self._model), methods=["GET"]),
            Route("/v1/chat/completions", self._edge(self._chat), methods=["POST"]),
            Route("/v1/responses", self._edge(self._respond), methods=["POST"]),
        ]

    def _edge(self, door: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        async def answered(request: Request) -> Response:
            try:
                return await door(request)
            except ClientDisconnect:  # nobody reads the answer
                return Response(status_code=400)
            except Exception as error:  # noqa: BLE001 - the edge of the process: `refusal` logs what is a fault of ours
                return refusal(error)

        return answered

    async def _models(self, request: Request) -> Response:
        context = await self._program(request, Scope.READ)
        async with context.db.read() as session:
            rows, team = await models.listed(session), await agents.listed(session, context.viewer_id)
        usable = [_shown(row.name, row) for row in rows if row.enabled and row.available]
        called = [_shown(f"{AGENT}{row.slug or row.name}", row) for row in team]
        return _json({"object": "list", "data": [AUTO_MODEL, *usable, *called]})

    async def _model(self, request: Request) -> Response:
        context, name = await self._program(request, Scope.READ), storable(request.path_params["name"])
        if name == AUTO:
            return _json(AUTO_MODEL)
        async with context.db.read() as session:
            if name.startswith(AGENT):
                agent = await agents.named(session, context.viewer_id, name.removeprefix(AGENT))
                return _json(_shown(name, agent))
            found = next((row for row in await models.listed(session) if row.name == name), None)
        if found is None:
            raise NotFound(f"There is no model {name[:80]!r}. `auto` lets the server choose.")
        return _json(_shown(name, found))

    async def _chat(self, request: Request) -> Response:
        context = await self._program(request, Scope.WRITE)
        asked = await _read(request, ChatRequest)
        pieces = _answer(context, asked)
        writing = ChatAnswer(asked.model, with_usage=asked.wants_usage)
        if asked.stream:

            def failed(error: Exception) -> bytes:
                return frame({"error": error_object(failure_of(error))})

            return self._stream(context, pieces, writing.frames, DONE, failed)
        answer = Answer()
        await unless_left(request, _each(pieces, answer.add))
        return _json(writing.whole(answer))

    async def _respond(self, request: Request) -> Response:
        context = await self._program(request, Scope.WRITE)
        asked = await _read(request, ResponseRequest)
        pieces = _answer(context, asked)
        writing = ResponseAnswer(asked.model, asked.echo)
        if asked.stream:

            def failed(error: Exception) -> bytes:
                return writing.failed(error_object(failure_of(error)))

            return self._stream(context, pieces, writing.frames, b"", failed)
        await unless_left(request, _each(pieces, lambda piece: list(writing.events(piece))))
        return _json(writing.response)

    async def _program(self, request: Request, scope: Scope) -> Context:
        context = await program(request, self._context_of)
        context.require(scope)
        await self._charge(request, context.identity, POINTS)
        return context

    def _stream(
        self,
        context: Context,
        pieces: AsyncGenerator[Piece, None],
        frames: Frames,
        end: bytes,
        failed: Callable[[Exception], bytes],
    ) -> EventStream:
        return EventStream(
            _framed(pieces, frames),
            Words(end, failed(REVOKED), failed(LEAVING)),
            identity=context.identity,
            connections=self._connections,
            failing=Failing(refusal, failed),
            heartbeat=self._heartbeat,
            patience=PATIENCE,
        )


AUTO_MODEL: Json = {"id": AUTO, "object": "model", "created": 0, "owned_by": "parley"}


def _shown(name: str, row: ModelRow | AgentRow) -> Json:
    return {"id": name, "object": "model", "created": int(row.created_at.timestamp()), "owned_by": "parley"}


def _answer(context: Context, asked: ChatRequest | ResponseRequest) -> AsyncGenerator[Piece, None]:
    viewer, model = context.require(Scope.WRITE), asked.model
    user_id, key = viewer.user_id, viewer.api_key_id
    if model.startswith(AGENT):
        named = model.removeprefix(AGENT)
        keep = bool(asked.store)
        return context.engine.agent_answers.answer(user_id, asked.enquiry, named, keep=keep, api_key_id=key)
    return context.engine.completions.answer(user_id, asked.enquiry, None if model == AUTO else model, api_key_id=key)


async def _read(request: Request, kind: type[Asked]) -> Asked:
    """The body as a request of this kind; BadRequest or BadUserInput says what is wrong with it."""
    body = await body_of(request, LARGEST_BODY)
    try:
        given = decode(body)
    except orjson.JSONDecodeError as error:
        raise BadRequest(400, f"The body is not JSON: {error}.") from None
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        raise wrong_input(error, given) from None


async def _each(pieces: AsyncGenerator[Piece, None], take: Callable[[Piece], object]) -> None:
    async with aclosing(pieces):
        async for piece in pieces:
            take(piece)


async def _framed(pieces: AsyncGenerator[Piece, None], frames: Frames) -> AsyncGenerator[bytes, None]:
    async with aclosing(pieces):
        async for piece in pieces:
            for told in frames(piece):
                yield told


def _json(value: Json) -> Response:
    return Response(orjson.dumps(value), media_type="application/json")
