"""Fetching from the web on behalf of a model: only public addresses, and never more bytes or seconds than allowed."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from orchestration.addresses import Gate, forbidden, not_public
from orchestration.tools.tool import ToolFailure

LONGEST_URL = 2_000
MOST_REDIRECTS = 5
LARGEST = 2_000_000
"""Bytes of one answer, unpacked."""
SECONDS = 20.0
"""For a whole fetch, redirects included."""
PORTS = frozenset({80, 443})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
AGENT = "Mozilla/5.0 (compatible; Parley)"


class Page(NamedTuple):
    """What an address answered. `media_type` is empty when the server named none."""

    url: str
    status: int
    media_type: str
    charset: str | None
    body: bytes


class Fetcher:
    """`private_hosts` (`wiki.intranet`, `10.0.0.5:8080`) may have private addresses; a port that stands with a host
    is open for it besides 80 and 443. Failures are ToolFailure, in words that help a model."""

    def __init__(
        self,
        *,
        private_hosts: Collection[str] = (),
        resolver: AbstractResolver | None = None,
        largest: int = LARGEST,
        seconds: float = SECONDS,
    ) -> None:
        self._private = frozenset(host.lower() for host in private_hosts)
        self._resolver, self._largest, self._seconds = resolver, largest, seconds

    async def get(self, address: str) -> Page:
        """The page at an address, after at most five redirects, each of which is checked like the first address."""
        url = checked(address)
        async with self._in_time(url):
            for _ in range(MOST_REDIRECTS + 1):
                page, target = await self._once("GET", url, {"Accept": "text/html,text/*;q=0.9,*/*;q=0.5"})
                if target is None:
                    return page
                url = _joined(url, target)
        raise ToolFailure(f"{address} redirects more than {MOST_REDIRECTS} times.")

    async def ask(self, method: str, address: str, *, headers: Mapping[str, str], **body: Any) -> Page:
        """One request without redirects, so that what it carries goes nowhere else; `body` as aiohttp takes it."""
        url = checked(address)
        async with self._in_time(url):
            page, target = await self._once(method, url, headers, **body)
        if target is not None:
            raise ToolFailure(f"{url.host} redirects to another address, which is not followed here.")
        return page

    @asynccontextmanager
    async def _in_time(self, url: URL) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._seconds):
                yield
        except TimeoutError:
            raise ToolFailure(f"{url.host} did not answer within {self._seconds:g} seconds.") from None

    async def _once(self, method: str, url: URL, headers: Mapping[str, str], **body: Any) -> tuple[Page, str | None]:
        """One answer, and where it redirects to."""
        gate = Gate(forbidden if self._is_private(url) else not_public)
        self._check_port(url)
        try:
            async with self._session(gate) as http, http.request(
                method, url, headers=headers, allow_redirects=False, **body
            ) as response:  # fmt: skip
                target = response.headers.get("Location") if response.status in REDIRECTS else None
                content = b"" if target else await self._body(response)
                return Page(str(url), response.status, _media_type(response), response.charset, content), target
        except (aiohttp.ClientError, UnicodeError, ValueError) as error:
            if gate.refused:
                raise ToolFailure(f"{url.host} is not on the public web; only public addresses can be read.") from None
            raise ToolFailure(_trouble(url, error)) from None

    def _session(self, gate: Gate) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            resolver=self._resolver, socket_factory=gate, use_dns_cache=False, force_close=True
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": AGENT, "Accept-Encoding": "gzip, deflate"},
            timeout=aiohttp.ClientTimeout(total=None),  # `_in_time` counts redirects as well
        )

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        """The unpacked body. It is read in pieces, which aiohttp unpacks one by one: a bomb stops at the limit."""
        body = bytearray()
        async for piece in response.content.iter_any():
            body += piece
            if len(body) > self._largest:
                raise ToolFailure(f"{response.url} is larger than {self._largest / 1e6:g} MB, which is not read.")
        return bytes(body)

    def _is_private(self, url: URL) -> bool:
        host = (url.raw_host or "").lower()
        return host in self._private or f"{host}:{url.port}" in self._private

    def _check_port(self, url: URL) -> None:
        if url.port not in PORTS and f"{(url.raw_host or '').lower()}:{url.port}" not in self._private:
            raise ToolFailure(f"Only the ports 80 and 443 can be read, not {url.port}.")


def checked(address: str) -> URL:
    """An absolute address of the web; ToolFailure says what is wrong with any other."""
    if len(address) > LONGEST_URL:
        raise ToolFailure(f"The address is longer than {LONGEST_URL:,} characters.")
    try:
        url = URL(address.strip())
        host = url.raw_host
    except ValueError:
        raise ToolFailure(f"{address!r} is not an address; use one such as https://example.org/page.") from None
    if url.scheme not in {"http", "https"} or not host:
        raise ToolFailure("The address must begin with http:// or https:// and a host, as https://example.org/page.")
    if url.user is not None or url.password is not None:
        raise ToolFailure("The address must not contain a user name or a password.")
    return url.with_fragment(None)


def _joined(url: URL, target: str) -> URL:
    try:
        joined = url.join(URL(target))
    except ValueError:
        raise ToolFailure(f"{url.host} redirects to something that is not an address.") from None
    return checked(str(joined))


def _media_type(response: aiohttp.ClientResponse) -> str:
    return response.content_type if "Content-Type" in response.headers else ""


def _trouble(url: URL, error: Exception) -> str:
    match error:
        case aiohttp.ClientConnectorDNSError():
            return f"There is no host {url.host}; check the spelling of the address."
        case aiohttp.ClientSSLError():
            return f"{url.host} has no valid certificate."
        case aiohttp.ClientConnectorError() | aiohttp.ServerDisconnectedError():
            return f"{url.host} cannot be reached."
        case aiohttp.InvalidURL():
            return f"{url.host} is not the name or the usual spelling of the address of a host."
        case _:
            return f"{url.host} did not answer as a web server should."
