"""Browser sessions: every query on them."""

from collections import defaultdict
from collections.abc import Collection
from datetime import timedelta
from functools import cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from domain.accounts import UserRole
from domain.errors import NotFound
from persistence import accounts
from persistence.accounts import SessionRow, UserRow
from persistence.base import Words, in_words
from persistence.database import Session, run

NOTED_EVERY = timedelta(minutes=1)
"""How precisely it is known when a session was last seen; each note is a write."""

MOST_SESSIONS = 100
"""Sessions of one person; the one unseen for longest makes place for a new one."""


class Visitor(NamedTuple):
    """Whose session a token opens; `stale` says that its being used should be noted."""

    session_id: UUID
    stale: bool
    user_id: UUID
    email: str
    name: str
    role: UserRole


async def find(session: Session, token_hash: bytes) -> Visitor | None:
    """Who signed in with this token, unless the session has ended or expired."""
    text, values = _find()
    found = await run(session, text, {**values, "hash": token_hash})
    return Visitor._make(found[0])._replace(role=UserRole(found[0][-1])) if found else None


@cache  # every request asks this
def _find() -> Words:
    stale = SessionRow.last_seen_at < func.now() - NOTED_EVERY
    columns = (SessionRow.id, stale, UserRow.id, UserRow.email, UserRow.name, UserRow.role)
    query = select(*columns).join(UserRow, UserRow.id == SessionRow.user_id)
    alive = (SessionRow.expires_at > func.now()) & UserRow.disabled_at.is_(None)
    return in_words(query.where((SessionRow.token_hash == bindparam("hash")) & alive))


async def note_seen(session: Session, session_ids: Collection[UUID], *, lifetime: timedelta) -> None:
    """These sessions are in use: they live for another `lifetime`. Most often there is nothing to write; sessions that
    somebody else is noting are left to them."""
    now = func.now()
    stale = (SessionRow.last_seen_at < now - NOTED_EVERY) & (SessionRow.expires_at > now)
    due = select(SessionRow.id).where(SessionRow.id.in_(session_ids), stale).with_for_update(skip_locked=True)
    noted = {"last_seen_at": now, "expires_at": now + lifetime}
    await session.execute(update(SessionRow).where(SessionRow.id.in_(due)).values(noted))


async def begin(
    session: Session,
    *,
    user_id: UUID,
    token_hash: bytes,
    lifetime: timedelta,
    user_agent: str | None,
    ip_address: str | None,
) -> UUID:
    """A new session; the person's expired ones, and those beyond MOST_SESSIONS, go."""
    newest = select(SessionRow.id).where(SessionRow.user_id == user_id, SessionRow.expires_at > func.now())
    kept = newest.order_by(SessionRow.last_seen_at.desc()).limit(MOST_SESSIONS - 1)
    surplus = delete(SessionRow).where(SessionRow.user_id == user_id, SessionRow.id.not_in(kept))
    await accounts.revoke(session, surplus.returning(SessionRow.id))
    values = {
        "user_id": user_id,
        "token_hash": token_hash,
        "expires_at": func.now() + lifetime,
        "user_agent": user_agent,
        "ip_address": ip_address,
    }
    opened = await session.execute(insert(SessionRow).values(values).returning(SessionRow.id))
    return opened.scalar_one()


async def of_users(session: Session, user_ids: list[UUID]) -> dict[UUID, list[SessionRow]]:
    """Living sessions per person, last seen first; people without any are absent."""
    query = select(SessionRow).where(SessionRow.user_id.in_(user_ids), SessionRow.expires_at > func.now())
    found: defaultdict[UUID, list[SessionRow]] = defaultdict(list)
    for row in await session.scalars(query.order_by(SessionRow.last_seen_at.desc(), SessionRow.id.desc())):
        found[row.user_id].append(row)
    return found


async def owned(session: Session, user_id: UUID, ids: list[UUID]) -> dict[UUID, SessionRow]:
    """Those of the sessions that are the viewer's and have not expired."""
    mine = (SessionRow.user_id == user_id) & (SessionRow.expires_at > func.now())
    rows = await session.scalars(select(SessionRow).where(SessionRow.id.in_(ids), mine))
    return {row.id: row for row in rows}


async def end(session: Session, session_id: UUID, *, user_id: UUID) -> None:
    """Sign this session out; NotFound when the person has no such session."""
    mine = (SessionRow.id == session_id) & (SessionRow.user_id == user_id)
    if not await accounts.revoke(session, delete(SessionRow).where(mine).returning(SessionRow.id)):
        raise NotFound("You have no such session.")


async def forget(session: Session, session_id: UUID) -> None:
    """Sign this session out if it has not ended yet."""
    ended = delete(SessionRow).where(SessionRow.id == session_id)
    await accounts.revoke(session, ended.returning(SessionRow.id))


async def end_others(session: Session, *, user_id: UUID, but: UUID | None) -> None:
    """Sign out every session of this person except `but`."""
    others = delete(SessionRow).where(SessionRow.user_id == user_id)
    if but is not None:
        others = others.where(SessionRow.id != but)
    await accounts.revoke(session, others.returning(SessionRow.id))


async def known_address(session: Session, user_id: UUID | None, ip_address: str | None) -> bool:
    """Whether this person is signed in from this address already. The same statement for nobody."""
    here = (
        (SessionRow.user_id == user_id) & (SessionRow.ip_address == ip_address) & (SessionRow.expires_at > func.now())
    )
    return bool(await session.scalar(select(select(SessionRow.id).where(here).exists())))


async def living(session: Session, session_ids: Collection[UUID]) -> set[UUID]:
    """Those of these sessions that have neither ended nor expired."""
    query = select(SessionRow.id).where(SessionRow.id.in_(session_ids), SessionRow.expires_at > func.now())
    return set(await session.scalars(query))
