"""No text makes a regular expression slow: each of ours is tried on texts that look like a match for ever."""

import importlib
import pkgutil
import re
import time
from collections.abc import Iterator

import pytest

ROOMS = ("domain", "persistence", "orchestration", "schema", "resolvers", "server")
LEFT_OUT = ("persistence.migrations",)
SEEDS = (
    "<script", "<!--", "<style>", '<details type="reasoning"', "a", " ", "\n", " -", '"', ' "', "```", "0", "1.", "(",
    "a.", " or", "please write ", "@", "a@a.", "é", "_", "sk-", "A) ", "\\", '"""\\', "{", "<meta charset", "qwen3",
    "aA1_", "translate ",
)  # fmt: skip
BOUNDED = {
    "orchestration.inference.efforts.REPLAYED": 200,  # names of models
    "orchestration.inference.selection.profiles._STANDINGS": 200,
    "orchestration.inference.local.catalogue.FILE": 200,
    "orchestration.inference.selection.categories.RULES": 600,  # the beginning of a prompt
    "orchestration.tools.documents.DECLARED": 4_096,  # the beginning of a page
    "orchestration.inference.provider_errors._TAGS": 4_096,  # the beginning of an error
    "server.web_client.INLINE_SCRIPT": 0,  # pages of our own build
}
"""Characters that a pattern is given at most, where that is less: each is cut before it is looked at."""
LENGTH = 40_000
AFFORDABLE = 0.1
"""Seconds of CPU. What takes time in proportion to the length takes a few thousandths; to its square, far more."""


def patterns() -> Iterator[tuple[str, re.Pattern[str] | re.Pattern[bytes]]]:
    """Every compiled pattern that a module of ours keeps, alone or in a list."""
    for room in ROOMS:
        for found in pkgutil.walk_packages(importlib.import_module(room).__path__, f"{room}."):
            if found.name.startswith(LEFT_OUT):
                continue
            for name, value in vars(importlib.import_module(found.name)).items():
                for one in value if isinstance(value, list | tuple) else [value]:
                    for part in one if isinstance(one, tuple) else [one]:
                        if isinstance(part, re.Pattern):
                            yield f"{found.name}.{name}", part


@pytest.mark.alone
def test_no_text_makes_a_pattern_slow() -> None:
    slow, tried = [], set[re.Pattern[str] | re.Pattern[bytes]]()
    for name, pattern in patterns():
        if pattern in tried:
            continue
        tried.add(pattern)
        for seed in SEEDS:
            text = (seed * LENGTH)[: BOUNDED.get(name, LENGTH)] + "\x00!"
            begun = time.process_time()
            if isinstance(pattern.pattern, bytes):
                sum(1 for _ in pattern.finditer(text.encode()))
            else:
                sum(1 for _ in pattern.finditer(text))
            if (took := time.process_time() - begun) > AFFORDABLE:
                slow.append(f"{name} takes {took:.2f} s for {seed!r}")

    assert len(tried) > 30
    assert slow == []
