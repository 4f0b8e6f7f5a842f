"""The GraphQL endpoint: HTTP and server-sent events here, WebSocket beside it."""

import logging
from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta
from typing import Any, NamedTuple

from graphql import GraphQLError, OperationType, get_operation_ast
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from strawberry.asgi import GraphQL
from strawberry.schema.exceptions import CannotGetOperationTypeError

from domain.errors import DomainError, RateLimited
from schema.context import FieldContext, Identity
from server.event_streams import HEARTBEAT
from server.graphql.admission import Admission, Ask, reported
from server.graphql.bodies import LARGEST_BODY, BadRequest, ask_of
from server.graphql.connections import Connections
from server.graphql.encoding import encoded
from server.graphql.negotiation import EVENTS, GRAPHQL, JSON, answer_type, prefers_events, wants_events
from server.graphql.schema import MaskedSchema
from server.graphql.server_sent import event_stream
from server.graphql.streams import is_request_error, no_operation, payloads
from server.graphql.trusted import TrustedDocuments
from server.graphql.websocket import TransportSocket, WebSocketHandler

log = logging.getLogger(__name__)

ContextOf = Callable[[HTTPConnection, Response | None, str | None], Awaitable[FieldContext]]
OPERATIONS_PER_SOCKET = 100
INIT_TIMEOUT = timedelta(seconds=10)
STATUS = {"UNAUTHENTICATED": 401, "FORBIDDEN": 403, "RATE_LIMITED": 429, "UNAVAILABLE": 503}


class GraphQLEndpoint(GraphQL[FieldContext, None]):
    """An ASGI application for one path. `get_context` says who asks, or raises a DomainError."""

    graphql_transport_ws_handler_class = WebSocketHandler
    websocket_adapter_class = TransportSocket

    def __init__(
        self,
        schema: MaskedSchema,
        *,
        context_of: ContextOf,
        admission: Admission | None = None,
        trusted: TrustedDocuments | None = None,
        largest_body: int = LARGEST_BODY,
        heartbeat: float = HEARTBEAT,
        operations_per_socket: int = OPERATIONS_PER_SOCKET,
        init_timeout: timedelta = INIT_TIMEOUT,
    ) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            subscription_protocols=("graphql-transport-ws",),
            connection_init_wait_timeout=init_timeout,
            max_subscriptions_per_connection=operations_per_socket,
            allowed_origins=("*",),  # origins are checked with the credential, in `context_of`
        )
        self.masked_schema, self._context_of = schema, context_of
        self.admission, self.trusted = admission or Admission(schema), trusted or TrustedDocuments()
        self._largest_body, self._heartbeat = largest_body, heartbeat
        self.connections = Connections()

    def identities(self) -> Collection[Identity]:
        return self.connections.identities()

    def close_sockets(self, predicate: Callable[[Identity], bool]) -> None:
        """End the sockets, and the streams of server-sent events, whose identity this is true for."""
        self.connections.revoke(predicate)

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
            ask = await ask_of(request, self.trusted, largest=self._largest_body)
            cookies = Response()
            context = await self._context_of(request, cookies, None)
            await self.admission.admit(request, context, ask)
            if self._streams(request, ask, accept, media):
                return self._event_stream(ask, context)
            return await self._single(ask, context, cookies, media or JSON)
        except BadRequest as error:
            return _refusal(error, media or JSON)
        except ClientDisconnect:  # in the middle of its request; nobody reads the answer
            return Response(status_code=400)
        except DomainError as error:
            return _turned_away(error, media)
        except Exception as error:  # noqa: BLE001 - the edge of the process: a fault of ours is logged and named by an id
            shown = self.masked_schema.mask(GraphQLError(str(error), original_error=error))
            status = STATUS.get(str((shown.extensions or {}).get("code")), 500)
            return _json(encoded({}, [shown]), status, media or JSON)

    def _streams(self, request: Request, ask: Ask, accept: str, media: str | None) -> bool:
        """Whether the answer is a stream; a subscription needs one, a query gets one where it is preferred."""
        document = self.masked_schema.known(ask.query).document
        operation = get_operation_ast(document, ask.operation_name) if document else None
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

    async def _single(self, ask: Ask, context: FieldContext, cookies: Response, media: str) -> Response:
        try:
            result = await self.masked_schema.execute(
                ask.query,
                variable_values=ask.variables,
                context_value=context,
                operation_name=ask.operation_name,
            )
        except CannotGetOperationTypeError as error:
            raise BadRequest(400 if media == GRAPHQL else 200, no_operation(error).message) from error
        body: dict[str, Any] = {"data": result.data}
        status = 200
        if is_request_error(result):
            body, status = {}, 400 if media == GRAPHQL else 200
        if ask.wants_cost:
            body |= reported(context.allowance)
        response = _json(encoded(body, result.errors), status, media)
        response.headers.raw.extend((name, value) for name, value in cookies.headers.raw if name == b"set-cookie")
        return response

    def _event_stream(self, ask: Ask, context: FieldContext) -> Response:
        source = payloads(self.masked_schema, ask, context, self.admission)
        return event_stream(source, identity=context.identity, connections=self.connections, heartbeat=self._heartbeat)


class Unidentified(NamedTuple):
    """A socket before its `connection_init`."""

    connection: HTTPConnection


def _refusal(error: BadRequest, media: str) -> Response:
    shown = GraphQLError(error.message, extensions={"code": error.code})
    response = _json(encoded({}, [shown]), error.status, media)
    response.headers.update(error.headers)
    return response


def _turned_away(error: DomainError, media: str | None) -> Response:
    # Only clients of the older media type take a refusal for an answer.
    status = 200 if media == JSON else STATUS.get(error.code, 400)
    shown = GraphQLError(error.message, extensions={"code": error.code, **error.extensions})
    response = _json(encoded({}, [shown]), status, media or JSON)
    if isinstance(error, RateLimited):
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    return response


def _json(body: bytes, status: int, media: str) -> Response:
    return Response(body, status, media_type=f"{media}; charset=utf-8")
