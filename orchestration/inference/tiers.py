"""Keeping the tiers of local models right in the database: what this process has loaded, and what is warm."""

import asyncio
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from domain.models import ModelTier
from orchestration.inference.local.residency import is_warm
from persistence import model_tiers
from persistence.database import Database, Unavailable

log = logging.getLogger(__name__)


class Loaded(Protocol):
    """What an engine has in memory."""

    def loaded(self, path: Path) -> bool: ...


class Tiers:
    """The engine tells `moved` what it loads and lets go of; `look` sees what has become warm or cold by itself."""

    def __init__(self, db: Database, engine: Loaded) -> None:
        self._db, self._engine = db, engine

    async def moved(self, path: Path, load_ms: float | None) -> None:
        """A model was loaded, in so many milliseconds, or let go of (None)."""
        await self._note(path, mine=True, load_ms=load_ms)

    async def look(self, paths: Iterable[Path]) -> None:
        for path in paths:
            await self._note(path)

    async def _note(self, path: Path, *, mine: bool = False, load_ms: float | None = None) -> None:
        tier = await self._tier(path)
        try:
            async with self._db.write() as session:
                await model_tiers.note(session, path.name, tier, mine=mine, load_ms=load_ms)
        except Unavailable as error:  # the next look makes up for it
            log.warning("the tier of %s cannot be stored (%s)", path.name, error)

    async def _tier(self, path: Path) -> ModelTier:
        if self._engine.loaded(path):
            return ModelTier.RAM
        return ModelTier.SWAP if await asyncio.to_thread(is_warm, path) else ModelTier.STORAGE
