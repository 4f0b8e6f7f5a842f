"""How one MCP server is reached: its stored row, with its secrets open and its owner's rights."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from domain.accounts import UserRole
from domain.mcp import McpErrorCode, McpTransport
from orchestration.inference.secrets import Keyring, Undecipherable
from orchestration.mcp.failures import McpFailure
from orchestration.mcp.oauth import Access
from persistence.mcp_servers import McpServerRow, Usable

SHORTEST_SECRET = 6
"""Anything shorter would black out half of what a server says."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What is given to a server and shown to nobody: headers over HTTP, environment of a process, and what signing in
    has given, which is stored apart."""

    headers: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    access: Access | None = None

    def __bool__(self) -> bool:
        return bool(self.headers or self.env)

    def __repr__(self) -> str:
        return f"Secrets({len(self.headers)} headers, {len(self.env)} variables)"

    def without(self, text: str, *more: str) -> str:
        """A text with every secret in it blacked out, and with what is a secret by now."""
        values = [*self.headers.values(), *self.env.values(), *(self.access.secrets if self.access else ()), *more]
        words = {word for value in values for word in (value, *value.split()) if len(word) >= SHORTEST_SECRET}
        for word in sorted(words, key=len, reverse=True):
            text = text.replace(word, "…")
        return text

    def sealed(self, keys: Keyring, server_id: UUID) -> bytes | None:
        if not self:
            return None
        return keys.seal(json.dumps({"headers": dict(self.headers), "env": dict(self.env)}), server_id)

    @staticmethod
    def of(row: McpServerRow, keys: Keyring) -> "Secrets":
        """Undecipherable when another key has sealed them."""
        stored = {} if row.secrets_encrypted is None else json.loads(keys.unseal(row.secrets_encrypted, row.id))
        return Secrets(**stored, access=access_of(row, keys))


def access_of(row: McpServerRow, keys: Keyring) -> Access | None:
    """What signing in has given; Undecipherable when another key has sealed it."""
    return None if row.oauth_encrypted is None else Access.from_text(keys.unseal(row.oauth_encrypted, row.id))


@dataclass(frozen=True, slots=True)
class Definition:
    """`private` addresses are for servers of administrators; `timeout` is the patience with one call, in seconds."""

    id: UUID
    revision: int
    name: str
    transport: McpTransport
    command: str
    args: Sequence[str]
    url: str
    secrets: Secrets
    private: bool
    timeout: float

    @staticmethod
    def of(usable: Usable, keys: Keyring) -> "Definition":
        """McpFailure when it may not, or cannot, be used by anybody just now."""
        row = usable.server
        admin = usable.owner_role is UserRole.ADMIN
        if row.transport is McpTransport.STDIO and not admin:
            raise McpFailure(McpErrorCode.NOT_ALLOWED, "Only administrators may let servers run on this machine.")
        try:
            secrets = Secrets.of(row, keys)
        except Undecipherable:
            raise McpFailure(
                McpErrorCode.SECRETS_UNREADABLE,
                "Its secrets were stored under another PARLEY_SECRET_KEY. Give them, or sign in, again.",
            ) from None
        return Definition(
            row.id, row.revision, row.name, row.transport, row.command or "", row.args, row.url or "", secrets, admin,
            row.timeout_seconds,
        )  # fmt: skip
