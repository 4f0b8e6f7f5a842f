"""What models a provider has, and what is known of each: from its own list, public price lists, and their names."""

import asyncio
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from domain.models import ProviderKind
from orchestration.inference.chat_client import Endpoint, read_object
from orchestration.inference.families import OFFICIAL, capabilities_of, family_of, is_chat_model, quality_prior
from orchestration.inference.presets import BY_KIND
from orchestration.inference.price_lists import Listed, listed_price
from persistence.model_registration import KnownModel

DISCOVERY = 10.0
"""Seconds that a provider gets to list its models."""

MOST_MODELS = 500

WINDOWS = ("context_length", "context_window", "max_context_length", "max_model_len")
ANSWERS = ("max_completion_tokens", "max_output_tokens")
TOOLS = frozenset({"tools", "function_calling", "tool_use", "tool-use", "trained_for_tool_use"})
JSON = frozenset({"response_format", "structured_outputs", "json_mode", "json"})
THINKING = frozenset({"reasoning", "include_reasoning", "thinking"})
LONGEST_NAME = 200


class Told(NamedTuple):
    """What a provider's list says of one model; what is None it does not say."""

    name: str
    window: int | None = None
    answer: int | None = None
    prices: Listed | None = None
    capabilities: frozenset[str] = frozenset()


async def discover(endpoint: Endpoint, kind: ProviderKind) -> list[KnownModel]:
    """The chat models of a provider; openai's errors or TimeoutError when it cannot say within ten seconds."""
    async with (
        asyncio.timeout(DISCOVERY),
        endpoint.request("GET", "/models", wait=DISCOVERY) as (response, exchange),
    ):
        answer = await read_object(response, exchange)
    entries = answer.get("data")
    official = urlsplit(endpoint.base_url).hostname == OFFICIAL
    told = {entry.name: entry for entry in _told(entries if isinstance(entries, list) else [], official)}
    names = sorted(told)[:MOST_MODELS]
    # The price lists are large and read when they are first needed, which takes a while.
    return await asyncio.to_thread(lambda: [known(told[name], endpoint.base_url, kind) for name in names])


async def named(names: Iterable[str], base_url: str, kind: ProviderKind) -> list[KnownModel]:
    """Models that somebody has named, because their provider does not list them."""
    return await asyncio.to_thread(lambda: [known(Told(name), base_url, kind) for name in names])


def known(told: Told, base_url: str, kind: ProviderKind) -> KnownModel:
    """The provider's word goes first, then public lists for this very address, then what the name tells.

    Windows and capabilities hold behind other people's endpoints as well; prices do not.
    """
    bare = told.name.rsplit("/", 1)[-1]
    family = family_of(bare)
    listed = listed_price(told.name, base_url)
    prices = told.prices or listed
    if prices is None and kind in BY_KIND and BY_KIND[kind].self_hosted:
        prices = Listed(Decimal(0), Decimal(0))
    return KnownModel(
        name=told.name,
        display_name=told.name,
        capabilities=sorted(told.capabilities or capabilities_of(bare)),
        context_window=told.window or (family.context_window if family else listed.window if listed else None),
        max_output_tokens=told.answer or (family.max_output_tokens if family else None),
        input_usd_per_million=prices.input_usd if prices else None,
        output_usd_per_million=prices.output_usd if prices else None,
        cached_input_usd_per_million=prices.cached_input_usd if prices else None,
        quality=quality_prior(bare, local=False),
    )


def _told(entries: list[Any], official: bool) -> Iterable[Told]:
    for entry in entries:
        name = entry.get("id") if isinstance(entry, dict) else None
        if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME:
            continue
        name = name.removeprefix("models/")  # Gemini's list has it, its chat endpoint takes both
        if is_chat_model(name, official=official) and _chats(entry):
            yield Told(name, _window(entry), _answer(entry), _prices(entry), _capabilities(entry))


def _chats(entry: Mapping[str, Any]) -> bool:
    """Whether a list that says so says that the model writes text."""
    if entry.get("type") in {"embedding", "embeddings", "image", "audio", "rerank", "moderation", "transcribe"}:
        return False
    abilities, architecture = entry.get("capabilities"), entry.get("architecture")
    if isinstance(abilities, dict) and abilities.get("completion_chat") is False:
        return False
    outputs = architecture.get("output_modalities") if isinstance(architecture, dict) else None
    return not isinstance(outputs, list) or "text" in outputs


def _window(entry: Mapping[str, Any]) -> int | None:
    meta = entry.get("meta")
    trained = _whole(meta.get("n_ctx_train")) if isinstance(meta, dict) else None
    return next((found for name in WINDOWS if (found := _whole(entry.get(name)))), trained)


def _answer(entry: Mapping[str, Any]) -> int | None:
    top = entry.get("top_provider")
    places = [entry, top] if isinstance(top, dict) else [entry]
    return next((found for place in places for name in ANSWERS if (found := _whole(place.get(name)))), None)


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**31 else None


def _prices(entry: Mapping[str, Any]) -> Listed | None:
    """OpenRouter tells dollars per token, as texts; Together tells dollars per million tokens."""
    pricing = entry.get("pricing")
    if not isinstance(pricing, dict):
        return None
    per_token = "prompt" in pricing
    names = ("prompt", "completion", "input_cache_read") if per_token else ("input", "output", "cached_input")
    given = [_usd(pricing.get(name), 1_000_000 if per_token else 1) for name in names]
    if given[0] is None or given[1] is None:
        return None
    return Listed(given[0], given[1], given[2])


def _usd(value: object, factor: int) -> Decimal | None:
    """US dollars; None for anything that is no price. OpenRouter's -1 means that it varies."""
    try:
        found = Decimal(str(value)) * factor
    except InvalidOperation:
        return None
    return found if found.is_finite() and 0 <= found < 1_000_000 else None


def _capabilities(entry: Mapping[str, Any]) -> frozenset[str]:
    given = entry.get("supported_parameters") or entry.get("capabilities") or ()
    words = {word for word, on in given.items() if on} if isinstance(given, dict) else set(map(str, given))
    architecture = entry.get("architecture")
    inputs = architecture.get("input_modalities") if isinstance(architecture, dict) else None
    sees = "vision" in words or (isinstance(inputs, list) and "image" in inputs)
    found = {"tools": words & TOOLS, "json": words & JSON, "reasoning": words & THINKING, "vision": sees}
    return frozenset(name for name, has in found.items() if has)
