"""The models folder as a source of the pool: a file put there becomes a model, until it is taken away."""

import asyncio
from pathlib import Path

from orchestration.inference.local.files import ModelFile, scan
from orchestration.inference.local.serving import CONTEXT
from orchestration.inference.register import local_model, register_local_models
from orchestration.inference.tiers import Tiers
from persistence.database import Database
from persistence.model_registration import KnownModel

LOOK_AGAIN = 5.0
"""Seconds between two looks at the folder."""

TINY = 1.0
"""Billions of parameters below which a model gets lost in long instructions and repeats itself."""

TINY_DETAILS = {
    "instructions": "You are a helpful assistant. Answer briefly and plainly.",
    "temperature": 0.2,
    "extra_body": {"repeat_penalty": 1.1},
}

State = tuple[tuple[str, int, int], ...]


class ModelsFolder:
    """Call it to look: it registers what is there if that has changed, and says when to look again."""

    def __init__(self, db: Database, folder: Path, tiers: Tiers | None = None) -> None:
        self._db, self._folder, self._tiers = db, folder, tiers
        self._seen: State | None = None

    async def __call__(self) -> float:
        state = await asyncio.to_thread(_state, self._folder)
        if state != self._seen:
            files, _ = await asyncio.to_thread(scan, self._folder)
            await register_local_models(self._db, [known_file(file) for file in files])
            self._seen = state
        if self._tiers is not None:
            await self._tiers.look(self._folder / name for name, _, _ in state)
        return LOOK_AGAIN


def _state(folder: Path) -> State:
    """Names, sizes and times of the model files: cheap to read, and different when the folder is."""
    found: list[tuple[str, int, int]] = []
    for path in folder.glob("*.gguf"):
        try:
            status = path.stat()
        except FileNotFoundError:  # taken away just now
            continue
        found.append((path.name, status.st_size, status.st_mtime_ns))
    return tuple(sorted(found))


def known_file(file: ModelFile) -> KnownModel:
    """A file as the pool stores it; the window is the one that the engine serves it with."""
    window = CONTEXT if file.context_length is None else min(file.context_length, CONTEXT)
    return local_model(
        name=file.name,
        file=file.file,
        display_name=file.title,
        context_window=window,
        parameters=file.parameters or None,
        capabilities=["tools"] if file.tools else [],
        details=TINY_DETAILS if 0 < file.parameters < TINY else None,
    )
