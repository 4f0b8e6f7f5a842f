"""Joining neighbouring deltas of a run, and finding one's place in joined ones."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from domain.runs import DELTAS, RunEvent

JOINED = 16_384
"""Characters after which a joined delta takes no more."""


def fold(events: Iterable[RunEvent], *, limit: int = JOINED) -> list[RunEvent]:
    """Join neighbouring deltas of one message up to about `limit` characters; each keeps its last sequence.

    The result reads the same as `events` from any sequence on, because the lengths of the pieces are kept.
    """
    folded: list[RunEvent] = []
    group: list[RunEvent] = []
    size = 0
    for event in events:
        if group and not (size < limit and _joins(group[-1], event)):
            folded.append(_joined(group))
            group, size = [], 0
        group.append(event)
        size += len(event.text or "") + 1  # counting each piece bounds their number too
    if group:
        folded.append(_joined(group))
    return folded


def unread(events: Iterable[RunEvent], after: int) -> list[RunEvent]:
    """What a reader at `after` has not seen of events sorted by sequence; nothing twice where joined ones overlap."""
    fresh: list[RunEvent] = []
    for event in events:
        if (part := event.after(after)) is not None:
            fresh.append(part)
            after = part.sequence
    return fresh


def unbroken(events: Sequence[RunEvent], after: int) -> list[RunEvent]:
    """Those of `unread` up to the first gap in their numbers."""
    whole: list[RunEvent] = []
    for event in unread(events, after):
        if event.first != after + 1:
            break
        whole.append(event)
        after = event.sequence
    return whole


def _joins(before: RunEvent, event: RunEvent) -> bool:
    return (
        event.kind in DELTAS
        and event.kind is before.kind
        and event.message_id == before.message_id
        and event.first == before.sequence + 1
    )


def _joined(group: list[RunEvent]) -> RunEvent:
    if len(group) == 1:
        return group[0]
    pieces = tuple(length for event in group for length in event.lengths)
    return replace(group[-1], text="".join(event.text or "" for event in group), pieces=pieces)
