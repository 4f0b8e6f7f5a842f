"""Addresses on networks: which of them nobody may call from here, and which only an administrator may name."""

import ipaddress
import socket
from collections.abc import Callable

from aiohttp import AddrInfoType

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

METADATA = frozenset(
    {
        ipaddress.ip_address("100.100.100.200"),  # Alibaba Cloud
        ipaddress.ip_address("168.63.129.16"),  # Azure's platform
        ipaddress.ip_address("fd00:ec2::254"),  # Amazon over IPv6
    }
)
"""Services of clouds that give out credentials, besides the link-local one that they all have."""
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""How networks without IPv4 reach it: the address proper is in the last 32 bits (RFC 6052)."""
GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
RESERVED = tuple(
    map(
        ipaddress.ip_network,
        (
            "192.0.0.0/24",  # protocol assignments
            "192.88.99.0/24",  # 6to4 relays
            "2001::/23",  # protocol assignments, among them Teredo, which carries an IPv4 address
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4, which carries an IPv4 address
            "3fff::/20",  # documentation
        ),
    )
)
"""Parts of the public ranges that lead to no public host (the special-purpose registries of IANA); written down
because `ipaddress` knows them only in part, and differently in each version of Python."""


def forbidden(address: str) -> bool:
    """Link-local, multicast, unspecified and metadata addresses, which not even an administrator may name."""
    found = _meant(address)
    return found.is_link_local or found.is_multicast or found.is_unspecified or found in METADATA


def not_public(address: str) -> bool:
    """Whether an address leads anywhere but to a public host: the machine, its networks, a carrier's, nowhere."""
    found = _meant(address)
    if isinstance(found, ipaddress.IPv6Address) and found not in GLOBAL_UNICAST:
        return True
    reserved = any(found in network for network in RESERVED if network.version == found.version)
    return reserved or not found.is_global or found.is_reserved or forbidden(address)


def _meant(address: str) -> Address:
    """The address that packets go to; ValueError for what is not an address in its usual spelling."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return found.ipv4_mapped
        if found in NAT64:
            return ipaddress.IPv4Address(int(found) & 0xFFFF_FFFF)
    return found


class Gate:
    """Makes the sockets of one aiohttp connector, and none to an address that the rule refuses.

    It is asked at the moment of connecting with the very address that is connected to, so neither a spelling of an
    address nor a name that changes its meaning gets around it. `refused` has the addresses that were turned away.
    """

    def __init__(self, refuses: Callable[[str], bool]) -> None:
        self._refuses = refuses
        self.refused: list[str] = []

    def __call__(self, wanted: AddrInfoType) -> socket.socket:
        family, kind, protocol, _, where = wanted
        address = str(where[0])
        if self._turns_away(address):
            self.refused.append(address)
            raise OSError(None, f"{address} is not to be called")
        return socket.socket(family, kind, protocol)

    def _turns_away(self, address: str) -> bool:
        try:
            return self._refuses(address)
        except ValueError:  # a spelling that only the system would understand
            return True
