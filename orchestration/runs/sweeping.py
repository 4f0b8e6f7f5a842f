"""Looking for runs that nobody would move: every worker does, every two seconds, with two statements."""

import asyncio
import logging

from orchestration.runs.admission import Admission
from orchestration.runs.cancelling import Cancelling
from persistence.database import Unavailable

log = logging.getLogger(__name__)

PAUSE = 2.0


async def sweep(admission: Admission, cancelling: Cancelling) -> None:
    """For ever. Runs are moved on by the transactions that end others; this finds what those could not know."""
    while True:
        await asyncio.sleep(PAUSE)
        try:
            await admission.look_again()
            await cancelling.look_again()
        except Unavailable as error:
            log.warning("the sweep cannot reach the database (%s)", error)
