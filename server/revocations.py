"""Closes the sockets of sessions and keys that have ended: signed out, revoked or expired, in any process."""

import asyncio
import logging
from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from persistence import api_keys, sessions
from persistence.database import Database, Unavailable
from persistence.notifications import REVOKED
from schema.context import Identity

log = logging.getLogger(__name__)

SWEEP = 4.0
"""Seconds between two looks at the credentials of all open sockets: nobody tells of expiry, and notifications
may get lost. Less than the five within which a client whose right has ended is to be cut off."""


class Sockets(Protocol):
    """The open sockets of this process."""

    def identities(self) -> Collection[Identity]:
        """Who is connected; one for each socket that is not anonymous."""
        ...

    def close_sockets(self, predicate: Callable[[Identity], bool]) -> None:
        """Close with 4403 every socket whose identity this is true for."""
        ...


class Revocations:
    """Hang `notified` on the notification channel `channel`, and let `serve` run for ever."""

    channel = REVOKED

    def __init__(self, db: Database, sockets: Sockets, *, session_lifetime: timedelta) -> None:
        self._db, self._sockets, self._lifetime = db, sockets, session_lifetime

    def notified(self, payload: str) -> None:
        """A session or a key has ended: its id in hex digits."""
        self._close({UUID(hex=payload)})

    async def serve(self) -> None:
        """Sweep for ever, also while the database is away now and then."""
        while True:
            await asyncio.sleep(SWEEP)
            try:
                await self.sweep()
            except Unavailable as error:
                log.warning("the rights of open sockets cannot be checked (%s)", error)

    async def sweep(self) -> None:
        """Close the sockets of what has ended; whose socket is open counts as in use."""
        connected = self._sockets.identities()
        visits = {identity.session_id for identity in connected if identity.session_id}
        keys = {identity.api_key_id for identity in connected if identity.api_key_id}
        if not visits and not keys:
            return
        async with self._db.write() as session:
            living = set[UUID]()
            if visits:
                living |= await sessions.living(session, visits)
                await sessions.note_seen(session, living, lifetime=self._lifetime)
            if keys:
                living |= await api_keys.living(session, keys)
        self._close((visits | keys) - living)

    def _close(self, ended: set[UUID]) -> None:
        if ended:
            self._sockets.close_sockets(lambda identity: identity.session_id in ended or identity.api_key_id in ended)
