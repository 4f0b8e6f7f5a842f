"""Which memories bear on a question: by their meaning where that is known, by their words in any case."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from persistence.memories import MemoryRow

WORD = re.compile(r"\w+")
STEM = 5
"""Letters by which longer words are compared, so that `allergy` finds `allergies`, in any language with endings."""
LEAST_LETTERS = 2
RANK = 60
"""Of reciprocal rank fusion (Cormack et al., 2009): how little the first places count more than the next ones."""


def ranked(rows: Sequence[MemoryRow], question: str, likeness: Mapping[UUID, float] | None = None) -> list[MemoryRow]:
    """Memories that bear on a question, the best first. `likeness` is how near each is in meaning, from -1 to 1;
    without it, those that share no word with the question are left out."""
    by_words = [row for row, score in _by_words(rows, question) if score > 0]
    if not likeness:
        return by_words
    by_meaning = sorted((row for row in rows if row.id in likeness), key=lambda row: -likeness[row.id])
    places: Counter[UUID] = Counter()
    for order in (by_words, by_meaning):
        for place, row in enumerate(order):
            places[row.id] += 1 / (RANK + place)  # type: ignore[assignment]
    known = {row.id: row for row in rows}
    return [known[key] for key, _ in places.most_common()]


def _by_words(rows: Sequence[MemoryRow], question: str) -> list[tuple[MemoryRow, float]]:
    """Each memory with the sum of how rare its words are that the question has too."""
    stems = [_stems(row.text) for row in rows]
    asked = _stems(question)
    common = Counter(stem for found in stems for stem in found & asked)
    weight = {stem: math.log(1 + (len(rows) - count + 0.5) / (count + 0.5)) for stem, count in common.items()}
    scored = [(row, sum(weight[stem] for stem in found & asked)) for row, found in zip(rows, stems, strict=True)]
    return sorted(scored, key=lambda pair: -pair[1])


def _stems(text: str) -> set[str]:
    return {word[:STEM] for word in WORD.findall(text.casefold()) if len(word) >= LEAST_LETTERS}
