"""Merging neighbouring text deltas, so that the SDK's work per token is paid once per socket read or less."""

from collections.abc import Callable, Iterator
from typing import Literal

from orchestration.inference.wire import AnyChunk, Chunk, Delta, typed

Said = Literal["text", "reasoning"]
Tap = Callable[[Said, str], None]
Field = Literal["content", "reasoning_content", "reasoning"]

KINDS: dict[Field, Said] = {"content": "text", "reasoning_content": "reasoning", "reasoning": "reasoning"}


class Coalescer:
    """Chunks in, fewer chunks out, with the same words in the same order.

    Without a tap each `flush`, one for each socket read, lets everything out. With a tap the words go there
    at each flush and to the SDK only when something else than words follows; but the first words leave at
    once, so that the SDK knows that the answer has begun and will not ask for another one.
    """

    def __init__(self, tap: Tap | None) -> None:
        self._tap = tap
        self._held: tuple[Chunk, Delta, Field] | None = None
        self._words: list[str] = []
        self._told = 0
        self._begun = False

    def add(self, chunk: AnyChunk) -> Iterator[AnyChunk]:
        found = words_only(chunk)
        if found is None:
            yield from self.let_out()
            self._tell_rest(chunk)
            yield typed(chunk)
            return
        plain, delta, field = found
        if self._held is None or self._held[2] != field:
            yield from self.let_out()
            self._held = found
        elif plain.usage is not None:
            self._held[0].usage = plain.usage
        self._words.append(getattr(delta, field))

    def flush(self) -> Iterator[AnyChunk]:
        """The end of a socket read."""
        if self._tap is None or not self._begun:
            yield from self.let_out()
        else:
            self._tell()

    def let_out(self) -> Iterator[AnyChunk]:
        """Everything that is held back."""
        if self._held is None:
            return
        self._tell()
        (chunk, delta, field), self._held = self._held, None
        setattr(delta, field, "".join(self._words))
        self._words, self._told, self._begun = [], 0, True
        yield typed(chunk)

    def _tell(self) -> None:
        if self._tap is not None and self._held is not None and self._told < len(self._words):
            self._tap(KINDS[self._held[2]], "".join(self._words[self._told :]))
            self._told = len(self._words)

    def _tell_rest(self, chunk: AnyChunk) -> None:
        """Words in a chunk that carries something else as well; a refusal is what the model says, too."""
        choice = next((choice for choice in chunk.choices or () if choice.index == 0), None)
        if self._tap is None or choice is None or choice.delta is None:
            return
        delta = choice.delta
        thought = getattr(delta, "reasoning_content", None) or getattr(delta, "reasoning", None)
        if isinstance(thought, str) and thought:
            self._begun = True
            self._tap("reasoning", thought)
        for words in (delta.content, delta.refusal):
            if words:
                self._begun = True
                self._tap("text", words)


def words_only(chunk: AnyChunk) -> tuple[Chunk, Delta, Field] | None:
    """A chunk that carries only words (and perhaps usage so far), its delta, and the field they are in."""
    if not isinstance(chunk, Chunk) or chunk.choices is None or len(chunk.choices) != 1:
        return None
    choice = chunk.choices[0]
    delta = choice.delta
    if delta is None or choice.index != 0 or choice.finish_reason is not None or choice.logprobs is not None:
        return None
    if delta.tool_calls or delta.refusal or delta.thinking_blocks or delta.annotations or delta.audio:
        return None
    field = _only_field(delta)
    return None if field is None else (chunk, delta, field)


def _only_field(delta: Delta) -> Field | None:
    if delta.content:
        return None if delta.reasoning_content or delta.reasoning else "content"
    if delta.reasoning_content:
        return None if delta.reasoning else "reasoning_content"
    return "reasoning" if isinstance(delta.reasoning, str) and delta.reasoning else None
