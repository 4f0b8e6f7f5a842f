"""Ids of tool calls as the wire has them, made unique: some servers begin with `call_0` in every answer, or name none.

An id ties a call to its result in all that is sent back, in the journal, and in what people decide about it.
"""

import secrets
from collections.abc import Iterable
from typing import Any

from agents import TResponseInputItem
from openai.types.chat import ChatCompletion
from openai.types.chat.chat_completion_chunk import ChoiceDeltaToolCall

from orchestration.inference.wire import AnyChunk, ToolCallDelta


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
        self._at: dict[tuple[int, int], tuple[str, int]] = {}
        self._used: set[tuple[int, int]] = set()

    def see(self, chunk: AnyChunk) -> None:
        """Put things right in one chunk of a stream; each part of a call gets the same id."""
        for choice in chunk.choices or ():
            if choice.delta is not None and choice.delta.tool_calls:
                for call in choice.delta.tool_calls:
                    call.index = self._place(choice.index, call)
                    call.id = self._of(choice.index, call.index, call.id)

    def see_whole(self, completion: ChatCompletion) -> None:
        """Put things right in an answer that came at once."""
        for choice in completion.choices or ():
            calls = getattr(choice.message, "tool_calls", None) or ()  # some send no message at all
            for number, call in enumerate(calls):
                call.id = self._of(choice.index, number, call.id)

    def _place(self, choice: int, call: ToolCallDelta | ChoiceDeltaToolCall) -> int:
        """Where a part of a call belongs. Some servers give all calls of an answer the same index: one that has another
        id, and a name, is another call."""
        said = choice, call.index or 0
        call_id, place = self._at.get(said, ("", said[1]))
        if call.id and call.id != call_id and call.function is not None and call.function.name:
            place = said[1] if said not in self._used else 1 + max(used for _, used in self._used)
            self._at[said] = call.id, place
            self._used.add((choice, place))
        return place

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
