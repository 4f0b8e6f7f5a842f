"""Which addresses a provider may have: an administrator's own network, yes; the machine's cloud metadata, no."""

import socket
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import ResolveResult

from domain.errors import BadUserInput
from orchestration.addresses import forbidden

LONGEST = 2_000


class GuardedResolver(aiohttp.ThreadedResolver):
    """Looks at what a name means at the moment of each connection, since its owner may change that."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await super().resolve(host, port, family)
        allowed = [entry for entry in found if not forbidden(entry["host"])]
        if found and not allowed:
            raise OSError(None, f"{host} has an address that providers may not have")
        return allowed


def checked_base_url(text: str, *, path: str = "input.baseUrl") -> str:
    """A base URL that may be asked, without a slash at its end; BadUserInput says what is wrong with any other."""
    url = text.strip().rstrip("/")
    if (problem := _problem(url)) is not None:
        raise BadUserInput({path: problem})
    return url


def _problem(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is not a URL"
    problem: str | None = None
    if len(url) > LONGEST or parts.scheme not in {"http", "https"} or not host:
        problem = "must be a URL such as https://api.example.com/v1"
    elif parts.username or parts.password:
        problem = "must not contain a user name or a password; the key goes into apiKey"
    elif parts.query or parts.fragment:
        problem = "must not have a query or a fragment"
    elif _is_forbidden(host):
        problem = "is an address that providers may not have"
    return problem


def _is_forbidden(host: str) -> bool:
    try:
        return forbidden(host)
    except ValueError:  # a name: looked at when it is resolved
        return False
