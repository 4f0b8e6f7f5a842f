"""The model pool of one process: what models there are, and opening them for a conversation."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol
from uuid import UUID

import aiohttp

from domain.calls import ModelCall
from domain.models import CallOutcome, ProviderKind
from domain.runs import RunErrorCode, RunFailure
from orchestration.inference.budgets import Budgets
from orchestration.inference.chain import Chain, Record
from orchestration.inference.chat_client import Endpoint, Timeouts, open_session
from orchestration.inference.coalescing import Tap
from orchestration.inference.downloads import Downloads
from orchestration.inference.efforts import Effort
from orchestration.inference.places import Places
from orchestration.inference.presets import headers_of
from orchestration.inference.providers import Providers
from orchestration.inference.secrets import Keyring, Undecipherable
from orchestration.inference.settings import answer_tokens
from orchestration.inference.tries import Limits
from orchestration.inference.watching import Watchers
from persistence import model_breakers, model_calls, model_stats
from persistence.database import Database, Unavailable
from persistence.model_stats import ModelFacts
from persistence.models import ProviderRow

__all__ = ["Chain", "ModelPool", "answer_tokens"]

log = logging.getLogger(__name__)

FRESH = 2.0
"""Seconds for which what was read of the pool is used again."""

START = 3.0
"""Seconds that the sources get at start-up; slower ones go on in the background."""

DEFAULT_TIMEOUTS = Timeouts()
LOCAL_TIMEOUTS = Timeouts(first_byte=300.0, idle=120.0)
"""A small computer may think about a long prompt for minutes."""
DEFAULT_LIMITS = Limits()


class Served(Protocol):
    """Where a local model answers, and with which key."""

    @property
    def base_url(self) -> str: ...

    @property
    def api_key(self) -> str | None: ...


class Weights(Protocol):
    """The embedded engine: serves a model file for as long as it is used."""

    def use(self, path: Path) -> AbstractAsyncContextManager[Served]: ...
    async def close(self) -> None: ...


Source = Callable[[], Awaitable[float | None]]
"""Brings models into the pool; gives the seconds after which to look again, or None for never."""


class ModelPool:
    """`start` before use. `secret_key` (32 bytes) seals the stored API keys; `earlier_keys` still open those sealed
    with them.
    """

    def __init__(
        self,
        db: Database,
        *,
        secret_key: bytes,
        earlier_keys: Sequence[bytes] = (),
        models_folder: Path | None = None,
        weights: Weights | None = None,
        sources: Sequence[Source] = (),
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
        patience: float = START,
    ) -> None:
        self._patience = patience
        self._db, self._timeouts = db, timeouts
        self.keys, self.rotates = Keyring(secret_key, earlier_keys), bool(earlier_keys)
        self.providers = Providers(db, self.keys, self, self.changed)
        self._watchers = Watchers()
        self.places, self.budgets = Places(db), Budgets(db)
        self._folder, self._weights = models_folder, weights
        self.downloads = Downloads(db, models_folder) if models_folder is not None else None
        self._sources = sources
        self._session: aiohttp.ClientSession | None = None
        self._facts: list[ModelFacts] = []
        self._read_at, self._version = float("-inf"), 0
        self._reading = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self._session = open_session(self._timeouts)
        if self.rotates:
            await self.providers.rotate()
        if self.downloads is not None:
            self._tasks.append(asyncio.create_task(self.downloads.serve(), name="downloads"))
        if self._sources:
            ready = [asyncio.Event() for _ in self._sources]
            self._tasks += [
                asyncio.create_task(self._follow(source, event), name="models")
                for source, event in zip(self._sources, ready, strict=True)
            ]
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._patience):
                    for event in ready:
                        await event.wait()

    def serve(self, path: Path) -> AbstractAsyncContextManager[Served]:
        """The embedded engine with a model file, for as long as the block lasts."""
        if self._weights is None:
            raise LookupError("this pool has no embedded engine")
        return self._weights.use(path)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.places.close()
        if self._weights is not None:
            await self._weights.close()
        if self._session is not None:
            await self._session.close()

    async def _follow(self, source: Source, ready: asyncio.Event) -> None:
        pause: float | None = 0.0
        while pause is not None:
            await asyncio.sleep(pause)
            try:
                pause = await source()
            except Unavailable as error:
                log.warning("the models cannot be stored (%s); trying again", error)
                pause = 5.0
            self.changed()
            ready.set()

    def changed(self, _: str = "") -> None:
        """Something about the pool has changed, here or in another process: read it again before the next
        use.
        """
        self._version += 1
        self._read_at = float("-inf")
        self._watchers.wake()
        if self.downloads is not None:
            self.downloads.wake()

    def watch(self) -> AsyncIterator[list[ModelFacts]]:
        """All models, then those that have changed, for ever."""
        return self._watchers.watch(self.facts)

    async def facts(self) -> list[ModelFacts]:
        """All models, their providers and recent calls; at most two seconds old."""
        if time.monotonic() - self._read_at >= FRESH:
            async with self._reading:
                if time.monotonic() - self._read_at >= FRESH:
                    await self.refresh()
        return self._facts

    async def refresh(self) -> None:
        started, version = time.monotonic(), self._version
        async with self._db.read() as session:
            self._facts = await model_stats.pool_facts(session)
        if version == self._version:  # else it has changed while we read
            self._read_at = started

    @contextlib.asynccontextmanager
    async def open_chain(
        self,
        order: Sequence[UUID],
        *,
        record: Record | None = None,
        limits: Limits = DEFAULT_LIMITS,
        continues: bool = False,
        effort: Effort | None = None,
    ) -> AsyncIterator[Chain]:
        """Models for one run, in the order in which they are to be tried; those that have left the pool are passed
        over. Each call goes to `record` when it has ended, the last ones when the block ends. With `continues` another
        model goes on with an answer that breaks off. `effort` is how hard models that can be told should think.
        """
        known = {facts.model.id: facts for facts in await self.facts()}
        models = [known[model_id] for model_id in order if model_id in known]
        if not models:
            raise RunFailure(
                RunErrorCode.MODEL_UNAVAILABLE, "The model is not in the pool any more. Choose another one."
            )
        chain = Chain(
            models, ready=self._ready, admit=self._admit, enter=self.places.enter, record=record, limits=limits,
            continues=continues, effort=effort, reserve=self.budgets.reserve,
        )  # fmt: skip
        try:
            yield chain
        finally:
            await chain.close()

    @contextlib.asynccontextmanager
    async def open(self, model_id: UUID, tap: Tap | None = None) -> AsyncIterator[Chain]:
        """One model and no other."""
        async with self.open_chain([model_id]) as chain:
            if tap is not None:
                chain.tap(tap)
            yield chain

    def recorder(
        self, *, user_id: UUID, api_key_id: UUID | None = None, run_id: UUID | None = None, run_attempt: int = 1
    ) -> Record:
        """Writes each call to the ledger and tells its model's breaker how it went, in a transaction of its own."""

        async def record(call: ModelCall) -> None:
            async with self._db.write() as session:
                await model_calls.enter(
                    session, call, user_id=user_id, api_key_id=api_key_id, run_id=run_id, run_attempt=run_attempt
                )
            if call.outcome is CallOutcome.FAILED:
                self.changed()

        return record

    async def _admit(self, facts: ModelFacts) -> bool:
        """Whether a model whose breaker is not closed may be tried: by one caller at a time, of all processes."""
        async with self._db.write() as session:
            return await model_breakers.take_probe(session, facts.model.id)

    @contextlib.asynccontextmanager
    async def _ready(self, facts: ModelFacts) -> AsyncIterator[Endpoint]:
        row, provider = facts.model, facts.provider
        if provider.kind is not ProviderKind.LOCAL:
            yield self.endpoint_of(provider)
            return
        if self._weights is None or self._folder is None or row.file is None:
            message = f"{row.name} is a local model, and local models are switched off here. Choose another one."
            raise RunFailure(RunErrorCode.MODEL_UNAVAILABLE, message)
        async with self._weights.use(self._folder / row.file) as server:
            yield Endpoint(server.base_url, server.api_key, self._http(), LOCAL_TIMEOUTS)

    def endpoint(self, base_url: str, api_key: str | None, kind: ProviderKind = ProviderKind.OPENAI) -> Endpoint:
        """A provider that need not be stored, over this pool's connections."""
        return Endpoint(base_url, api_key, self._http(), self._timeouts, headers_of(kind, api_key))

    def endpoint_of(self, provider: ProviderRow) -> Endpoint:
        """A stored provider; RunFailure when its key cannot be read."""
        if provider.base_url is None:
            message = f"The provider {provider.name} has no address. Set its base URL."
            raise RunFailure(RunErrorCode.MODEL_UNAVAILABLE, message)
        return self.endpoint(provider.base_url, self._api_key(provider), provider.kind)

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("start the pool before using it")
        return self._session

    def _api_key(self, provider: ProviderRow) -> str | None:
        if provider.api_key_encrypted is None:
            return None
        try:
            return self.keys.unseal(provider.api_key_encrypted, provider.id)
        except Undecipherable:
            message = f"The stored API key of {provider.name} cannot be read with this secret key. Set it again."
            raise RunFailure(RunErrorCode.MODEL_AUTH_FAILED, message) from None
