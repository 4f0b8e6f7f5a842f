"""What is known of a model from its name alone: a start until somebody corrects it or calls are measured.

Windows and capabilities of OpenAI's models are those of OpenAI's public model pages as of August 2025. `quality` is
our own ordering from 0 to 1, not a measurement: it only ranks models that nothing better is known of.
"""

import functools
import math
import re
from typing import NamedTuple


class Family(NamedTuple):
    """Models whose names begin with `prefix`; sizes are in tokens."""

    prefix: str
    context_window: int
    max_output_tokens: int
    capabilities: tuple[str, ...]
    quality: float


OFFICIAL = "api.openai.com"
"""The host whose models, prices and defaults are OpenAI's own."""

CHAT = ("json", "tools", "vision")
THINKS = ("json", "reasoning", "tools", "vision")

# Longer prefixes stand before shorter ones that they begin with.
FAMILIES = (
    Family("gpt-5-nano", 400_000, 128_000, THINKS, 0.66),
    Family("gpt-5-mini", 400_000, 128_000, THINKS, 0.80),
    Family("gpt-5-chat", 128_000, 16_384, ("json", "vision"), 0.85),
    Family("gpt-5", 400_000, 128_000, THINKS, 0.92),
    Family("gpt-4.1-nano", 1_047_576, 32_768, CHAT, 0.55),
    Family("gpt-4.1-mini", 1_047_576, 32_768, CHAT, 0.68),
    Family("gpt-4.1", 1_047_576, 32_768, CHAT, 0.78),
    Family("gpt-4o-mini", 128_000, 16_384, CHAT, 0.60),
    Family("gpt-4o", 128_000, 16_384, CHAT, 0.74),
    Family("gpt-4-turbo", 128_000, 4_096, CHAT, 0.68),
    Family("gpt-4", 8_192, 8_192, ("tools",), 0.64),
    Family("gpt-3.5-turbo", 16_385, 4_096, ("json", "tools"), 0.45),
    Family("o4-mini", 200_000, 100_000, THINKS, 0.82),
    Family("o3-mini", 200_000, 100_000, ("json", "reasoning", "tools"), 0.78),
    Family("o3", 200_000, 100_000, THINKS, 0.87),
    Family("o1", 200_000, 100_000, THINKS, 0.82),
)

# Models of the same endpoint that do not chat.
NOT_CHAT = re.compile(
    r"embed|whisper|tts|dall-e|image|moderation|audio|realtime|transcribe|sora|davinci|babbage|instruct"
    r"|search|codex|computer-use|rerank|deep-research|-pro\b",
    re.IGNORECASE,
)

_MODERN = (
    r"llama-?[34]|qwen|mi[sx]tral|ministral|magistral|devstral|codestral|pixtral|deepseek|gpt-oss|gemini|claude"
    r"|command-[ra]|kimi|glm-?4|grok|hermes|nova-|phi-?4|granite"
)
TELLING = {
    "json": re.compile(_MODERN, re.IGNORECASE),
    "tools": re.compile(_MODERN, re.IGNORECASE),
    "reasoning": re.compile(
        r"\br1\b|-r1|qwq|think|reason|gpt-oss|gemini-(2\.5|3)|claude-(opus|sonnet)-4|magistral|grok-[34]", re.IGNORECASE
    ),
    "vision": re.compile(
        r"vision|-vl\b|pixtral|llava|gemini|claude|llama-?4|gemma-?3|grok-4|mistral-(small|medium)-3", re.IGNORECASE
    ),
}
"""What names of well-known open and hosted models tell; a person can correct it for each model."""

SIZE = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)\s*([bm])(?![a-z0-9])", re.IGNORECASE)

UNKNOWN_REMOTE = 0.5
UNKNOWN_LOCAL = 0.3

KNOWN = 1_024
"""Names whose family and size are kept: each choice asks for those of the whole pool."""


@functools.lru_cache(KNOWN)
def family_of(name: str) -> Family | None:
    """The family of an OpenAI model, dated snapshots included; None for every other name."""
    return next((f for f in FAMILIES if name == f.prefix or name.startswith(f"{f.prefix}-")), None)


def capabilities_of(name: str) -> frozenset[str]:
    """What a model of this name can usually do; nothing for a name that tells nothing."""
    if (family := family_of(name)) is not None:
        return frozenset(family.capabilities)
    return frozenset(what for what, pattern in TELLING.items() if pattern.search(name))


def is_chat_model(name: str, *, official: bool) -> bool:
    """Whether a listed model is worth asking. Other people's endpoints know best what `instruct` means."""
    if official:
        return not NOT_CHAT.search(name)
    return not re.search(r"embed|whisper|rerank|moderation|tts", name, re.IGNORECASE)


@functools.lru_cache(KNOWN)
def parameters_of(name: str) -> float | None:
    """Parameters in billions out of a name such as `Qwen3-8B` or `SmolLM2-135M-Instruct`."""
    if (found := SIZE.search(name.replace("_", "-"))) is None:
        return None
    return float(found[1]) / (1000 if found[2] in "mM" else 1)


def quality_prior(name: str, *, local: bool, parameters: float | None = None) -> float:
    """From 0 to 1. By family; else by size: each doubling of the parameters (in billions) adds .085 to .30 at
    1 B, within .08 and .80, a rough fit to published scores of open-weight models; else a middle value.
    """
    if not local and (family := family_of(name)) is not None:
        return family.quality
    size = parameters or parameters_of(name)
    if size is None or size <= 0:
        return UNKNOWN_LOCAL if local else UNKNOWN_REMOTE
    return round(min(0.80, max(0.08, 0.30 + 0.085 * math.log2(size))), 3)
