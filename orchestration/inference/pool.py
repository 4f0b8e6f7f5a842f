"""The model pool of one process: what models there are, and opening one of them for a conversation."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast
from urllib.parse import urlsplit
from uuid import UUID

import aiohttp
from agents import Model, ModelSettings
from agents.models.openai_chatcompletions import OpenAIChatCompletionsModel
from openai import AsyncOpenAI

from domain.models import ModelTier, ProviderKind
from domain.runs import RunErrorCode, RunFailure
from orchestration.inference.chat_client import ChatClient, Endpoint, Timeouts, open_session
from orchestration.inference.coalescing import Tap
from orchestration.inference.families import OFFICIAL
from orchestration.inference.retrying import RETRY
from orchestration.inference.secrets import Undecipherable, unseal
from persistence import model_registration, model_stats
from persistence.database import Database, Unavailable
from persistence.model_stats import ModelFacts
from persistence.models import ModelRow, ProviderRow

log = logging.getLogger(__name__)

FRESH = 2.0
"""Seconds for which what was read of the pool is used again."""

START = 3.0
"""Seconds that the sources get at start-up; slower ones go on in the background."""

LONGEST_ANSWER = 4_096
"""Tokens kept free for the answer where a model does not limit it itself."""

DEFAULT_TIMEOUTS = Timeouts()
LOCAL_TIMEOUTS = Timeouts(first_byte=300.0, idle=120.0)
"""A small computer may think about a long prompt for minutes."""


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


@dataclass(slots=True)
class OpenedModel:
    """A model ready for the SDK. `answer_tokens` of its window should stay free for what it will say."""

    row: ModelRow
    client: ChatClient
    model: Model
    settings: ModelSettings

    @property
    def name(self) -> str:
        return self.row.name

    @property
    def instructions(self) -> str | None:
        """What this model should be told instead of an agent's instructions; tiny ones do better with
        little.
        """
        return self.row.details.get("instructions")

    @property
    def context_window(self) -> int | None:
        return self.row.context_window

    @property
    def answer_tokens(self) -> int:
        return answer_tokens(self.row)

    def tap(self, tap: Tap) -> bool:
        """Hear every word as it comes. True: do not take the words from the SDK's events as well."""
        self.client.tap = tap
        return True


def answer_tokens(row: ModelRow) -> int:
    longest = min(row.max_output_tokens or LONGEST_ANSWER, LONGEST_ANSWER)
    return longest if row.context_window is None else min(longest, row.context_window // 4)


class ModelPool:
    """`start` before use. `secret_key` (32 bytes) opens the stored API keys."""

    def __init__(
        self,
        db: Database,
        *,
        secret_key: bytes,
        models_folder: Path | None = None,
        weights: Weights | None = None,
        sources: Sequence[Source] = (),
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
        patience: float = START,
    ) -> None:
        self._patience = patience
        self._db, self._key, self._timeouts = db, secret_key, timeouts
        self._folder, self._weights = models_folder, weights
        self._sources = sources
        self._session: aiohttp.ClientSession | None = None
        self._facts: list[ModelFacts] = []
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self._session = open_session(self._timeouts)
        if self._sources:
            ready = [asyncio.Event() for _ in self._sources]
            self._tasks = [
                asyncio.create_task(self._follow(source, event), name="models")
                for source, event in zip(self._sources, ready, strict=True)
            ]
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._patience):
                    for event in ready:
                        await event.wait()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
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
        self._read_at = float("-inf")

    async def facts(self) -> list[ModelFacts]:
        """All models, their providers and recent calls; at most two seconds old."""
        if time.monotonic() - self._read_at >= FRESH:
            async with self._reading:
                if time.monotonic() - self._read_at >= FRESH:
                    await self.refresh()
        return self._facts

    async def refresh(self) -> None:
        started = time.monotonic()
        async with self._db.read() as session:
            self._facts = await model_stats.pool_facts(session)
        self._read_at = started

    @contextlib.asynccontextmanager
    async def open(self, model_id: UUID, tap: Tap | None = None) -> AsyncIterator[OpenedModel]:
        """A model for one conversation; a local one stays loaded as long as the block lasts."""
        facts = next((facts for facts in await self.facts() if facts.model.id == model_id), None)
        if facts is None:
            raise RunFailure(
                RunErrorCode.MODEL_UNAVAILABLE, "The model is not in the pool any more. Choose another one."
            )
        row, provider = facts.model, facts.provider
        if provider.kind is not ProviderKind.LOCAL:
            endpoint = Endpoint(
                self._address(row, provider), self._api_key(row, provider), self._http(), self._timeouts
            )
            yield opened(row, ChatClient(endpoint, tap))
            return
        if self._weights is None or self._folder is None or row.file is None:
            message = f"{row.name} is a local model, and local models are switched off here. Choose another one."
            raise RunFailure(RunErrorCode.MODEL_UNAVAILABLE, message)
        async with self._weights.use(self._folder / row.file) as server:
            await self._note_tier(row, ModelTier.RAM)
            endpoint = Endpoint(server.base_url, server.api_key, self._http(), LOCAL_TIMEOUTS)
            yield opened(row, ChatClient(endpoint, tap))

    async def _note_tier(self, row: ModelRow, tier: ModelTier) -> None:
        if row.details.get("tier") != tier:
            async with self._db.write() as session:
                await model_registration.note_tier(session, row.id, tier)
            row.details["tier"] = tier.value

    def endpoint(self, base_url: str, api_key: str | None) -> Endpoint:
        """A provider that need not be stored, over this pool's connections."""
        return Endpoint(base_url, api_key, self._http(), self._timeouts)

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("start the pool before using it")
        return self._session

    def _api_key(self, row: ModelRow, provider: ProviderRow) -> str | None:
        if provider.api_key_encrypted is None:
            return None
        try:
            return unseal(provider.api_key_encrypted, self._key, provider.id)
        except Undecipherable:
            message = f"The stored API key for {row.name} cannot be read with this secret key. Set it again."
            raise RunFailure(RunErrorCode.MODEL_AUTH_FAILED, message) from None

    @staticmethod
    def _address(row: ModelRow, provider: ProviderRow) -> str:
        if provider.base_url is None:
            message = f"The provider of {row.name} has no address. Set its base URL."
            raise RunFailure(RunErrorCode.MODEL_UNAVAILABLE, message)
        return provider.base_url


def opened(row: ModelRow, client: ChatClient) -> OpenedModel:
    # The SDK's model only asks of a client what ChatClient has.
    model = OpenAIChatCompletionsModel(row.name, cast("AsyncOpenAI", client))
    official = urlsplit(client.base_url).hostname == OFFICIAL
    return OpenedModel(row, client, model, settings_of(row, official=official))


def settings_of(row: ModelRow, *, official: bool) -> ModelSettings:
    """Defaults of a model: what its details say, usage always counted, nothing kept by the provider."""
    wished: dict[str, Any] = {
        name: row.details[name]
        for name in (
            "temperature",
            "top_p",
            "max_tokens",
            "frequency_penalty",
            "presence_penalty",
            "extra_body",
        )
        if row.details.get(name) is not None
    }
    if row.file is not None:
        wished.setdefault("max_tokens", answer_tokens(row))  # a small model may never end by itself
    return ModelSettings(include_usage=True, store=False if official else None, retry=RETRY, **wished)
