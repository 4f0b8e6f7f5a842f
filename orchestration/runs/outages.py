"""Writing what must not be lost while the database is away for a moment."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from persistence.database import Unavailable

log = logging.getLogger(__name__)

FIRST_PAUSE = 0.05
LONGEST_PAUSE = 1.0

T = TypeVar("T")


async def through_outages(attempt: Callable[[], Awaitable[T]]) -> T:
    """Try again until the database answers. `attempt` is one fenced transaction: a commit whose answer got lost makes
    the next try find its own work done, or another worker in its place.
    """
    pause = FIRST_PAUSE
    while True:
        try:
            return await attempt()
        except Unavailable as error:
            log.warning("the database cannot be reached (%s); trying again", error)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
