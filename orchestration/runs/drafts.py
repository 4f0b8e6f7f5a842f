"""The answer in the making: text, reasoning and tool calls in the order in which they came."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from domain.messages import storable
from domain.runs import EventKind, RunEvent

WORDS = {EventKind.TEXT: "text", EventKind.REASONING: "reasoning"}


class Draft:
    """Starts from the parts that an earlier attempt has made durable."""

    def __init__(self, parts: Iterable[dict[str, Any]] = ()) -> None:
        self._parts: list[_Words | dict[str, Any]] = [
            _Words(part["type"], [part["text"]]) if part["type"] in WORDS.values() else part for part in parts
        ]

    @classmethod
    def of_events(cls, said: Iterable[RunEvent], message_id: UUID) -> "Draft":
        """What watchers have seen of one message."""
        draft = cls()
        for event in said:
            if event.message_id != message_id:
                continue
            if event.kind is EventKind.MESSAGE_DISCARDED:
                draft._parts.clear()
            elif event.kind in WORDS:
                draft.add(event.kind, event.text or "")
        return draft

    def add(self, kind: EventKind, words: str) -> None:
        last = self._parts[-1] if self._parts else None
        if isinstance(last, _Words) and last.type == WORDS[kind]:
            last.words.append(words)
        else:
            self._parts.append(_Words(WORDS[kind], [words]))

    def call(self, data: dict[str, Any]) -> None:
        """A tool call as it is now; it keeps its place when it changes."""
        for place, part in enumerate(self._parts):
            if isinstance(part, dict) and part["data"]["id"] == data["id"]:
                self._parts[place] = {"type": "tool_call", "data": data}
                return
        self._parts.append({"type": "tool_call", "data": data})

    @property
    def text(self) -> str:
        return self._joined("text")

    @property
    def reasoning(self) -> str:
        return self._joined("reasoning")

    def said(self) -> list[tuple[EventKind, str]]:
        """Text and reasoning, to be streamed anew."""
        kinds = {word: kind for kind, word in WORDS.items()}
        return [(kinds[part.type], "".join(part.words)) for part in self._parts if isinstance(part, _Words)]

    def parts(self) -> list[dict[str, Any]]:
        """All parts, as they are stored."""
        return [part.stored() if isinstance(part, _Words) else part for part in self._parts]

    def typed_parts(self) -> list[dict[str, Any]]:
        """Parts of the message; none when its plain content says everything."""
        plain = all(isinstance(part, _Words) and part.type == "text" for part in self._parts)
        return [] if plain else self.parts()

    def _joined(self, kind: str) -> str:
        return "".join(
            words for part in self._parts if isinstance(part, _Words) and part.type == kind for words in part.words
        )


class _Words:
    __slots__ = ("type", "words")

    def __init__(self, kind: str, words: list[str]) -> None:
        self.type, self.words = kind, words

    def stored(self) -> dict[str, Any]:
        return {"type": self.type, "text": storable("".join(self.words))}
