"""Who a request or a socket comes from, whose page it comes from, and when its right ends."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from starlette.requests import HTTPConnection

from domain.accounts import Scope, UserRole
from domain.errors import Forbidden, RateLimited, Unauthenticated
from persistence import api_keys, notifications, sessions
from persistence.accounts import ApiKeyRow, SessionRow, UserRow
from persistence.database import Database
from resolvers.credentials import HASHER, NOBODYS_HASH, PasswordPool
from resolvers.registration import create_api_key, create_user
from schema.context import Identity
from server.origins import OriginRules
from server.revocations import Revocations
from tests.conftest import statements_of
from tests.server.visitors import LIFETIME, OWN, by_key, connection, entrance, signed_in


@pytest.fixture
async def person(db: Database) -> UserRow:
    return await create_user(db, "ann@example.org", "Ann", "correct horse battery")


async def test_a_session_is_the_whole_person(db: Database, person: UserRow) -> None:
    session_id, cookie = await signed_in(db, person)

    identity = await entrance(db).identify(connection(cookie=cookie))

    assert identity == Identity(
        person.id, "ann@example.org", "Ann", UserRole.ADMIN, frozenset(Scope), session_id=session_id
    )


async def test_a_key_is_the_person_within_its_scopes(db: Database, person: UserRow) -> None:
    secret = await create_api_key(db, person.email, "reader", ["read"])

    identity = await entrance(db).identify(connection(), f"Bearer {secret}")

    assert identity is not None
    assert identity.api_key_id is not None
    assert identity.session_id is None
    assert identity.scopes == {Scope.READ}


async def test_what_connection_init_says_counts_before_header_and_cookie(db: Database, person: UserRow) -> None:
    _, cookie = await signed_in(db, person)
    handshake = connection("websocket", "ws", cookie=cookie, origin="http://chat.example.org")

    with pytest.raises(Unauthenticated):
        await entrance(db).identify(handshake, "Bearer nonsense")


async def test_basic_authentication_of_a_proxy_is_not_ours(db: Database, person: UserRow) -> None:
    _, cookie = await signed_in(db, person)

    identity = await entrance(db).identify(connection(cookie=cookie, authorization="Basic eA=="))

    assert identity is not None


@pytest.mark.parametrize("cookie", ["", "parley_session=", "parley_session=x", "parley_session=" + "é" * 3000, "a=b"])
async def test_a_cookie_that_opens_nothing_is_nobody(db: Database, cookie: str) -> None:
    assert await entrance(db).identify(connection(cookie=cookie)) is None


async def test_use_is_noted_at_most_once_a_minute(db: Database, person: UserRow) -> None:
    _, cookie = await signed_in(db, person)
    secret = await create_api_key(db, person.email, "program")
    authentication = entrance(db)
    await authentication.identify(connection(), f"Bearer {secret}")

    with statements_of(db) as statements:
        for _ in range(3):
            await authentication.identify(connection(cookie=cookie))
            await authentication.identify(connection(), f"Bearer {secret}")

    assert len(statements) == 6
    assert all(statement.startswith("SELECT") for statement in statements)


async def test_a_word_that_is_no_scope_any_more_grants_nothing(db: Database, person: UserRow) -> None:
    secret = await create_api_key(db, person.email, "old")
    async with db.write() as session:
        await session.execute(update(ApiKeyRow).values(scopes=["read", "retired"]))

    identity = await entrance(db).identify(connection(), f"Bearer {secret}")

    assert identity is not None
    assert identity.scopes == {Scope.READ}


@pytest.mark.parametrize(
    ("rules", "asked"),
    [
        (OriginRules(), connection()),
        (OriginRules(), connection(origin="http://chat.example.org")),
        (OriginRules(), connection(origin="http://CHAT.example.org:80")),
        (OriginRules(), connection(origin=OWN)),  # TLS ends in front of us
        (OriginRules(), connection(scheme="https", origin=OWN, sec_fetch_site="same-origin")),
        (OriginRules(), connection("websocket", "ws", origin="http://chat.example.org")),
        (OriginRules(), connection("websocket", "wss", origin=OWN)),
        (OriginRules(), connection(host="[::1]:8000", origin="http://[::1]:8000")),
        (
            OriginRules(frozenset({"https://app.example.com/"})),
            connection(origin="https://app.example.com", sec_fetch_site="cross-site"),
        ),
        (OriginRules(trust_forwarded=True), connection(x_forwarded_proto="https", origin=OWN)),
        (
            OriginRules(trust_forwarded=True),
            connection(host="inner:8000", x_forwarded_host="chat.example.org", origin=OWN),
        ),
    ],
)
def test_own_and_allowed_pages_may_speak(rules: OriginRules, asked: HTTPConnection) -> None:
    rules.check(asked, has_cookie=True)


@pytest.mark.parametrize(
    ("rules", "asked"),
    [
        (OriginRules(), connection(origin="https://evil.example")),
        (OriginRules(), connection(origin="null")),
        (OriginRules(), connection(origin="")),
        (OriginRules(), connection(origin="http://chat.example.org:99999")),
        (OriginRules(), connection(origin="http://chat.example.org:8080")),
        (OriginRules(), connection(origin="http://chat.example.org.evil.example")),
        (OriginRules(), connection(host="", origin="http://chat.example.org")),
        (OriginRules(), connection(scheme="https", origin="http://chat.example.org")),
        (OriginRules(), connection(sec_fetch_site="cross-site")),
        (OriginRules(), connection(sec_fetch_site="same-site")),
        (OriginRules(), connection("websocket", "ws")),
        (OriginRules(), connection("websocket", "ws", origin="https://evil.example")),
        (OriginRules(frozenset({"not an origin"})), connection(origin="null")),
        (OriginRules(), connection(x_forwarded_host="evil.example", origin="https://evil.example")),
        (
            OriginRules(trust_forwarded=True),
            connection(x_forwarded_proto="http, https", origin="http://chat.example.org"),
        ),
    ],
)
def test_pages_of_others_may_not(rules: OriginRules, asked: HTTPConnection) -> None:
    with pytest.raises(Forbidden):
        rules.check(asked, has_cookie=True)


def test_a_socket_of_a_program_needs_no_origin() -> None:
    OriginRules().check(connection("websocket", "ws"), has_cookie=False)


class Sockets:
    """Open sockets, and those that were closed."""

    def __init__(self, *identities: Identity) -> None:
        self.open, self.closed = list(identities), list[Identity]()
        self.one_closed = asyncio.Event()

    def identities(self) -> list[Identity]:
        return self.open

    def close_sockets(self, predicate: Callable[[Identity], bool]) -> None:
        self.closed += [identity for identity in self.open if predicate(identity)]
        self.open = [identity for identity in self.open if identity not in self.closed]
        self.one_closed.set()


async def by_session(db: Database, person: UserRow, lifetime: timedelta = LIFETIME) -> Identity:
    _, cookie = await signed_in(db, person, lifetime)
    identity = await entrance(db, lifetime).identify(connection(cookie=cookie))
    assert identity is not None
    return identity


async def test_what_ends_anywhere_closes_its_sockets_and_no_other(db: Database, person: UserRow) -> None:
    stays, ends, key = await by_session(db, person), await by_session(db, person), await by_key(db, person)
    sockets = Sockets(stays, ends, key)
    revocations, listening = Revocations(db, sockets, session_lifetime=LIFETIME), asyncio.Event()
    heard = {revocations.channel: revocations.notified}
    listener = asyncio.create_task(notifications.listen(db, heard, listening.set))
    async with asyncio.timeout(5):
        await listening.wait()
        async with db.write() as session:
            await sessions.end(session, ends.session_id or UUID(int=0), user_id=person.id)
        await sockets.one_closed.wait()
        sockets.one_closed.clear()
        async with db.write() as session:
            await api_keys.revoke(session, key.api_key_id or UUID(int=0), user_id=person.id)
        await sockets.one_closed.wait()
    listener.cancel()

    assert sockets.closed == [ends, key]
    assert sockets.open == [stays]


async def test_a_sweep_finds_what_expired_or_was_missed(db: Database, person: UserRow) -> None:
    stays, expires = await by_session(db, person), await by_session(db, person)
    key, expired_key = await by_key(db, person), await by_key(db, person)
    async with db.write() as session:
        past = datetime.now(UTC)
        mine = SessionRow.id == expires.session_id
        await session.execute(update(SessionRow).where(mine).values(expires_at=past))
        lost = ApiKeyRow.id == expired_key.api_key_id
        await session.execute(update(ApiKeyRow).where(lost).values(expires_at=past))
    sockets = Sockets(stays, expires, key, expired_key)

    await Revocations(db, sockets, session_lifetime=LIFETIME).sweep()

    assert sockets.open == [stays, key]


async def test_an_open_socket_keeps_its_session_alive(db: Database, person: UserRow) -> None:
    identity = await by_session(db, person)
    soon, long_ago = datetime.now(UTC) + timedelta(minutes=1), datetime.now(UTC) - timedelta(hours=1)
    async with db.write() as session:
        await session.execute(update(SessionRow).values(expires_at=soon, last_seen_at=long_ago))

    await Revocations(db, Sockets(identity), session_lifetime=LIFETIME).sweep()

    async with db.read() as session:
        row = (await session.scalars(select(SessionRow))).one()
    assert row.expires_at > soon + timedelta(days=29)


async def test_a_flood_of_passwords_is_bounded() -> None:
    pool = PasswordPool(at_once=1, most_waiting=3)

    answers = await asyncio.gather(*(pool.verify("x", None) for _ in range(10)), return_exceptions=True)

    assert sum(answer is False for answer in answers) == 3
    assert sum(isinstance(answer, RateLimited) for answer in answers) == 7
    assert await pool.verify("right", await pool.hash("right"))


async def test_nobodys_hash_costs_what_every_hash_costs() -> None:
    assert not HASHER.check_needs_rehash(NOBODYS_HASH)


async def test_the_same_keys_on_another_system_are_the_same_password() -> None:
    pool = PasswordPool()

    assert await pool.verify("cafe\u0301 au lait", await pool.hash("café au lait"))
    assert not await pool.verify("\ud800 alone", await pool.hash("another"))
