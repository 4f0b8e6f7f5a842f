"""The model of the models folder that tells what texts mean, where there is one."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

from orchestration.inference.embedding import EmbeddingModel
from orchestration.inference.local.engine import context_of
from orchestration.inference.local.files import find_embedding
from orchestration.inference.pool import Served

FRESH = 60.0
"""Seconds after which the folder is looked into again: files come and go."""
MARKS = 2
"""Tokens that stand around a text."""


class LocalEmbeddings:
    """`serve` is the embedded engine: it loads a file when it is used, and holds it while that lasts."""

    def __init__(self, folder: Path, serve: Callable[[Path], AbstractAsyncContextManager[Served]]) -> None:
        self._folder, self._serve = folder, serve
        self._found: EmbeddingModel | None = None
        self._looked_at: float | None = None

    async def find(self) -> EmbeddingModel | None:
        if self._looked_at is None or time.monotonic() - self._looked_at > FRESH:
            self._found, self._looked_at = await asyncio.to_thread(self._look), time.monotonic()
        return self._found

    def _look(self) -> EmbeddingModel | None:
        if (model := find_embedding(self._folder)) is None:
            return None
        path = self._folder / model.file
        # A text that is too long is refused as a whole, with all that are asked for beside it. Tokens have a character
        # at least, and these models only take a few hundred.
        return EmbeddingModel(path.stem, partial(self._serve, path), context_of(model.context_length) - MARKS)
