"""The GraphQL endpoint: HTTP and server-sent events here, WebSocket beside it."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Collection
from contextlib import suppress
from datetime import timedelta
from typing import Any, NamedTuple

import orjson
from graphql import GraphQLError, OperationDefinitionNode, OperationType, get_operation_ast
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send
from strawberry.asgi import GraphQL

from domain.errors import DomainError
from schema.context import FieldContext, Identity
from server.graphql.bodies import Ask, BadRequest, ask_of
from server.graphql.negotiation import EVENTS, GRAPHQL, JSON, answer_type, prefers_events, wants_events
from server.graphql.schema import MaskedSchema
from server.graphql.streams import Refused, payloads
from server.graphql.websocket import Sockets, TransportSocket, WebSocketHandler

log = logging.getLogger(__name__)

ContextOf = Callable[[HTTPConnection, Response | None, str | None], Awaitable[FieldContext]]
HEARTBEAT = 15.0
STATUS = {"UNAUTHENTICATED": 401, "FORBIDDEN": 403}
STREAM_HEADERS = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}


class GraphQLEndpoint(GraphQL[FieldContext, None]):
    """An ASGI application for one path. `get_context` says who asks, or raises a DomainError."""

    graphql_transport_ws_handler_class = WebSocketHandler
    websocket_adapter_class = TransportSocket

    def __init__(self, schema: MaskedSchema, *, context_of: ContextOf) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            subscription_protocols=("graphql-transport-ws",),
            connection_init_wait_timeout=timedelta(seconds=10),
            allowed_origins=("*",),  # origins are checked with the credential, in `context_of`
        )
        self.masked_schema, self._context_of = schema, context_of
        self.sockets = Sockets()

    def identities(self) -> Collection[Identity]:
        return self.sockets.identities()

    def close_sockets(self, predicate: Callable[[Identity], bool]) -> None:
        self.sockets.close(predicate)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await super().__call__(scope, receive, send)
            return
        request = Request(scope, receive)
        response = await self._answer(request)
        await response(scope, receive, send)

    async def get_context(self, request: Any, response: Any) -> FieldContext:
        """The context of a socket: nobody's, until `connection_init` says whose it is."""
        return await self.context_of(request, None, None, anonymous=True)

    async def context_of(
        self,
        connection: HTTPConnection,
        response: Response | None,
        authorization: str | None,
        *,
        anonymous: bool = False,
    ) -> FieldContext:
        if anonymous:
            return Unidentified(connection)  # type: ignore[return-value]
        return await self._context_of(connection, response, authorization)

    async def _answer(self, request: Request) -> Response:
        accept = request.headers.get("accept", "")
        media = answer_type(accept)
        try:
            if request.method not in ("GET", "POST"):
                raise BadRequest(405, "GraphQL is spoken with GET and POST.", {"Allow": "GET, POST"})
            if media is None and not wants_events(accept):
                raise BadRequest(406, f"Accept one of {GRAPHQL}, {JSON} and {EVENTS}.")
            ask = await ask_of(request)
            cookies = Response()
            context = await self._context_of(request, cookies, None)
            if self._streams(request, ask, accept, media):
                return self._event_stream(ask, context)
            return await self._single(ask, context, cookies, media or JSON)
        except BadRequest as error:
            return _refusal(error, media or JSON)
        except DomainError as error:
            extensions = {"code": error.code, **error.extensions}
            status = STATUS.get(error.code, 400) if media == GRAPHQL else 200
            return _json({"errors": [{"message": error.message, "extensions": extensions}]}, status, media or JSON)
        except Exception as error:  # noqa: BLE001 - the edge of the process: a fault of ours is logged and named by an id
            shown = self.masked_schema.mask(GraphQLError(str(error), original_error=error))
            return _json({"errors": [shown.formatted]}, 500, media or JSON)

    def _streams(self, request: Request, ask: Ask, accept: str, media: str | None) -> bool:
        """Whether the answer is a stream; a subscription needs one, a query gets one where it is preferred."""
        operation = self._operation(ask)
        kind = operation.operation if operation else None
        if request.method == "GET" and kind is OperationType.MUTATION:
            raise BadRequest(405, "Mutations need POST.", {"Allow": "POST"})
        if kind is OperationType.SUBSCRIPTION:
            if not wants_events(accept):
                raise BadRequest(
                    406 if media is None else 400,
                    f"A subscription needs a stream: accept {EVENTS}, or use graphql-transport-ws on a WebSocket.",
                )
            return True
        return prefers_events(accept)

    def _operation(self, ask: Ask) -> OperationDefinitionNode | None:
        """The operation that is asked for; None when the document is wrong, which execution reports."""
        documents = self.masked_schema.documents
        with suppress(GraphQLError):
            known = documents.look_up(ask.query, self.masked_schema._schema)  # noqa: SLF001
            return get_operation_ast(known.document, ask.operation_name)
        return None

    async def _single(self, ask: Ask, context: FieldContext, cookies: Response, media: str) -> Response:
        try:
            result = await self.masked_schema.execute(
                ask.query,
                variable_values=ask.variables,
                context_value=context,
                operation_name=ask.operation_name,
            )
        except Exception as error:
            reason = getattr(error, "as_http_error_reason", None)
            words = reason() if reason else str(error) or "There is no operation to run."
            raise BadRequest(400 if media == GRAPHQL else 200, words) from error
        body: dict[str, Any] = {"data": result.data}
        status = 200
        if result.errors:
            body["errors"] = [found.formatted for found in result.errors]
            if result.data is None and all(found.path is None for found in result.errors):
                del body["data"]  # a request error: nothing was executed
                status = 400 if media == GRAPHQL else 200
        response = _json(body, status, media)
        response.headers.raw.extend((name, value) for name, value in cookies.headers.raw if name == b"set-cookie")
        return response

    def _event_stream(self, ask: Ask, context: FieldContext) -> Response:
        schema = self.masked_schema
        source = payloads(schema, ask.query, ask.variables, ask.operation_name, context, schema.mask)
        return StreamingResponse(_server_sent(source), media_type=EVENTS, headers=STREAM_HEADERS)


class Unidentified(NamedTuple):
    """A socket before its `connection_init`."""

    connection: HTTPConnection


async def _server_sent(source: AsyncGenerator[bytes, None]) -> AsyncIterator[bytes]:
    """Distinct connections mode of GraphQL over SSE: `next` events, then `complete`; comments keep it alive."""
    following: asyncio.Task[bytes] | None = None
    try:
        while True:
            following = following or asyncio.ensure_future(anext(source))
            done, _ = await asyncio.wait({following}, timeout=HEARTBEAT)
            if not done:
                yield b": still here\n\n"
                continue
            finished, following = following, None
            try:
                payload = finished.result()
            except StopAsyncIteration:
                break
            yield b"event: next\ndata: " + payload + b"\n\n"
    except Refused as error:
        yield b"event: next\ndata: " + orjson.dumps({"errors": [e.formatted for e in error.errors]}) + b"\n\n"
    finally:
        if following is not None:
            following.cancel()
            with suppress(asyncio.CancelledError, StopAsyncIteration, Refused):
                await following
        await source.aclose()
    yield b"event: complete\ndata:\n\n"


def _refusal(error: BadRequest, media: str) -> Response:
    body = {"errors": [{"message": error.message, "extensions": {"code": error.code}}]}
    response = _json(body, error.status, media)
    response.headers.update(error.headers)
    return response


def _json(body: object, status: int, media: str) -> Response:
    return Response(orjson.dumps(body), status, media_type=f"{media}; charset=utf-8")
