"""Which public profile fits a model of the pool, and where its family stands, by its name alone."""

import functools
import re

DATE = re.compile(r"-(?:20\d\d-?\d\d-?\d\d|0\d{2,3})(?=$|-)")
BUILD = re.compile(
    r"(?:meta|instruct|inst|it|chat|hf|gguf|awq|gptq|latest|preview|fp8|fp16|bf16|v0\.\d|i?q\d\w*|k|[sml])"
)
KNOWN = 1_024
"""Names that are kept with what they lead to: each choice asks for those of the whole pool."""
ENDPOINT = re.compile(r"@.*$|:.*$|\.gguf$")


@functools.lru_cache(KNOWN)
def profile_name(name: str) -> str:
    """The name without publisher, endpoint, date, tuning and quantisation: `meta/Llama-3.1-8B-Instruct-Q4_K_M`
    and `Meta-Llama-3_1-8B-Instruct` are both `llama-3.1-8b`.
    """
    bare = ENDPOINT.sub("", name.rsplit("/", 1)[-1].lower())
    bare = DATE.sub("", re.sub(r"(?<=\d)_(?=\d)", ".", bare))
    kept = [word for word in re.split(r"[-_ ]+", bare) if word and not BUILD.fullmatch(word)]
    return "-".join(kept)


STANDINGS = (
    (r"claude.*opus", 0.88), (r"claude.*sonnet", 0.82), (r"claude.*haiku", 0.64), (r"claude", 0.70),
    (r"gemini.*flash-lite", 0.56), (r"gemini.*flash", 0.66), (r"gemini.*pro", 0.78),
    (r"deepseek.*(?:r1|reason)", 0.84), (r"deepseek.*distill", 0.60), (r"deepseek", 0.76),
    (r"grok.*mini", 0.70), (r"grok", 0.80), (r"mistral-large", 0.68), (r"mistral-medium", 0.66),
    (r"mistral-small", 0.56), (r"command-(?:a|r-plus)", 0.58), (r"command-r", 0.46), (r"jamba.*large", 0.56),
    (r"qwen.*max", 0.76), (r"qwen.*plus", 0.70), (r"qwen.*turbo", 0.58), (r"kimi|glm-[45]", 0.76),
)  # fmt: skip
"""Families by the beginning of their names, and our own ordering of them from 0 to 1: not a measurement, and used
only for models that nothing better is known of."""
_STANDINGS = [(re.compile(pattern), standing) for pattern, standing in STANDINGS]


@functools.lru_cache(KNOWN)
def standing(name: str) -> float | None:
    """Where a model's family stands; None for a family that is not known."""
    bare = name.rsplit("/", 1)[-1].lower()
    return next((found for pattern, found in _STANDINGS if pattern.match(bare)), None)
