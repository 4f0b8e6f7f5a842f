"""Ids of tool calls as the wire has them, made unique: some servers begin with `call_0` in every answer, or name none.

An id ties a call to its result in all that is sent back, in the journal, and in what people decide about it.
"""

import secrets
from collections.abc import Iterable
from typing import Any

from agents import TResponseInputItem
from openai.types.chat import ChatCompletion

from orchestration.inference.wire import AnyChunk


def ids_in(asked: str | list[TResponseInputItem]) -> set[str]:
    """Ids of the calls that a conversation has already."""
    if isinstance(asked, str):
        return set()
    found = (item.get("call_id") for item in asked)
    return {call_id for call_id in found if isinstance(call_id, str)}


class CallIds:
    """The ids of one answer. One that is free stays as it is; one that is `taken`, or empty, is replaced."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)
        self._given: dict[tuple[int, int], str] = {}

    def see(self, chunk: AnyChunk) -> None:
        """Put things right in one chunk of a stream; each part of a call gets the same id."""
        for choice in chunk.choices or ():
            if choice.delta is not None and choice.delta.tool_calls:
                for call in choice.delta.tool_calls:
                    call.id = self._of(choice.index, call.index, call.id)

    def see_whole(self, completion: ChatCompletion) -> None:
        """Put things right in an answer that came at once."""
        for choice in completion.choices or ():
            for number, call in enumerate(choice.message.tool_calls or ()):
                call.id = self._of(choice.index, number, call.id)

    def _of(self, choice: int, place: int, said: Any) -> str:
        key = choice, place
        if key not in self._given:
            given = said if isinstance(said, str) and said and said not in self._taken else self._fresh()
            self._given[key] = given
            self._taken.add(given)
        return self._given[key]

    def _fresh(self) -> str:
        # Nine letters and digits: Mistral takes no other form, and everybody else takes this one.
        while (fresh := secrets.token_hex(5)[:9]) in self._taken:
            pass
        return fresh
