"""HTTP to MCP servers: connections only to addresses that were looked at, and no answer larger than it may be."""

import asyncio
import socket
from collections.abc import AsyncIterator

import httpx2

from orchestration.addresses import forbidden, not_public
from orchestration.mcp.failures import ForbiddenAddress

LARGEST_ANSWER = 16 * 1024 * 1024
"""Bytes of one answer, or of one event of a stream."""
CONNECT = 10.0


def may_have(address: str, *, private: bool) -> bool:
    """Whether a server may be at an address: never where clouds give out credentials, and at home only if `private`."""
    return not forbidden(address) and (private or not not_public(address))


class GuardedTransport(httpx2.AsyncBaseTransport):
    """Looks at what a name means at the moment of each request, since its owner may change that, and connects to the
    very address that it has looked at. `refused` is the last status with which the server turned a request away."""

    def __init__(self, *, private: bool) -> None:
        self._inner, self._private = httpx2.AsyncHTTPTransport(), private
        self.refused: int | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        problem: httpx2.ConnectError | None = None
        for address in await self._addresses(request.url):
            try:
                response = await self._inner.handle_async_request(_pinned(request, address))
            except httpx2.ConnectError as error:
                problem = error
            else:
                return self._checked(response)
        raise problem or httpx2.ConnectError(f"{request.url.host} has no address")

    async def _addresses(self, url: httpx2.URL) -> list[str]:
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            found = await asyncio.get_running_loop().getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
        except socket.gaierror:
            raise httpx2.ConnectError(f"there is no host {url.host}") from None
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        allowed = [address for address in addresses if may_have(address, private=self._private)]
        if addresses and not allowed:
            raise ForbiddenAddress(f"{url.host} has an address that this server may not have.")
        return allowed

    def _checked(self, response: httpx2.Response) -> httpx2.Response:
        self.refused = response.status_code if response.status_code >= 400 else None
        if response.headers.get("content-encoding", "identity") != "identity":
            raise httpx2.DecodingError("the answer is compressed, although it was asked for as it is")
        events = response.headers.get("content-type", "").startswith("text/event-stream")
        if not events and isinstance(response.stream, httpx2.AsyncByteStream):
            response.stream = _Limited(response.stream)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Limited(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = LARGEST_ANSWER
        async for piece in self._stream:
            left -= len(piece)
            if left < 0:
                raise httpx2.ReadError(f"the answer is larger than {LARGEST_ANSWER:,} bytes")
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()


def _pinned(request: httpx2.Request, address: str) -> httpx2.Request:
    """The same request to an address; the certificate must still be that of the name."""
    extensions = {**request.extensions, "sni_hostname": request.url.host}
    return httpx2.Request(
        request.method, request.url.copy_with(host=address), headers=request.headers, stream=request.stream,
        extensions=extensions,
    )  # fmt: skip
