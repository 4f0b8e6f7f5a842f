"""From where somebody comes: the network address and the browser behind a request."""

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import NamedTuple

from starlette.requests import HTTPConnection

from domain.messages import storable

LONGEST_USER_AGENT, LONGEST_ADDRESS = 300, 64
HOST_BITS = 64
"""Whoever has one address of a network of IPv6 has all of these (RFC 6177)."""
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Visit(NamedTuple):
    """`network` is what every limit per address counts by: of IPv6 the network that one customer has."""

    ip_address: str | None
    user_agent: str | None

    @property
    def network(self) -> str:
        try:
            address: IPv4Address | IPv6Address = ip_address(self.ip_address or "")
        except ValueError:
            return "unknown"
        if isinstance(address, IPv6Address):
            if address.ipv4_mapped:
                return str(address.ipv4_mapped)
            return str(IPv6Network((address, HOST_BITS), strict=False))
        return str(address)


def visit_of(connection: HTTPConnection, *, trust_forwarded: bool) -> Visit:
    """`trust_forwarded` believes the last entry of X-Forwarded-For, which the nearest proxy wrote; those before it, and
    lines above its own, may be the client's."""
    stated = connection.client.host if connection.client else None
    if trust_forwarded and (forwarded := connection.headers.getlist("x-forwarded-for")):
        stated = forwarded[-1].rpartition(",")[2].strip()
    agent = connection.headers.get("user-agent")
    return Visit(
        ip_address=one_line(stated, LONGEST_ADDRESS) if stated else None,
        user_agent=one_line(agent, LONGEST_USER_AGENT) if agent else None,
    )


def one_line(text: str, longest: int) -> str:
    """Words of a stranger as they are kept: without characters that could begin another line of a log, and short."""
    return storable(CONTROL.sub("\ufffd", text[:longest]))
