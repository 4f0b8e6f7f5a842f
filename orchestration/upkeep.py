"""Forgetting what is too old: details of runs, lines of ledgers, events of the audit log, links and sign-ins."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from persistence import audit_events, invitations, mcp_sign_ins, password_resets, retention, sign_in_tries
from persistence.database import Database, Session, Unavailable
from persistence.retention import Step

log = logging.getLogger(__name__)

PAUSE = 600.0
SHORTEST_REST = 0.05
"""Seconds between two steps, at least. A step is followed by a rest as long as it took: what is at work goes first."""


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long things are kept: events of the audit log, details of ended runs (events, steps, long results), and lines
    of the ledgers of calls. None is for as long as there is what they belong to."""

    audit: timedelta = timedelta(days=365)
    runs: timedelta | None = None
    calls: timedelta | None = None


async def keep_up(db: Database, lifetimes: Lifetimes) -> None:
    """For ever, every ten minutes, beginning at once. Several workers may do this at the same time."""
    while True:
        try:
            await forget_old(db, lifetimes)
        except Unavailable as error:
            log.warning("what is too old cannot be removed just now (%s)", error)
        await asyncio.sleep(PAUSE)


async def forget_old(db: Database, lifetimes: Lifetimes) -> None:
    """Once, in transactions that each remove a bounded number of rows."""
    async with db.write() as session:
        await invitations.expire(session)
        await password_resets.expire(session)
        await sign_in_tries.expire(session)
        await mcp_sign_ins.expire(session)
    now = datetime.now(UTC)
    oldest, removed = now - lifetimes.audit, audit_events.STEP
    while removed == audit_events.STEP:
        async with db.write() as session:
            removed = await audit_events.expire(session, older_than=oldest)
    if lifetimes.runs is not None:
        await in_steps(db, "details of old runs", partial(retention.forget_runs, before=now - lifetimes.runs))
    if lifetimes.calls is not None:
        for ledger in retention.LEDGERS:
            forget = partial(retention.forget_lines, ledger=ledger, before=now - lifetimes.calls)
            await in_steps(db, f"old lines of {ledger}", forget)


async def in_steps(db: Database, what: str, forget: Callable[[Session], Awaitable[Step]]) -> None:
    """Steps that are each a transaction, until there is no more to remove; between two of them others go first."""
    removed, more = 0, True
    while more:
        began = time.monotonic()
        async with db.write() as session:
            step = await forget(session)
        removed, more = removed + step.removed, step.more
        if more:
            await asyncio.sleep(max(SHORTEST_REST, time.monotonic() - began))
    if removed:
        log.info("%s have gone: %d rows", what, removed)
