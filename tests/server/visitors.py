"""Requests, and people whose they are, as authentication meets them."""

from datetime import timedelta
from uuid import UUID

from starlette.requests import HTTPConnection

from persistence import sessions
from persistence.accounts import UserRow
from persistence.database import Database
from resolvers.credentials import new_token
from resolvers.registration import create_api_key
from schema.context import Identity
from server.authentication import Authentication
from server.key_uses import KeyUses

LIFETIME = timedelta(days=30)
OWN = "https://chat.example.org"


def connection(kind: str = "http", scheme: str = "http", **headers: str) -> HTTPConnection:
    """A request, or with `websocket` a handshake; `sec_fetch_site="none"` is the header Sec-Fetch-Site."""
    named = {"host": "chat.example.org"} | {name.replace("_", "-"): value for name, value in headers.items()}
    raw = [(name.encode(), value.encode("latin-1")) for name, value in named.items()]
    return HTTPConnection({"type": kind, "scheme": scheme, "path": "/graphql", "query_string": b"", "headers": raw})


def entrance(db: Database, lifetime: timedelta = LIFETIME) -> Authentication:
    return Authentication(db, lifetime, KeyUses(db))


async def signed_in(db: Database, person: UserRow, lifetime: timedelta = LIFETIME) -> tuple[UUID, str]:
    """A new session's id, and the cookie that opens it."""
    token = new_token()
    async with db.write() as session:
        session_id = await sessions.begin(
            session,
            user_id=person.id,
            token_hash=token.digest,
            lifetime=lifetime,
            user_agent=None,
            ip_address=None,
        )
    return session_id, f"parley_session={token.text}"


async def by_key(db: Database, person: UserRow) -> Identity:
    secret = await create_api_key(db, person.email, "a key")
    identity = await entrance(db).identify(connection(), f"Bearer {secret}")
    assert identity is not None
    return identity
