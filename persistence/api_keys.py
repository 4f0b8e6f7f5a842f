"""API keys: every query on them."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from domain.accounts import Scope, UserRole
from domain.errors import Conflict, NotFound
from persistence import accounts
from persistence.accounts import ApiKeyRow, UserRow
from persistence.base import Words, in_words
from persistence.database import Session, run

NOTED_EVERY = timedelta(minutes=1)
"""How precisely it is known when a key was last used; each note is a write."""

MOST_KEYS = 50
"""Keys of one person."""


class Program(NamedTuple):
    """Whose key a secret is and what it may do; `stale` says that its being used should be noted, and `unused` that
    it never was."""

    key_id: UUID
    scopes: list[str]
    stale: bool
    unused: bool
    user_id: UUID
    email: str
    name: str
    role: UserRole


def _valid() -> ColumnElement[bool]:
    return or_(ApiKeyRow.expires_at.is_(None), ApiKeyRow.expires_at > func.now())


def _stale() -> ColumnElement[bool]:
    return func.coalesce(ApiKeyRow.last_used_at < func.now() - NOTED_EVERY, True)


async def find(session: Session, secret_hash: bytes) -> Program | None:
    """Whose key this secret is, unless it was revoked or has expired."""
    text, values = _find()
    found = await run(session, text, {**values, "hash": secret_hash})
    return Program._make(found[0])._replace(role=UserRole(found[0][-1])) if found else None


@cache  # every request asks this
def _find() -> Words:
    key = (ApiKeyRow.id, ApiKeyRow.scopes, _stale(), ApiKeyRow.last_used_at.is_(None))
    person = (UserRow.id, UserRow.email, UserRow.name, UserRow.role)
    query = select(*key, *person).join(UserRow, UserRow.id == ApiKeyRow.user_id)
    return in_words(query.where(ApiKeyRow.secret_hash == bindparam("hash"), _valid(), UserRow.disabled_at.is_(None)))


async def note_used(session: Session, key_ids: Collection[UUID]) -> None:
    """These keys are in use. Most often there is nothing to write; those that somebody else notes are left to them."""
    due = select(ApiKeyRow.id).where(ApiKeyRow.id.in_(key_ids), _stale()).with_for_update(skip_locked=True)
    await session.execute(update(ApiKeyRow).where(ApiKeyRow.id.in_(due)).values(last_used_at=func.now()))


async def add(
    session: Session,
    *,
    user_id: UUID,
    name: str,
    prefix: str,
    secret_hash: bytes,
    scopes: Collection[Scope],
    expires_at: datetime | None,
) -> ApiKeyRow:
    """A new key; Conflict when the person already has MOST_KEYS."""
    await accounts.lock(session, user_id)  # two at once must not both be the last one allowed
    count = select(func.count()).select_from(ApiKeyRow).where(ApiKeyRow.user_id == user_id)
    if (await session.execute(count)).scalar_one() >= MOST_KEYS:
        raise Conflict(f"You already have {MOST_KEYS} API keys. Revoke one that is no longer used.")
    values = {
        "user_id": user_id,
        "name": name,
        "prefix": prefix,
        "secret_hash": secret_hash,
        "scopes": [str(scope) for scope in scopes],
        "expires_at": expires_at,
    }
    added = await session.execute(insert(ApiKeyRow).values(values).returning(ApiKeyRow))
    return added.scalar_one()


async def of_users(session: Session, user_ids: list[UUID]) -> dict[UUID, list[ApiKeyRow]]:
    """Keys per person, newest first, expired ones included; people without any are absent."""
    found: defaultdict[UUID, list[ApiKeyRow]] = defaultdict(list)
    query = select(ApiKeyRow).where(ApiKeyRow.user_id.in_(user_ids)).order_by(ApiKeyRow.id.desc())
    for row in await session.scalars(query):
        found[row.user_id].append(row)
    return found


async def owned(session: Session, user_id: UUID, ids: list[UUID]) -> dict[UUID, ApiKeyRow]:
    """Those of the keys that are the viewer's."""
    mine = ApiKeyRow.user_id == user_id
    rows = await session.scalars(select(ApiKeyRow).where(ApiKeyRow.id.in_(ids), mine))
    return {row.id: row for row in rows}


async def revoke(session: Session, key_id: UUID, *, user_id: UUID) -> str:
    """End this key; its prefix. NotFound when the person has no such key."""
    mine = (ApiKeyRow.id == key_id) & (ApiKeyRow.user_id == user_id)
    prefix: str | None = await session.scalar(select(ApiKeyRow.prefix).where(mine))
    if prefix is None or not await accounts.revoke(session, delete(ApiKeyRow).where(mine).returning(ApiKeyRow.id)):
        raise NotFound("You have no such API key.")
    return prefix


async def revoke_all(session: Session, user_id: UUID) -> None:
    """End every key of this person."""
    await accounts.revoke(session, delete(ApiKeyRow).where(ApiKeyRow.user_id == user_id).returning(ApiKeyRow.id))


async def living(session: Session, key_ids: Collection[UUID]) -> set[UUID]:
    """Those of these keys that are neither revoked nor expired, and whose owner may sign in."""
    query = select(ApiKeyRow.id).join(UserRow, UserRow.id == ApiKeyRow.user_id)
    query = query.where(ApiKeyRow.id.in_(key_ids), _valid(), UserRow.disabled_at.is_(None))
    return set(await session.scalars(query))
