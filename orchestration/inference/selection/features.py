"""What a prompt looks like: hashed words and word pairs, and a few plain measures. Python only, bounded, < 3 ms."""

import math
import re
from collections import Counter
from collections.abc import Mapping
from itertools import chain, repeat
from typing import NamedTuple
from zlib import crc32

BUCKETS = 1 << 15
FIRST, LAST = 448, 192
"""Tokens of a long prompt that are read: people say what they want at the beginning and at the end."""
LONGEST = 8_000
"""Characters that are read at each end; 640 tokens are rarely longer."""
HEAD, TAIL = 3_600, 1_600
"""Characters in which these tokens usually are."""

TOKEN = re.compile(r"[^\W\d_]+|\d+|[^\w\s]")
OPTION = re.compile(r"(?m)^[A-J][.)] ")
QUESTION_WORDS = frozenset({"who", "what", "when", "where", "which", "why", "how"})


class Features(NamedTuple):
    """`counts` maps buckets to how often a word or pair fell into them; `measures` are explained in `_measures`."""

    counts: Mapping[int, int]
    measures: list[float]
    log_length: float


def features(prompt: str) -> Features:
    text = prompt if len(prompt) <= 2 * LONGEST else prompt[:LONGEST] + prompt[-LONGEST:]
    lower = text.lower()
    tokens = ["0" if token[0].isdigit() else token for token in _ends(lower)]  # every number is read as the same
    words = " ".join(tokens).encode("utf-8", "replace").split(b" ") if tokens else []
    hashes = list(map(crc32, words))
    # The hash of a pair, `b"two words"`, goes on from the hash of its first word.
    pairs = map(crc32, words, map(crc32, repeat(b" "), [crc32(b"^"), *hashes]))
    counts = Counter([found % BUCKETS for found in chain(hashes, pairs)])
    return Features(counts, _measures(text, lower, tokens.count("0")), math.log1p(len(prompt)))


def _ends(text: str) -> list[str]:
    """The tokens of a text, or the FIRST and LAST of them if they are more. What is between is mostly not looked at."""
    if len(text) >= HEAD + TAIL:
        head, tail = TOKEN.findall(text[:HEAD]), TOKEN.findall(text[-TAIL:])
        if len(head) > FIRST and len(tail) > LAST:  # so that no token that a cut went through is among those taken
            return head[:FIRST] + tail[-LAST:]
    tokens = TOKEN.findall(text)
    return tokens if len(tokens) <= FIRST + LAST else tokens[:FIRST] + tokens[-LAST:]


def _measures(text: str, lower: str, numbers: int) -> list[float]:
    """Length, answer options, numbers, formulas, code and question marks, each scaled to about 0 to 1."""
    size, end = max(1, len(text)), text.rstrip()
    words = max(1, len(text.split()))
    options = len(OPTION.findall(text))
    first = lower[:12].split(" ", maxsplit=1)[0]
    return [
        math.log1p(size) / 8,
        math.log1p(words) / 6,
        min(options, 10) / 10,
        options == 4,
        options > 4,
        options == 0,
        math.log1p(numbers) / 4,
        numbers / words,
        text.count("\\") / size * 20,
        text.count("$") / size * 20,
        end[-7:].lower() == "answer:",
        "?" in text,
        end.endswith("?"),
        first in QUESTION_WORDS,
        first == "write",
        "def " in text,
        "```" in text or "    " in text,
        min(text.count("\n"), 40) / 20,
        size / words / 10,
        lower == text,
        text.count("(") / size * 20,
        "=" in text,
        " not " in lower,
        "except" in lower,
        math.log1p(len(text.split("\nA.", maxsplit=1)[0])) / 8,
        text.count(",") / words,
        text[:1].islower(),
        "___" in text,
        "how many" in lower or "how much" in lower,
        "true" in lower and "false" in lower,
    ]
