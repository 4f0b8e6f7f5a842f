"""Looking for runs that nobody would move: every worker does, every two seconds, with three statements."""

import asyncio
import logging

from orchestration.runs.admission import Admission
from orchestration.runs.cancelling import Cancelling
from orchestration.runs.pausing import Deciding
from persistence.database import Unavailable

log = logging.getLogger(__name__)

PAUSE = 2.0


async def sweep(admission: Admission, cancelling: Cancelling, deciding: Deciding) -> None:
    """For ever. Runs are moved on by the transactions that end others; this finds what those could not know."""
    while True:
        await asyncio.sleep(PAUSE)
        try:
            await admission.look_again()
            await cancelling.look_again()
            await deciding.look_again()
        except Unavailable as error:
            log.warning("the sweep cannot reach the database (%s)", error)
