"""Tasks that must live as long as their process, and what happens when one does not."""

import asyncio
import logging
from collections.abc import Iterable

log = logging.getLogger(__name__)


class Vital:
    """The first watched task that ends with an error sets `failed`: a process that carried on without it would look
    well and do nothing."""

    def __init__(self) -> None:
        self.failed = asyncio.Event()

    def watch(self, tasks: Iterable[asyncio.Task[None]]) -> None:
        for task in tasks:
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() or (error := task.exception()) is None:
            return
        log.critical("%s has ended, so this process ends", task.get_name(), exc_info=error)
        self.failed.set()
