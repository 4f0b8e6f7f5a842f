"""Long-term memories of people: kept, changed, forgotten, and found again when they bear on a question."""

import logging
from collections.abc import Sequence
from uuid import UUID

from domain.errors import BadUserInput
from domain.memories import LONGEST_MEMORY, MemorySource
from domain.messages import storable
from domain.runs import RunFailure
from orchestration.inference.embedding import Embedder, EmbeddingModel
from orchestration.memory.relevance import ranked
from orchestration.memory.tokens import estimate_tokens
from persistence import memories
from persistence.database import Database
from persistence.memories import MemoryRow

log = logging.getLogger(__name__)

MOST_EMBEDDED = 128
"""Memories that one search learns the meaning of, beside that of the question."""
MOST_FOUND = 10
LONGEST_QUESTION = 2_000
"""Characters of a question that are searched with."""


class Memories:
    """Without an embedder words decide what is found. Vectors are made when a search first needs them."""

    def __init__(self, db: Database, embedder: Embedder | None = None) -> None:
        self._db, self._embedder = db, embedder

    async def add(self, user_id: UUID, text: str, *, source: MemorySource, pinned: bool = False) -> MemoryRow:
        """Keep something; what is known already is not kept twice. BadUserInput, or Conflict when it is too much."""
        text = _checked(text)
        async with self._db.write() as session:
            return await memories.add(session, user_id=user_id, text=text, pinned=pinned, source=source)

    async def change(self, user_id: UUID, memory_id: UUID, *, text: str | None, pinned: bool | None) -> MemoryRow:
        """Change what is given; NotFound unless it is the person's."""
        text = None if text is None else _checked(text)
        async with self._db.write() as session:
            return await memories.change(session, memory_id, user_id=user_id, text=text, pinned=pinned)

    async def forget(self, user_id: UUID, memory_id: UUID) -> None:
        async with self._db.write() as session:
            await memories.forget(session, memory_id, user_id=user_id)

    async def enabled(self, user_id: UUID) -> bool:
        async with self._db.read() as session:
            return await memories.enabled(session, user_id)

    async def recall(self, user_id: UUID, question: str) -> list[MemoryRow]:
        """The person's memories that bear on a question, the best first; none when they have switched memory off."""
        async with self._db.read() as session:
            rows = await memories.usable(session, user_id)
        return (await self._found(user_id, rows, question))[:MOST_FOUND]

    async def told(self, user_id: UUID, rows: Sequence[MemoryRow], question: str, *, room: int) -> list[MemoryRow]:
        """What a model is told with a question, within `room` tokens: the pinned ones, then all others if there is
        room for them, else those that bear on the question."""
        if sum(estimate_tokens(row.text) for row in rows) <= room:
            return list(rows)
        others = await self._found(user_id, [row for row in rows if not row.pinned], question)
        kept: list[MemoryRow] = []
        for row in [*(row for row in rows if row.pinned), *others[:MOST_FOUND]]:
            weight = estimate_tokens(row.text)
            if weight <= room:
                room -= weight
                kept.append(row)
        return kept

    async def _found(self, user_id: UUID, rows: Sequence[MemoryRow], question: str) -> list[MemoryRow]:
        question = question[:LONGEST_QUESTION]
        model = await self._embedder.find() if rows and self._embedder is not None else None
        if model is None or self._embedder is None:
            return ranked(rows, question)
        try:
            return ranked(rows, question, await self._likeness(self._embedder, model, user_id, rows, question))
        except RunFailure as failure:
            log.warning("memories are searched by their words: %s", failure.message)
            return ranked(rows, question)

    async def _likeness(
        self, embedder: Embedder, model: EmbeddingModel, user_id: UUID, rows: Sequence[MemoryRow], question: str
    ) -> dict[UUID, float]:
        """How near each memory is to the question, of those whose meaning is known or could be learned now."""
        fresh = [row for row in rows if row.vector is None or row.vector_by != model.name][:MOST_EMBEDDED]
        asked, *learned = await embedder.embed(model, [question, *(row.text for row in fresh)], user_id=user_id)
        if fresh:
            async with self._db.write() as session:
                for row, vector in zip(fresh, learned, strict=True):
                    row.vector, row.vector_by = vector, model.name
                    await memories.put_vector(session, row, vector=vector, vector_by=model.name)
        known = {
            row.id: row.vector for row in rows
            if row.vector is not None and row.vector_by == model.name and len(row.vector) == len(asked)
        }  # fmt: skip
        near = embedder.likeness(asked, list(known.values())) if known else []
        return dict(zip(known, near, strict=True))


def _checked(text: str) -> str:
    """One line of text that is short enough to be told with every question."""
    cleaned = " ".join(storable(text).split())
    if not cleaned:
        raise BadUserInput({"input.text": "is empty; write what should be remembered"})
    if len(cleaned) > LONGEST_MEMORY:
        wrong = f"has {len(cleaned):,} characters; at most {LONGEST_MEMORY} are allowed"
        raise BadUserInput({"input.text": wrong})
    return cleaned
