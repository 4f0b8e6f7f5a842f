"""How often somebody may try to prove who they are: a moment for each account and address, shared by processes."""

import hashlib
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import DateTime, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from persistence.base import Base, Moment
from persistence.database import Session, run


class SignInTriesRow(Base):
    """`paid_until` is how far into the future the tries so far have used up what comes back with time."""

    __tablename__ = "sign_in_tries"
    key_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    paid_until: Mapped[Moment] = mapped_column(DateTime(timezone=True), index=True)
    __table_args__ = {"prefixes": ["UNLOGGED"]}  # it loses no more than some minutes of counting in a crash


class Bucket(NamedTuple):
    """`burst` tries at once, then one more after each `every`."""

    name: str
    burst: int
    every: timedelta

    @property
    def key_hash(self) -> bytes:
        return hashlib.sha256(self.name.encode("utf-8", "surrogatepass")).digest()


# The generic cell rate algorithm (ITU-T I.371): a whole bucket is one moment, so one statement takes from it.
TAKE = """
    INSERT INTO sign_in_tries AS t (key_hash, paid_until) VALUES (%(key)s, clock_timestamp() + %(every)s)
    ON CONFLICT (key_hash) DO UPDATE SET paid_until = greatest(t.paid_until, clock_timestamp()) + %(every)s
    WHERE t.paid_until <= clock_timestamp() + %(room)s
    RETURNING 1
"""
WAIT = """
    SELECT extract(epoch FROM paid_until - %(room)s - clock_timestamp()) * 1000
    FROM sign_in_tries WHERE key_hash = %(key)s
"""
GIVE_BACK = "UPDATE sign_in_tries SET paid_until = paid_until - %(every)s WHERE key_hash = %(key)s"
FORGET = "DELETE FROM sign_in_tries WHERE key_hash = %(key)s"
EXPIRE = "DELETE FROM sign_in_tries WHERE paid_until < now()"


async def take(session: Session, bucket: Bucket) -> int:
    """Use one try up. 0 when there was one; otherwise the milliseconds until there is."""
    values = {"key": bucket.key_hash, "every": bucket.every, "room": bucket.every * (bucket.burst - 1)}
    if await run(session, TAKE, values):
        return 0
    waiting = await run(session, WAIT, values)
    return max(1, int(waiting[0][0])) if waiting else 1


async def give_back(session: Session, bucket: Bucket) -> None:
    """The try that was taken has succeeded and does not count."""
    await run(session, GIVE_BACK, {"key": bucket.key_hash, "every": bucket.every})


async def forget(session: Session, bucket: Bucket) -> None:
    """All tries so far do not count any more."""
    await run(session, FORGET, {"key": bucket.key_hash})


async def expire(session: Session) -> None:
    await run(session, EXPIRE, {})
