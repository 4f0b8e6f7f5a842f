"""Web sites of the tests, and names that mean what a test says."""

import socket
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Self

from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Site:
    """A server on loopback. `asked` has the requests that came, whatever became of them."""

    def __init__(self) -> None:
        self.asked: list[web.Request] = []
        self._pages: dict[str, Handler] = {}
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True)
        self.port = 0

    def page(
        self, path: str, body: bytes | str = b"", *, status: int = 200, media_type: str = "text/html",
        headers: dict[str, str] | None = None,
    ) -> None:  # fmt: skip
        """What a path answers from now on."""
        content = body.encode() if isinstance(body, str) else body

        async def answer(_: web.Request) -> web.Response:
            return web.Response(status=status, body=content, headers={"Content-Type": media_type, **(headers or {})})

        self._pages[path] = answer

    def handle(self, path: str, handler: Handler) -> None:
        self._pages[path] = handler

    def redirect(self, path: str, target: str, status: int = 302) -> None:
        self.page(path, status=status, headers={"Location": target})

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        handler = self._pages.get(request.path)
        if handler is None:
            return web.Response(status=404)
        return await handler(request)


class Names(AbstractResolver):
    """Answers of the domain name system: each name has the addresses of its next answer, the last one for ever."""

    def __init__(self, **names: list[list[str]]) -> None:
        self._names = {name.replace("_", "."): deque(answers) for name, answers in names.items()}
        self.looked_up: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.looked_up.append(host)
        if host not in self._names:
            raise OSError(None, f"no such name: {host}")
        answers = self._names[host]
        addresses = answers.popleft() if len(answers) > 1 else answers[0]
        return [
            ResolveResult(
                hostname=host, host=address, port=port, proto=0, flags=0,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
            )
            for address in addresses
        ]  # fmt: skip

    async def close(self) -> None:
        pass
