"""The embedded engine: loads local models when they are used, and lets go of them when memory is needed."""

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

from domain.runs import RunErrorCode, RunFailure
from orchestration.inference.local.files import EMBEDDING, look_at, parts
from orchestration.inference.local.gguf import NotGGUF
from orchestration.inference.local.serving import CONTEXT, CannotLoad, LocalServer, Serving, serve

log = logging.getLogger(__name__)

MB = 1_000_000
OVERHEAD = 250
"""Megabytes that a loaded model takes beyond its file: the context of its conversations, and buffers."""

LARGEST_LOG = 5 * MB

PATIENCE = 300.0
"""Seconds that a model waits for room which others take."""

Moved = Callable[[Path, float | None], Awaitable[None]]
"""Hears that a model was loaded, in so many milliseconds, or let go of (None)."""


class Plan(NamedTuple):
    """What loading a model takes: tokens for each conversation, and memory. An `embedding` model writes nothing."""

    context: int
    megabytes: int
    embedding: bool


class Place:
    """What the engine knows of one model, whether it is waiting for room, loading, serving or broken."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.users = 0
        self.used_at = time.monotonic()
        self.megabytes = 0
        self.turn = asyncio.Lock()
        self.serving: Serving | None = None
        self.loading: asyncio.Task[Serving] | None = None


class LocalEngine:
    """`logs` is a folder for what its processes say; `memory_mb` is for all loaded models together."""

    def __init__(self, logs: Path, memory_mb: int) -> None:
        self._logs, self._budget = logs, memory_mb
        self.moved: Moved | None = None
        self._places: dict[Path, Place] = {}
        self._room = asyncio.Lock()
        self._released = asyncio.Event()

    @contextlib.asynccontextmanager
    async def use(self, path: Path) -> AsyncIterator[LocalServer]:
        """The server of a model, loaded first if need be; it is not let go of while the block lasts.

        RunFailure when it cannot be loaded. Should it crash in mid-use, the next use loads it again.
        """
        place = self._places.setdefault(path, Place(path))
        place.users += 1
        try:
            yield (await self._ready(place)).server
        finally:
            place.users -= 1
            place.used_at = time.monotonic()
            self._keep_log_short(path)
            self._released.set()

    def loaded(self, path: Path) -> bool:
        """Whether the model can answer at once."""
        place = self._places.get(path)
        return place is not None and place.serving is not None and place.serving.alive

    async def close(self) -> None:
        """Let go of all models at once, also those in mid-use."""
        places = list(self._places.values())
        self._places.clear()
        loading = [place.loading for place in places if place.loading is not None]
        for task in loading:
            task.cancel()
        await asyncio.gather(*loading, return_exceptions=True)
        serving = [(place.path, place.serving) for place in places if place.serving is not None]
        await asyncio.gather(*(one.end() for _, one in serving))
        for path, _ in serving:
            await self._tell(path, None)

    async def _tell(self, path: Path, load_ms: float | None) -> None:
        if self.moved is not None:
            await self.moved(path, load_ms)

    async def _ready(self, place: Place) -> Serving:
        """Join the loading that goes on, or begin one; it goes on when who asked for it goes away."""
        async with place.turn:
            if place.serving is not None and await place.serving.well():
                return place.serving
            if place.loading is None or place.loading.done():
                place.loading = asyncio.create_task(self._load(place), name=f"load {place.path.name}")
            loading = place.loading
        try:
            return await asyncio.shield(loading)
        except asyncio.CancelledError:
            if loading.cancelled():  # by `close`, not by who waits here
                raise _failure(place.path, "the server is stopping") from None
            raise

    async def _load(self, place: Place) -> Serving:
        if place.serving is not None:
            log.warning("the local model %s does not answer any more; loading it again", place.path.name)
            await place.serving.end()
            place.serving = None
        plan = await asyncio.to_thread(_plan, place.path)
        await self._make_room(place, plan.megabytes)
        started = time.monotonic()
        try:
            self._logs.mkdir(parents=True, exist_ok=True)
            serving = await serve(place.path, self._log_of(place.path), context=plan.context, embedding=plan.embedding)
        except (CannotLoad, OSError) as error:
            place.megabytes = 0
            reason = f"{error}; {self._log_of(place.path)} says more"
            raise _failure(place.path, reason) from error
        except asyncio.CancelledError:
            place.megabytes = 0
            raise
        place.serving = serving
        if serving.memory is not None:
            place.megabytes = serving.memory // MB
        took = time.monotonic() - started
        log.info("loaded %s in %.1f s, %d MB", place.path.name, took, place.megabytes)
        await self._tell(place.path, took * 1000)
        return serving

    async def _make_room(self, place: Place, megabytes: int) -> None:
        """Wait until the model fits, ending those that nobody uses, the longest unused first."""
        if megabytes > self._budget:
            reason = f"it needs about {megabytes} MB and local models may use {self._budget} MB"
            raise _failure(place.path, f"{reason} (PARLEY_LOCAL_MEMORY_MB)")
        async with self._room:
            place.megabytes = 0
            while sum(other.megabytes for other in self._places.values()) + megabytes > self._budget:
                idle = [other for other in self._places.values() if not other.users and other.megabytes]
                if idle:
                    await self._evict(min(idle, key=lambda other: other.used_at))
                else:
                    await self._one_released(place.path)
            place.megabytes = megabytes

    async def _one_released(self, path: Path) -> None:
        """Wait until somebody is done with a model; not for ever, since a run may last."""
        self._released.clear()
        try:
            async with asyncio.timeout(PATIENCE):
                await self._released.wait()
        except TimeoutError:
            raise _failure(path, "other models are in use and leave no room for it") from None

    async def _evict(self, place: Place) -> None:
        log.info("letting go of %s", place.path.name)
        self._places.pop(place.path, None)
        if place.loading is not None:
            place.loading.cancel()
            await asyncio.gather(place.loading, return_exceptions=True)
        if place.serving is not None:
            await place.serving.end()
        await self._tell(place.path, None)

    def _log_of(self, path: Path) -> Path:
        return self._logs / f"{path.stem}.log"

    def _keep_log_short(self, path: Path) -> None:
        with contextlib.suppress(OSError):
            if self._log_of(path).stat().st_size > LARGEST_LOG:
                os.truncate(self._log_of(path), 0)  # the process appends, so it goes on from there


def _plan(path: Path) -> Plan:
    try:
        model = look_at(path)
        size = sum(part.stat().st_size for part in parts(path))
    except NotGGUF as error:
        raise _failure(path, str(error)) from error
    except OSError as error:
        raise _failure(path, error.strerror or str(error)) from error
    return Plan(context_of(model.context_length), size // MB + OVERHEAD, model.architecture in EMBEDDING)


def context_of(longest: int | None) -> int:
    """Tokens of a conversation with a model that was made for `longest`."""
    return min(longest or CONTEXT, CONTEXT)


def _failure(path: Path, reason: str) -> RunFailure:
    message = f"The local model {path.stem} cannot be loaded: {reason}."
    return RunFailure(RunErrorCode.MODEL_UNAVAILABLE, message)
