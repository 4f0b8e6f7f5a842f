"""Whether a browser's page may speak to us with the browser's cookie: Origin and Sec-Fetch-Site."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from domain.errors import Forbidden

DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class OriginRules:
    """`allowed` are further origins such as `https://chat.example.org`.

    `trust_forwarded` believes X-Forwarded-Proto and X-Forwarded-Host: for use behind a proxy that sets them.
    """

    allowed: frozenset[str] = frozenset()
    trust_forwarded: bool = False

    def check(self, connection: HTTPConnection, *, has_cookie: bool) -> None:
        """Forbidden when the request may come from another site's page.

        Programs send no Origin over HTTP, and are let through; browsers always send one with a WebSocket, so
        a socket that comes with a cookie must.
        """
        origin = connection.headers.get("origin")
        if origin is not None and self._is_allowed(origin):
            return
        # Browsers do not let pages forge it. `same-site` is another subdomain or port: not us either.
        if connection.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            raise Forbidden("This request comes from another site's page.")
        if origin is None:
            if has_cookie and connection.scope["type"] == "websocket":
                raise Forbidden("A WebSocket with a session cookie must send its Origin.")
        elif not self._is_own(connection, origin):
            raise Forbidden(f"Pages of the origin {origin[:200]!r} may not speak to this server.")

    def _is_allowed(self, origin: str) -> bool:
        page = _normal(origin)
        return page is not None and page in {_normal(allowed) for allowed in self.allowed}

    def _is_own(self, connection: HTTPConnection, origin: str) -> bool:
        page, own = _normal(origin), _normal(f"{self._scheme(connection)}://{self._host(connection)}")
        if page is None or own is None:
            return False
        # Where TLS ends in front of us we see http while the page says https. Only the owner of the host can
        # serve it over https, so a page may be safer than we know, never less safe.
        return page in (own, _normal(f"https://{self._host(connection)}"))

    def _scheme(self, connection: HTTPConnection) -> str:
        seen = {"ws": "http", "wss": "https"}.get(connection.url.scheme, connection.url.scheme)
        return self._forwarded(connection, "x-forwarded-proto") or seen

    def _host(self, connection: HTTPConnection) -> str:
        return self._forwarded(connection, "x-forwarded-host") or connection.headers.get("host", "")

    def _forwarded(self, connection: HTTPConnection, name: str) -> str | None:
        if not self.trust_forwarded or name not in connection.headers:
            return None
        return connection.headers[name].rpartition(",")[2].strip()  # the nearest proxy's word


def _normal(origin: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of an origin (RFC 6454, section 4); None for `null` and other texts."""
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        return None
    return parts.scheme, parts.hostname, port or DEFAULT_PORTS[parts.scheme]
