"""What can go wrong with an MCP server, in one exception and in words for people."""

import httpx2
from authlib.common.errors import AuthlibBaseError
from mcp import MCPError
from mcp.client.auth import OAuthFlowError, OAuthRegistrationError
from mcp.types import CONNECTION_CLOSED

from domain.mcp import McpErrorCode

FAILURES = (MCPError, httpx2.HTTPError, httpx2.StreamError, OSError, ValueError, RuntimeError, ExceptionGroup)
"""What the protocol's library raises when a server, or the way to it, is at fault."""
LONGEST = 600


class McpFailure(Exception):
    """A server cannot be used; the message is for the person who keeps it, and for models."""

    def __init__(self, code: McpErrorCode, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class ForbiddenAddress(OSError):
    """The server's name means an address that it may not have."""


def failure_of(error: BaseException, refused: int | None = None, heard: str = "") -> McpFailure:
    """The failure in an exception of the library. `refused` is the status of HTTP with which the server turned us
    away, `heard` what it wrote to its standard error."""
    cause = _first(error)
    said = f" It said: {heard}" if heard else ""
    if isinstance(cause, McpFailure):
        return cause
    if isinstance(cause, ForbiddenAddress):
        return McpFailure(McpErrorCode.FORBIDDEN_ADDRESS, str(cause))
    if isinstance(cause, OAuthFlowError | OAuthRegistrationError | AuthlibBaseError):
        return McpFailure(McpErrorCode.AUTHENTICATION_REQUIRED, f"{_short(cause)}.")
    if refused in {401, 403}:
        return McpFailure(
            McpErrorCode.AUTHENTICATION_REQUIRED,
            f"The server wants to know who asks (HTTP {refused}). Sign in with signInToMcpServer, or "
            "give it a token in `headers`, such as Authorization.",
        )
    if refused is not None:
        return McpFailure(McpErrorCode.PROTOCOL_ERROR, f"The server answered with HTTP {refused}.")
    if isinstance(cause, MCPError) and cause.code == CONNECTION_CLOSED:
        return McpFailure(McpErrorCode.UNREACHABLE, f"The server closed the connection.{said}")
    if isinstance(cause, FileNotFoundError | PermissionError):
        return McpFailure(McpErrorCode.CANNOT_START, f"The command cannot be started: {cause.strerror}.")
    if isinstance(cause, httpx2.TimeoutException | TimeoutError):
        return McpFailure(McpErrorCode.TIMED_OUT, f"The server took too long to answer.{said}")
    if isinstance(cause, httpx2.TransportError | OSError):
        return McpFailure(McpErrorCode.UNREACHABLE, f"The server cannot be reached: {_short(cause)}.{said}")
    return McpFailure(McpErrorCode.PROTOCOL_ERROR, f"The server does not speak MCP: {_short(cause)}.{said}")


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _short(error: BaseException) -> str:
    words = " ".join(str(error).split()) or type(error).__name__
    return (words if len(words) <= LONGEST else f"{words[:LONGEST]}…").rstrip(".")
