"""MCP servers: how they are reached, and what became of the last try."""

from enum import StrEnum
from typing import NamedTuple


class McpTransport(StrEnum):
    """The Model Context Protocol's own transports; SSE is that of its first revision."""

    STDIO = "STDIO"
    STREAMABLE_HTTP = "STREAMABLE_HTTP"
    SSE = "SSE"


class McpStatus(StrEnum):
    DISCONNECTED = "DISCONNECTED"
    CONNECTED = "CONNECTED"
    FAILED = "FAILED"


class PromptMessage(NamedTuple):
    """One message of a prompt that a server has written out: `user` or `assistant`, and what it says."""

    role: str
    text: str


class McpResource(NamedTuple):
    """Something that a server lets one read."""

    uri: str
    name: str
    description: str
    media_type: str | None


class McpErrorCode(StrEnum):
    """Why a server could not be used."""

    UNREACHABLE = "UNREACHABLE"
    CANNOT_START = "CANNOT_START"
    AUTHENTICATION_REQUIRED = "AUTHENTICATION_REQUIRED"
    FORBIDDEN_ADDRESS = "FORBIDDEN_ADDRESS"
    TIMED_OUT = "TIMED_OUT"
    PROTOCOL_ERROR = "PROTOCOL_ERROR"
    NOT_ALLOWED = "NOT_ALLOWED"
    TOO_MANY_PROCESSES = "TOO_MANY_PROCESSES"
    SECRETS_UNREADABLE = "SECRETS_UNREADABLE"
    TOOLS_LEFT_OUT = "TOOLS_LEFT_OUT"
