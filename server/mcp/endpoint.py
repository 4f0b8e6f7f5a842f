"""The path on which other programs find Parley's tools: with an API key, and with nothing else."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Message, Receive, Scope, Send

from domain import errors
from domain.errors import DomainError, Unauthenticated
from orchestration.mcp.serving import Serving
from persistence.database import Unavailable
from resolvers.context import Context
from resolvers.errors import known
from server.graphql.connections import Connections
from server.programs import pause_header, status_of

ContextOf = Callable[[Request], Awaitable[Context]]

REVOKED = Unauthenticated("This API key has ended.")
LEAVING = errors.Unavailable("The server is restarting. Ask again in a moment.", retry_after_ms=2_000)


class McpEndpoint:
    """An ASGI application for one path. A browser's cookie is no credential here, so no foreign page can use it."""

    def __init__(self, serving: Serving, context_of: ContextOf, connections: Connections) -> None:
        self._serving, self._context_of, self._connections = serving, context_of, connections

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            if not request.headers.get("authorization", "").lower().startswith("bearer "):
                raise Unauthenticated("Send an API key as `Authorization: Bearer …`.")
            context = await self._context_of(request)
            if context.identity is None:
                raise Unauthenticated("Send an API key as `Authorization: Bearer …`.")
        except (DomainError, *Unavailable) as error:
            if (told := known(error)) is None:
                raise
            await _refusal(told)(scope, receive, send)
            return
        answer = Answer(send)
        self._connections.add(answer, context.identity)
        try:
            refused = await answer.give(self._serving.answer(scope, receive, answer.send, context))
        finally:
            self._connections.remove(answer)
        if refused is not None:
            await _refusal(refused)(scope, receive, send)


class Answer:
    """One answer on its way. It is given up when the right to it has ended, or the process stops."""

    def __init__(self, send: Send) -> None:
        self._send, self._begun, self._over = send, False, False
        self._giving: asyncio.Task[None] | None = None
        self._why: DomainError | None = None

    async def revoke(self) -> None:
        self._give_up(REVOKED)

    async def leave(self) -> None:
        self._give_up(LEAVING)

    def _give_up(self, why: DomainError) -> None:
        self._why = self._why or why
        if self._giving is not None:
            self._giving.cancel()

    async def send(self, message: Message) -> None:
        self._begun = True
        self._over = message["type"] == "http.response.body" and not message.get("more_body", False)
        await self._send(message)

    async def give(self, work: Awaitable[None]) -> DomainError | None:
        """Why the answer was given up, if nothing of it has been sent; one that had begun just ends."""
        self._giving = asyncio.ensure_future(work)
        try:
            await asyncio.wait({self._giving})
        finally:
            self._giving.cancel()
            await asyncio.wait({self._giving})
        if self._why is None or not self._giving.cancelled():
            self._giving.result()
        if self._why is not None and self._begun and not self._over:
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})
        return None if self._begun else self._why


def _refusal(error: DomainError) -> Response:
    headers = pause_header(error)
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse({"error": error.message}, status_of(error.code), headers)
