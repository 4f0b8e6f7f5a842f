"""graphql-transport-ws, to the letter of its PROTOCOL.md."""

import asyncio
import json
import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Protocol, cast

import orjson
from graphql import GraphQLError
from starlette.requests import HTTPConnection
from starlette.websockets import WebSocketDisconnect, WebSocketState
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import NonJsonMessageReceived, NonTextMessageReceived, WebSocketDisconnected
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
    Operation,
)

from domain.errors import DomainError, Unavailable
from schema.context import FieldContext
from server.graphql.admission import Admission, Ask
from server.graphql.bodies import decode
from server.graphql.connections import Connections
from server.graphql.schema import MaskedSchema
from server.graphql.streams import Refused, payloads
from server.graphql.trusted import TrustedDocuments, named_by

log = logging.getLogger(__name__)

INTERNAL_ERROR = 4500
"""Not in PROTOCOL.md, but what graphql-ws closes with for a fault of the server."""
TRY_AGAIN_LATER = 1013
"""Of the registry of RFC 6455: clients connect again, which they do not after 4500."""
LONGEST_REASON = 120
"""Bytes of a close reason: a control frame holds 125 with its code (RFC 6455, section 5.5)."""


class TransportSocket(ASGIWebSocketAdapter):
    """Text frames from orjson; a message that is no text or no JSON ends the socket with a reason."""

    async def iter_json(self, *, ignore_parsing_errors: bool = False) -> Any:
        try:
            while self.ws.application_state != WebSocketState.DISCONNECTED:
                text = await self.ws.receive_text()
                try:
                    yield decode(text)
                except orjson.JSONDecodeError as error:
                    raise NonJsonMessageReceived from error
        except KeyError as error:
            raise NonTextMessageReceived from error
        except WebSocketDisconnect:
            return

    async def send_json(self, message: Mapping[str, object]) -> None:
        await self.send_text(orjson.dumps(message).decode())

    async def send_text(self, text: str) -> None:
        try:
            await self.ws.send({"type": "websocket.send", "text": text})
        except (WebSocketDisconnect, RuntimeError) as error:  # RuntimeError: closed by us a moment ago
            raise WebSocketDisconnected from error

    async def close(self, code: int, reason: str) -> None:
        with suppress(RuntimeError, WebSocketDisconnect):
            await self.ws.close(code=code, reason=reason.encode()[:LONGEST_REASON].decode(errors="ignore"))


class Connected(Protocol):
    """A context that knows its socket."""

    connection: HTTPConnection


class Serving(Protocol):
    """What the handler needs of the endpoint."""

    admission: Admission
    connections: Connections
    masked_schema: MaskedSchema
    trusted: TrustedDocuments

    async def context_of(
        self, connection: HTTPConnection, response: None, authorization: str | None
    ) -> FieldContext: ...


class Asked(Operation[FieldContext, None]):
    """An operation with all that its message said."""

    ask: Ask


class WebSocketHandler(BaseGraphQLTransportWSHandler[FieldContext, None]):
    view: Serving  # type: ignore[assignment]
    websocket: TransportSocket

    async def handle(self) -> None:
        try:
            await super().handle()
        finally:
            self.view.connections.remove(self)

    async def leave(self) -> None:
        await self.websocket.close(1012, "The server restarts")

    async def revoke(self) -> None:
        """What runs ends at once, also when the client does not answer the close."""
        self.connection_acknowledged = False
        for operation_id in list(self.operations):
            await self.cleanup_operation(operation_id)
        await self.websocket.close(4403, "Forbidden")

    async def handle_message(self, message: Any) -> None:
        if (wrong := _wrong_with(message)) is not None:
            await self.handle_invalid_message(wrong)
            return
        await super().handle_message(message)

    async def handle_connection_init(self, message: Any) -> None:
        """The payload `{"Authorization": "Bearer …"}` names a program; a browser's cookie came with the handshake."""
        if self.connection_init_received:
            await self.websocket.close(4429, "Too many initialisation requests")
            return
        self.connection_init_received = True
        if self.connection_init_timeout_task:
            self.connection_init_timeout_task.cancel()
        payload = message.get("payload") or {}
        stated = payload.get("Authorization", payload.get("authorization"))
        try:
            # What is no string is no credential either: it is refused, never taken for nobody.
            authorization = None if stated is None else str(stated)
            connection = cast("Connected", self.context).connection
            self.context = await self.view.context_of(connection, None, authorization)
        except DomainError as error:
            await self.websocket.close(4403, error.message)
            return
        except Exception as error:  # noqa: BLE001 - the edge of the process: a fault of ours is logged and named by an id
            shown = self.view.masked_schema.mask(GraphQLError(str(error), original_error=error))
            away = (shown.extensions or {}).get("code") == Unavailable.code
            await self.websocket.close(TRY_AGAIN_LATER if away else INTERNAL_ERROR, shown.message)
            return
        if self.context.identity is not None:
            self.view.connections.add(self, self.context.identity)
        self.connection_acknowledged = True
        await self.send_message({"type": "connection_ack"})

    async def handle_ping(self, message: Any) -> None:
        answer: dict[str, Any] = {"type": "pong"}
        if message.get("payload") is not None:
            answer["payload"] = message["payload"]
        await self.send_message(answer)  # type: ignore[arg-type]

    async def handle_subscribe(self, message: Any) -> None:
        name, payload, most = message["id"], message["payload"], self.max_subscriptions_per_connection
        if not self.connection_acknowledged:
            await self.websocket.close(4401, "Unauthorized")
        elif name in self.operations:
            await self.websocket.close(4409, f"Subscriber for {name} already exists")
        elif most is not None and len(self.operations) >= most:
            error = GraphQLError("Subscription limit reached", extensions={"code": "BAD_USER_INPUT", "limit": most})
            await self._refuse(name, error)
        else:
            try:
                query = self.view.trusted.text(payload)
            except DomainError as error:
                await self._refuse(name, GraphQLError(error.message, extensions={"code": error.code}))
            else:
                self._begin(
                    name, Ask(query, payload.get("variables"), payload.get("operationName"), payload.get("extensions"))
                )

    async def _refuse(self, name: str, error: GraphQLError) -> None:
        await self.send_message({"id": name, "type": "error", "payload": [error.formatted]})

    def _begin(self, name: str, ask: Ask) -> None:
        operation = Asked(self, name, ask.query, ask.variables, ask.operation_name)
        operation.ask, self.operations[name] = ask, operation
        operation.task = asyncio.create_task(self.run_operation(operation))
        operation.task.add_done_callback(self._task_done)

    async def run_operation(self, operation: Any) -> None:
        """One operation from its start to `complete` or `error`; the socket and the others go on whatever happens."""
        schema, name = self.view.masked_schema, operation.id
        prefix = '{"id":' + json.dumps(name) + ',"type":"next","payload":'
        ask, context = operation.ask, self.context.fresh()
        source = payloads(schema, ask, context, self.view.admission)
        try:
            await self.view.admission.admit(cast("Connected", context).connection, context, ask)
            async for payload in source:
                await self.websocket.send_text(prefix + payload.decode() + "}")
            await operation.send_operation_message({"id": name, "type": "complete"})
        except DomainError as error:
            await operation.send_initial_errors([schema.mask(GraphQLError(error.message, original_error=error))])
        except Refused as refused:
            await operation.send_initial_errors(refused.errors)
        except WebSocketDisconnected:
            pass
        finally:
            await source.aclose()
            if self.operations.get(name) is operation:
                del self.operations[name]


def _wrong_with(message: Any) -> str | None:
    """What makes a message one that the protocol does not know; None when it is fine."""
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        return "A message must be an object with a type"
    kind, payload = message["type"], message.get("payload")
    if kind in ("connection_init", "ping", "pong"):
        return None if isinstance(payload, dict | None) else f"The payload of {kind} must be an object"
    if kind not in ("subscribe", "complete"):
        return f"Unknown message type: {kind[:40]}"
    if not isinstance(message.get("id"), str) or not message["id"]:
        return f"The id of {kind} must be a string"
    if kind == "complete":
        return None
    if not isinstance(payload, dict) or not _has_document(payload):
        return "The payload of subscribe must be an object with a query or a documentId"
    if not isinstance(payload.get("operationName"), str | None):
        return "The operationName of subscribe must be a string"
    for name in ("variables", "extensions"):
        if not isinstance(payload.get(name), dict | None):
            return f"The {name} of subscribe must be an object"
    return None


def _has_document(payload: Mapping[str, Any]) -> bool:
    """Whether it has the text of one or names one, as a request over HTTP does."""
    query = payload.get("query")
    return isinstance(query, str) or (query is None and named_by(payload) is not None)
