"""MCP servers as people keep them: added, changed and removed."""

import logging
from collections.abc import Awaitable, Callable
from typing import cast
from uuid import UUID

from domain.accounts import UserRole
from domain.errors import BadUserInput, Conflict, Forbidden
from domain.ids import new_id
from domain.mcp import McpStatus, McpTransport
from orchestration.inference.secrets import Keyring, Undecipherable
from orchestration.mcp.checking import Given, misfits, problems
from orchestration.mcp.definitions import Secrets
from persistence import mcp_servers
from persistence.database import Database
from persistence.mcp_servers import McpServerRow, Usable

log = logging.getLogger(__name__)

MOST_SERVERS = 50
PLAIN = ("name", "shared", "trusted", "timeout_seconds")

Reached = Callable[[Usable], Awaitable[None]]
"""Tries a server; its row says how that went."""


class Keeping:
    def __init__(self, db: Database, keys: Keyring, reached: Reached) -> None:
        self._db, self._keys, self._reached = db, keys, reached

    async def add(self, user_id: UUID, role: UserRole, given: Given) -> McpServerRow:
        """A new server, which is tried at once. One that does not answer is kept as well and says why. BadUserInput,
        Forbidden or Conflict when it cannot be kept."""
        transport = given.transport or McpTransport.STREAMABLE_HTTP
        row = McpServerRow(
            id=new_id(), owner_id=user_id, name="", transport=transport, args=[], shared=False, trusted=False,
            timeout_seconds=60, revision=0, status=McpStatus.DISCONNECTED, failures=0,
        )  # fmt: skip
        self._put(row, role, given)
        async with self._db.write() as session:
            if await mcp_servers.count_of(session, user_id) >= MOST_SERVERS:
                raise Conflict(f"You have {MOST_SERVERS} MCP servers, which is the most. Remove one first.")
            session.add(row)
            await mcp_servers.flushed(session, row.name)
        return await self._tried(row, user_id)

    async def change(self, user_id: UUID, role: UserRole, server_id: UUID, given: Given) -> McpServerRow:
        """A server with other facts, tried if it is reached in another way. NotFound unless the viewer keeps it."""
        async with self._db.write() as session:
            row = await mcp_servers.kept_by(session, server_id, user_id)
            self._put(row, role, given)
            await mcp_servers.flushed(session, row.name)
            if given.leads_elsewhere:
                await mcp_servers.told(session, row.id)
        return await self._tried(row, user_id) if given.leads_elsewhere else row

    async def remove(self, user_id: UUID, server_id: UUID) -> None:
        async with self._db.write() as session:
            await mcp_servers.remove(session, await mcp_servers.kept_by(session, server_id, user_id))

    async def rotate(self) -> None:
        """Seal what an earlier secret key has sealed with the current one."""
        async with self._db.write() as session:
            for row in await mcp_servers.with_secrets(session):
                for name in ("secrets_encrypted", "oauth_encrypted"):
                    if (stored := getattr(row, name)) and (sealed := self._keys.resealed(stored, row.id)):
                        setattr(row, name, sealed)
                        log.info("secrets of the MCP server %s are sealed with the current secret key now", row.name)

    async def _tried(self, row: McpServerRow, user_id: UUID) -> McpServerRow:
        async with self._db.read() as session:
            usable = (await mcp_servers.usable(session, user_id, [row.id])).get(row.id)
        if usable is not None:
            await self._reached(usable)
        async with self._db.read() as session:
            return await mcp_servers.visible_to(session, row.id, user_id)

    def _put(self, row: McpServerRow, role: UserRole, given: Given) -> None:
        """Check what is given against what the row has, and put it there."""
        transport, admin = given.transport or row.transport, role is UserRole.ADMIN
        if transport is McpTransport.STDIO and not admin:
            raise Forbidden("Only an administrator may let MCP servers run on this machine.")
        if (given.shared or given.trusted) and not admin:
            raise Forbidden("Only an administrator may share an MCP server, or trust it.")
        if (row.shared or row.trusted) and given.leads_elsewhere and not admin:
            raise Forbidden("Only an administrator may lead an MCP server elsewhere that is shared or trusted.")
        stays = transport is row.transport
        command = given.command if given.command is not None else (row.command if stays else None)
        url = given.url if given.url is not None else (row.url if transport is not McpTransport.STDIO else None)
        wrong = misfits(transport, given, command=command, url=url) | problems(given, private=admin)
        if row.revision == 0 and given.name is None:
            wrong["input.name"] = "is needed"
        if url != row.url and given.headers is None and self._secrets(row).headers:
            # Else whoever may change the address could have the headers sent to a place of their own.
            wrong["input.headers"] = "must be given again with a new URL"
        if wrong:
            raise BadUserInput(wrong)
        self._write(row, given, transport, command, url)

    def _write(
        self, row: McpServerRow, given: Given, transport: McpTransport, command: str | None, url: str | None
    ) -> None:
        process = transport is McpTransport.STDIO
        row.transport, row.command = transport, command if process else None
        place = None if process or url is None else url.strip()
        if place != row.url:  # a token is for one place, and nobody else may have it
            row.oauth_encrypted = None
        row.url = place
        row.args = list(given.args if given.args is not None else row.args) if process else []
        for name in PLAIN:
            if (value := getattr(given, name)) is not None:
                setattr(row, name, value)
        if given.leads_elsewhere:
            row.secrets_encrypted = self._renewed(row, given, process=process).sealed(self._keys, row.id)
            row.revision += 1
            row.status, row.failures, row.retry_at = McpStatus.DISCONNECTED, 0, None
            row.error_code = row.error_message = None

    def _renewed(self, row: McpServerRow, given: Given, *, process: bool) -> Secrets:
        """What is stored, with what is given in its place, as far as it goes with the transport."""
        kept = self._secrets(row)
        if process:
            return Secrets(env=kept.env if given.env is None else cast("dict[str, str]", given.env))
        return Secrets(headers=kept.headers if given.headers is None else cast("dict[str, str]", given.headers))

    def _secrets(self, row: McpServerRow) -> Secrets:
        """None that can be read: those must be given again."""
        try:
            return Secrets.of(row, self._keys)
        except Undecipherable:
            return Secrets()
