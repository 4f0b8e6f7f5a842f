"""Signing in at MCP servers on people's behalf: where they have to go, what comes back, and renewing what it gave."""

import asyncio
import hashlib
import json
import logging
import secrets
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from mcp.client.auth import PKCEParameters

from domain.accounts import UserRole
from domain.errors import BadUserInput, Conflict, Forbidden
from domain.mcp import McpStatus, McpTransport
from orchestration.inference.secrets import Keyring, Undecipherable
from orchestration.mcp.definitions import Definition, Secrets, access_of
from orchestration.mcp.failures import failure_of
from orchestration.mcp.oauth import OAUTH_FAILURES, Access, Place, anonymous, discover, method_of, register
from persistence import mcp_servers, mcp_sign_ins
from persistence.database import Database
from persistence.mcp_servers import McpServerRow, Usable

log = logging.getLogger(__name__)

LIFETIME = timedelta(minutes=10)
"""How long a browser may take to come back."""
LONGEST_KNOWN = 2_000
"""Characters of what an authorization server calls us, and of the secret that goes with it."""
PATIENCE = 20.0
"""Seconds for all that is asked of an authorization server at a time."""

Reached = Callable[[Usable], Awaitable[None]]
"""Tries a server; its row says how that went."""


class Known(NamedTuple):
    """How an authorization server knows us, where it lets no programs make themselves known."""

    client_id: str
    client_secret: str | None

    @staticmethod
    def of(client_id: str | None, client_secret: str | None) -> "Known | None":
        """What somebody says of it; None for nothing. BadUserInput when it cannot be that."""
        given = {"clientId": client_id, "clientSecret": client_secret}
        wrong = {
            f"input.{name}": f"must have 1 to {LONGEST_KNOWN:,} printable characters"
            for name, text in given.items()
            if text is not None and not (1 <= len(text) <= LONGEST_KNOWN and text.isprintable())
        }
        if client_id is None and client_secret is not None:
            wrong["input.clientId"] = "is needed: the secret goes with it"
        if wrong:
            raise BadUserInput(wrong)
        return None if client_id is None else Known(client_id, client_secret)


class Answer(NamedTuple):
    """What a browser has brought back from an authorization server."""

    state: str
    code: str
    issuer: str | None


class SigningIn:
    def __init__(self, db: Database, keys: Keyring, reached: Reached) -> None:
        self._db, self._keys, self._reached = db, keys, reached
        self._renewing: defaultdict[UUID, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def begin(self, user_id: UUID, server_id: UUID, back: str, known: Known | None = None) -> str:
        """The address at which a person signs in for a server that they keep; their browser then comes to `back`.
        BadUserInput or Conflict when that cannot be, NotFound unless it is theirs."""
        usable = await self._kept(user_id, server_id)
        row, private = usable.server, usable.owner_role is UserRole.ADMIN
        if row.transport is McpTransport.STDIO or row.url is None:
            raise BadUserInput({"input.id": "is a program on this machine; give it what it needs in `env`"})
        try:
            async with asyncio.timeout(PATIENCE), anonymous(private=private) as http:
                if (place := await discover(http, row.url)) is None:
                    raise Conflict("This server does not say where one signs in. Give it a token in `headers`.")
                registered: str | None = None
                if known is None and (made := await register(http, place, back)) is not None:
                    known, registered = Known(made.client_id, made.client_secret), made.token_endpoint_auth_method
        except OAUTH_FAILURES as error:
            raise Conflict(f"Signing in cannot begin. {failure_of(error).message}") from error
        if known is None:
            raise BadUserInput({"input.clientId": "is needed: this server must be told of Parley before"})
        method = method_of(place.metadata, known.client_secret, registered)
        access = Access(*known, method, str(place.metadata.token_endpoint), place.resource)
        return await self._begun(usable, user_id, place, access, back)

    async def _begun(self, usable: Usable, user_id: UUID, place: Place, access: Access, back: str) -> str:
        row, verifier, state = usable.server, PKCEParameters.generate().code_verifier, secrets.token_urlsafe(32)
        async with access.client(private=False, redirect_uri=back, scope=place.scope) as client:
            url, _ = client.create_authorization_url(
                str(place.metadata.authorization_endpoint), state, verifier, resource=place.resource
            )
        kept = {
            "access": access.as_text(), "verifier": verifier, "back": back, "issuer": str(place.metadata.issuer),
            "names_issuer": bool(place.metadata.authorization_response_iss_parameter_supported), "url": row.url,
        }  # fmt: skip
        async with self._db.write() as session:
            await mcp_sign_ins.begin(
                session, state_hash=_hashed(state), server_id=row.id, user_id=user_id,
                sealed=self._keys.seal(json.dumps(kept), row.id), expires_at=datetime.now(UTC) + LIFETIME,
            )  # fmt: skip
        return str(url)

    async def finish(self, user_id: UUID, answer: Answer) -> McpServerRow:
        """Take what a browser has brought back, and try the server with it. Forbidden unless this person began it, not
        long ago, and Conflict when the authorization server gives no token."""
        async with self._db.write() as session:
            begun = await mcp_sign_ins.take(session, _hashed(answer.state), user_id)
        if begun is None:
            raise Forbidden("This sign-in was not begun by you, or took too long. Begin it again.")
        usable = await self._kept(user_id, begun.server_id)
        kept = self._opened(begun)
        # Else an answer of another authorization server could be taken for one of this (RFC 9207).
        if kept["url"] != usable.server.url or answer.issuer not in _issuers(kept):
            raise Forbidden("This is not the answer to the sign-in that was begun. Begin it again.")
        access = await self._exchanged(usable, kept, answer.code)
        async with self._db.write() as session:
            row = await mcp_servers.kept_by(session, begun.server_id, user_id)
            if row.url != kept["url"]:  # while we asked: a token is for one place, and nobody else may have it
                raise Forbidden("This server is at another address by now. Begin to sign in again.")
            row.oauth_encrypted = self._keys.seal(access.as_text(), row.id)
            _is_another(row)
            await mcp_servers.told(session, row.id)
        await self._reached(await self._kept(user_id, row.id))
        async with self._db.read() as session:
            return await mcp_servers.visible_to(session, row.id, user_id)

    async def leave(self, user_id: UUID, server_id: UUID) -> McpServerRow:
        """Forget what signing in at a server has given."""
        async with self._db.write() as session:
            row = await mcp_servers.kept_by(session, server_id, user_id)
            if row.oauth_encrypted is not None:
                row.oauth_encrypted = None
                _is_another(row)
                await mcp_servers.told(session, row.id)
        return row

    async def renewed(self, definition: Definition, access: Access) -> Access:
        """Another token in place of one that is over: one that somebody has got in the meantime, or a new one. The same
        when there is none to be had."""
        async with self._renewing[definition.id]:
            if (stored := await self._stored(definition)) != access:
                return stored or access
            if access.refresh_token is None:
                return access
            try:
                async with asyncio.timeout(PATIENCE), access.client(private=definition.private) as client:
                    token = await client.refresh_token(
                        access.token_endpoint, refresh_token=access.refresh_token, resource=access.resource
                    )
                fresh = access.with_token(token)
            except OAUTH_FAILURES as error:
                why = Secrets(access=access).without(failure_of(error).message)
                log.info("the sign-in at the MCP server %s is over: %s", definition.name, why)
                return await self._stored(definition) or access  # another process may have been quicker
            async with self._db.write() as session:
                sealed = self._keys.seal(fresh.as_text(), definition.id)
                await mcp_servers.put_oauth(session, definition.id, definition.revision, sealed)
            return fresh

    async def _stored(self, definition: Definition) -> Access | None:
        async with self._db.read() as session:
            row = (await mcp_servers.by_ids(session, [definition.id])).get(definition.id)
        return None if row is None or row.revision != definition.revision else access_of(row, self._keys)

    async def _kept(self, user_id: UUID, server_id: UUID) -> Usable:
        async with self._db.write() as session:
            row = await mcp_servers.kept_by(session, server_id, user_id)
            return (await mcp_servers.usable(session, user_id, [row.id]))[row.id]

    async def _exchanged(self, usable: Usable, kept: dict[str, Any], code: str) -> Access:
        access, private = Access.from_text(kept["access"]), usable.owner_role is UserRole.ADMIN
        try:
            async with asyncio.timeout(PATIENCE), access.client(private=private, redirect_uri=kept["back"]) as client:
                token = await client.fetch_token(
                    access.token_endpoint, code=code, code_verifier=kept["verifier"], resource=access.resource,
                    grant_type="authorization_code",
                )  # fmt: skip
            return access.with_token(token)
        except OAUTH_FAILURES as error:
            why = Secrets(access=access).without(failure_of(error).message)
            raise Conflict(f"The server gave no token. {why}") from error

    def _opened(self, begun: mcp_sign_ins.Begun) -> dict[str, Any]:
        try:
            kept: dict[str, Any] = json.loads(self._keys.unseal(begun.sealed, begun.server_id))
        except Undecipherable:
            raise Forbidden("The secret key has changed since this sign-in began. Begin it again.") from None
        return kept


def _issuers(kept: dict[str, Any]) -> set[str | None]:
    """What an answer may say of who gives it."""
    return {kept["issuer"]} if kept["names_issuer"] else {kept["issuer"], None}


def _is_another(row: McpServerRow) -> None:
    """The server is reached in another way from now on."""
    row.revision += 1
    row.status, row.failures, row.retry_at = McpStatus.DISCONNECTED, 0, None
    row.error_code = row.error_message = None


def _hashed(state: str) -> bytes:
    return hashlib.sha256(state.encode()).digest()
