"""What people say about an MCP server, and whether it can be one."""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from domain.mcp import McpTransport
from domain.tools import BUILTIN
from orchestration.mcp.addresses import may_have

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}")
OURS = frozenset(
    {"accept", "accept-encoding", "connection", "content-length", "content-type", "host", "transfer-encoding"}
)
LONGEST_TEXT, LONGEST_URL, MOST_ARGS, MOST_SECRETS = 4_000, 2_000, 100, 50
LONGEST_TIMEOUT = 600


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody says about a server; None leaves a thing as it is."""

    name: str | None = None
    transport: McpTransport | None = None
    command: str | None = None
    args: Sequence[str] | None = None
    env: object = None
    url: str | None = None
    headers: object = None
    shared: bool | None = None
    trusted: bool | None = None
    timeout_seconds: int | None = None

    @property
    def leads_elsewhere(self) -> bool:
        """Whether the server is to be reached anew."""
        way = (self.transport, self.command, self.args, self.env, self.url, self.headers, self.timeout_seconds)
        return any(part is not None for part in way)


def problems(given: Given, *, private: bool) -> dict[str, str]:
    """What is wrong with each thing by itself, by its path in the input. `private` addresses are for administrators."""
    found = {
        "name": _name(given.name),
        "command": _text(given.command),
        "args": _args(given.args),
        "env": secrets_problem(given.env, VARIABLE),
        "url": None if given.url is None else _url(given.url.strip(), private=private),
        "headers": secrets_problem(given.headers, HEADER),
        "timeoutSeconds": _timeout(given.timeout_seconds),
    }
    return {f"input.{name}": problem for name, problem in found.items() if problem is not None}


def misfits(transport: McpTransport, given: Given, *, command: str | None, url: str | None) -> dict[str, str]:
    """What does not go with the transport, when a server has this command and this URL."""
    process = transport is McpTransport.STDIO
    needed, what = (("command", command), "the program to start") if process else (("url", url), "the server's address")
    foreign = ("url", "headers") if process else ("command", "args", "env")
    found = {f"input.{name}": f"does not go with transport {transport}" for name in foreign if getattr(given, name)}
    if not needed[1]:
        found[f"input.{needed[0]}"] = f"is needed for transport {transport}: {what}"
    return found


def _name(name: str | None) -> str | None:
    if name is not None and name.lower() == BUILTIN:
        return "is what the tools that come with Parley are known by; choose another one"
    fits = name is None or NAME.fullmatch(name)
    return None if fits else "must have 1 to 64 letters, digits, hyphens and underscores"


def _text(text: str | None) -> str | None:
    fits = text is None or (len(text) <= LONGEST_TEXT and "\0" not in text)
    return None if fits else f"may have {LONGEST_TEXT:,} characters, and no NUL"


def _args(args: Sequence[str] | None) -> str | None:
    if args is not None and len(args) > MOST_ARGS:
        return f"has {len(args)} entries; at most {MOST_ARGS} are allowed"
    return next((problem for arg in args or () if (problem := _text(arg)) is not None), None)


def secrets_problem(given: object, name: re.Pattern[str]) -> str | None:
    if given is None:
        return None
    if not isinstance(given, Mapping) or not all(isinstance(value, str) for value in given.values()):
        return 'must be an object of texts by name, such as {"Authorization": "Bearer …"}'
    if len(given) > MOST_SECRETS:
        return f"has {len(given)} entries; at most {MOST_SECRETS} are allowed"
    for key, value in given.items():
        if not name.fullmatch(key) or (name is HEADER and (key.lower() in OURS or key.lower().startswith("mcp-"))):
            return f"{key[:40]!r} cannot be given here"
        if len(value) > LONGEST_TEXT or "\0" in value or (name is HEADER and not _printable(value)):
            return f"the value of {key[:40]!r} has characters that are not allowed here, or too many"
    return None


def _printable(value: str) -> bool:
    return value.isascii() and value.isprintable() and value == value.strip()


def _timeout(seconds: int | None) -> str | None:
    fits = seconds is None or 1 <= seconds <= LONGEST_TIMEOUT
    return None if fits else f"must be from 1 to {LONGEST_TIMEOUT} seconds"


def _url(url: str, *, private: bool) -> str | None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is not a URL"
    if len(url) > LONGEST_URL or parts.scheme not in {"http", "https"} or not host or not url.isprintable():
        return "must be a URL such as https://mcp.example.com/mcp"
    if parts.username or parts.password:
        return "must not contain a user name or a password; they go into headers"
    if parts.fragment:
        return "must not have a fragment"
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:  # a name: looked at when it is resolved
        return None
    return None if may_have(host, private=private) else "is an address that this server may not have"
