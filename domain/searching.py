"""What a person types to find messages, and how what was found is shown."""

import re
from typing import NamedTuple

LONGEST_QUERY = 500
LONGEST_SNIPPET = 200
"""Characters of a snippet, without its marks."""
BEFORE = 60
"""Characters of a snippet before the first match, at most."""
LOOKED_AT = 50_000
"""Characters of a message that a snippet is looked for in."""
SHORTEST_PREFIX, SHORTEST_PART = 2, 2
"""Characters from which a last word matches what begins with it, and a word matches within others."""

MARK = "**"
# Scripts that set no spaces between words, as in the migration that made `words_of`.
SPACELESS = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]+")
OPERATORS = re.compile(r'"|(?:^|\s)-|(?:^|\s)or(?:\s|$)', re.IGNORECASE)

UNMARKED = re.compile(r'(?:^|\s)-(?:"[^"]*"|\S+)|(?<=\s)or(?=\s)', re.IGNORECASE)
"""What is excluded, and the operator itself."""
LIKE = re.compile(r"[%_\\]")
"""What means something in a pattern of LIKE."""


class Wanted(NamedTuple):
    """A query: `words` as PostgreSQL's websearch_to_tsquery takes it, with the last word unfinished while `typing`.

    `parts` are patterns of which all must match a text, for parts of words; `marks` is what a snippet shows.
    """

    words: str
    typing: bool
    parts: tuple[str, ...]
    marks: tuple[str, ...]


def wanted(query: str) -> Wanted:
    """What a query asks for. Everything is a query; one without a word finds nothing."""
    plain = OPERATORS.search(query) is None
    words = SPACELESS.sub(_apart if plain else r" \g<0> ", query)
    marks = tuple(re.findall(r"\w+", UNMARKED.sub(" ", query)))
    named = query.split() if plain else []
    long_enough = all(len(word) >= SHORTEST_PART for word in named)
    parts = tuple(f"%{LIKE.sub(_escaped, word)}%" for word in named if re.search(r"\w", word))
    typing = len(re.search(r"\w*$", query)[0]) >= SHORTEST_PREFIX  # type: ignore[index]
    return Wanted(words, typing, parts if long_enough else (), marks)


def _apart(run: re.Match[str]) -> str:
    """Each character as a word, one right after the other."""
    return f' "{" ".join(run[0])}" '


def _escaped(found: re.Match[str]) -> str:
    return f"\\{found[0]}"


def snippet(text: str, marks: tuple[str, ...]) -> str:
    """A piece of a text around the first match, in one line, with each match between two `**`.

    The text's own `**` are left out. Without a match it is the beginning of the text.
    """
    line = " ".join(text[:LOOKED_AT].replace(MARK, "").split())
    words = "|".join(re.escape(mark) for mark in sorted(set(marks), key=len, reverse=True))
    pattern = re.compile(rf"\b(?:{words})" if words else "(?!)", re.IGNORECASE)
    if (first := pattern.search(line)) is None and words:
        pattern = re.compile(words, re.IGNORECASE)
        first = pattern.search(line)
    start = _word_start(line, first.start() - BEFORE) if first else 0
    end = start + LONGEST_SNIPPET
    shown = pattern.sub(rf"{MARK}\g<0>{MARK}", line[start:end])
    return f"{'…' if start else ''}{shown}{'…' if end < len(line) else ''}"


def _word_start(line: str, position: int) -> int:
    """The first beginning of a word from a position on, if there is one nearby."""
    if position <= 0:
        return 0
    space = line.find(" ", position, position + BEFORE // 2)
    return position if space < 0 else space + 1
