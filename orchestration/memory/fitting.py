"""A conversation pruned until it fits, in the order in which it is missed least; calls keep their results."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from orchestration.memory.tokens import cut, estimate_tokens, weigh

Item = Mapping[str, Any]
LEFT_OUT = "[left out to save room; call the tool again if this is needed]"
CUT_OFF = "\n[cut off to save room]"
LEAST_RESULT = 64
"""Tokens of a result below which shortening it is not worth it."""


@dataclass(frozen=True, slots=True)
class Recap:
    """A summary, and the items at the beginning of a conversation that it can replace. Without any it stands for what
    is not there, and is always told."""

    text: str
    covers: Sequence[Item] = ()

    def begins(self, items: Sequence[Item]) -> bool:
        return list(items[: len(self.covers)]) == list(self.covers)

    def after(self, items: Sequence[Item]) -> list[Item]:
        """What is left without them; and without results whose calls are among them."""
        gone = {item.get("call_id") for item in self.covers} - {None}
        return [item for item in items[len(self.covers) :] if item.get("call_id") not in gone]


class Fitted(NamedTuple):
    """What is sent: the items that are left, and the summary if it is needed."""

    items: list[Item]
    recap: str | None = None


def fit(items: Sequence[Item], room: int, recap: Recap | None = None) -> Fitted | None:
    """The items within `room` tokens; None when not even the question fits.

    Everything if that fits. Else, in this order, until it does: results of earlier tool calls are left out, the oldest
    first and of one age the largest; the summary takes the place of what it covers; turns are dropped, the oldest
    first; of the turn at hand, results but for the newest are left out; the newest are cut; calls are dropped with
    their results. The question, which is the last message of a person, stays.
    """
    told = recap.text if recap is not None and not recap.covers else None
    sight = _Pruning(items, room - _weight(told))
    if sight.fits or sight.leave_out_earlier_results():
        return Fitted(sight.items, told)
    if recap is not None and recap.covers and recap.begins(items):
        told = recap.text
        sight = _Pruning(recap.after(items), room - _weight(told))
        if sight.fits or sight.leave_out_earlier_results():
            return Fitted(sight.items, told)
    return Fitted(sight.items, told) if sight.prune() else None


def _weight(told: str | None) -> int:
    return 0 if told is None else estimate_tokens(told)


@dataclass(slots=True)
class _Entry:
    item: Item
    weight: int

    @property
    def kind(self) -> str:
        return str(self.item.get("type") or "message")

    @property
    def from_person(self) -> bool:
        return self.item.get("role") == "user"

    @property
    def is_result(self) -> bool:
        return self.kind.endswith("_output")


@dataclass(slots=True)
class _Pruning:
    """`excess` is how many tokens are too many."""

    given: Sequence[Item]
    room: int
    entries: list[_Entry] = field(init=False)
    excess: int = field(init=False)

    def __post_init__(self) -> None:
        self.entries = [_Entry(item, weigh(item)) for item in self.given]
        self.excess = sum(entry.weight for entry in self.entries) - self.room

    @property
    def fits(self) -> bool:
        return self.excess <= 0

    @property
    def items(self) -> list[Item]:
        return [entry.item for entry in self.entries]

    @property
    def question(self) -> int:
        """Where the turn at hand begins."""
        asked = [place for place, entry in enumerate(self.entries) if entry.from_person]
        return asked[-1] if asked else 0

    def prune(self) -> bool:
        """Everything that can be done; whether it was enough."""
        return (
            self._drop(_turns(self.entries[: self.question]))
            or self._leave_out(_results(_steps(self.entries[self.question + 1 :])[:-1]))
            or self._cut(_results([self.entries[self.question + 1 :]]))
            or self._drop(_steps(self.entries[self.question + 1 :]))
        )

    def leave_out_earlier_results(self) -> bool:
        return self._leave_out(_results(_turns(self.entries[: self.question])))

    def _leave_out(self, results: Iterator[_Entry]) -> bool:
        for entry in results:
            if self.fits:
                break
            self._say(entry, LEFT_OUT)
        return self.fits

    def _cut(self, results: Iterator[_Entry]) -> bool:
        """Shorten the largest results by what is too much, as far as they have it."""
        for entry in sorted(results, key=lambda entry: -entry.weight):
            if self.fits:
                break
            output = entry.item.get("output")
            around = weigh({**entry.item, "output": CUT_OFF})
            kept = max(entry.weight - self.excess - around, 0)
            self._say(entry, cut(output, kept) + CUT_OFF if isinstance(output, str) and kept else LEFT_OUT)
        return self.fits

    def _say(self, entry: _Entry, words: str) -> None:
        shorter = {**entry.item, "output": words}
        if (weight := weigh(shorter)) < entry.weight:
            self.excess += weight - entry.weight
            entry.item, entry.weight = shorter, weight

    def _drop(self, groups: Sequence[Sequence[_Entry]]) -> bool:
        """Drop whole groups from the front. What stays may not lack the other half of a call."""
        gone: set[int] = set()
        for group in groups:
            if self.fits:
                break
            halves = {entry.item.get("call_id") for entry in group} - {None}
            inside = {id(entry) for entry in group}
            leaving = [e for e in self.entries if id(e) in inside or e.item.get("call_id") in halves]
            self.excess -= sum(entry.weight for entry in leaving if id(entry) not in gone)
            gone |= {id(entry) for entry in leaving}
        self.entries = [entry for entry in self.entries if id(entry) not in gone]
        return self.fits


def _turns(entries: Sequence[_Entry]) -> list[list[_Entry]]:
    """What people said, each with all that followed until they spoke again."""
    turns: list[list[_Entry]] = []
    for entry in entries:
        if entry.from_person or not turns:
            turns.append([])
        turns[-1].append(entry)
    return turns


def _steps(entries: Sequence[_Entry]) -> list[list[_Entry]]:
    """What the model said at once, with the results of what it called."""
    steps: list[list[_Entry]] = []
    after_result = False
    for entry in entries:
        if not steps or (after_result and not entry.is_result):
            steps.append([])
        steps[-1].append(entry)
        after_result = entry.is_result
    return steps


def _results(groups: Sequence[Sequence[_Entry]]) -> Iterator[_Entry]:
    """Results worth shortening, group by group, the largest of each first."""
    for group in groups:
        large = (entry for entry in group if entry.is_result and entry.weight > LEAST_RESULT)
        yield from sorted(large, key=lambda entry: -entry.weight)
