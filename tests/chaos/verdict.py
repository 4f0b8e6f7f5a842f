"""What must be true when all is over, whatever happened before."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from domain.ids import Kind, key_of
from domain.messages import MessageStatus
from domain.models import CallOutcome
from domain.runs import DELTAS as LOGGED_DELTAS
from domain.runs import TERMINAL, EventKind, RunStatus
from persistence.models import ModelCallRow
from tests.chaos.answers import told
from tests.chaos.asking import Asked
from tests.chaos.fleet import Fleet
from tests.chaos.records import Record
from tests.chaos.watchers import Watcher


class Violation(NamedTuple):
    """`run_id` is None for what concerns the whole fleet."""

    run_id: UUID | None
    claim: str
    detail: str


class Span(NamedTuple):
    """Seconds of Unix time."""

    begin: float
    end: float


def judged(
    asked: Sequence[Asked], stored: dict[UUID, Record], *, frozen: Sequence[Span], log_is_whole: bool
) -> list[Violation]:
    """Everything that is wrong with the runs; `frozen` are the times when some worker stood still, `log_is_whole` is
    true when the deltas are in the database for ever."""
    return [violation for each in asked for violation in _judge(each, stored, frozen, log_is_whole)]


def fleet_judged(fleet: Fleet, jobs: Sequence[str]) -> Iterator[Violation]:
    """Everything that is wrong with the processes and the queue."""
    for death in fleet.deaths:
        if death.was_ready:  # while the database is away, a start may fail
            detail = f"{death.name} ended with {death.code} at {death.at - fleet.began:.1f} s"
            yield Violation(None, "no process ends by itself", detail)
    for program in fleet.programs:
        if not program.is_alive:
            yield Violation(None, "every process lives", f"{program.name} is {program.state}")
    for trouble in fleet.troubles:
        yield Violation(None, "a process that is told to stop does", trouble)
    for job in jobs:
        yield Violation(None, "no job is left behind", job)


def _judge(asked: Asked, stored: dict[UUID, Record], frozen: Sequence[Span], log_is_whole: bool) -> Iterator[Violation]:
    name = f"question {asked.question.number}"
    if len(asked.runs) != 1:
        yield Violation(None, "one key gives one run", f"{name} has {sorted(asked.runs)}")
    for global_id in sorted(asked.runs):
        run_id = key_of(Kind.RUN, global_id)
        if (record := stored.get(run_id)) is None:
            yield Violation(run_id, "a run that was answered for is stored", name)
            continue
        complaints = [*_ending(asked, record), *_books(record, frozen)]
        if log_is_whole:
            complaints += _log(record)
        if len(record.answers) == 1:
            for watcher in asked.watchers:
                complaints += _watched(watcher, record, log_is_whole)
        for claim, detail in complaints:
            yield Violation(run_id, claim, f"{name}: {detail}")


Complaints = Iterator[tuple[str, str]]


def _ending(asked: Asked, record: Record) -> Complaints:
    run = record.run
    if run.status not in TERMINAL or run.finished_at is None:
        yield "every run ends", f"it is {run.status}, attempt {run.attempt}, job {run.job_id}"
        return
    if run.status is RunStatus.FAILED:
        yield "no fault fails a run", f"{run.error_code}: {run.error_message}"
    if run.status is RunStatus.CANCELLED and not asked.cancelled:
        yield "only a cancel cancels", "nobody had cancelled it"
    if len(record.answers) != 1:
        yield "every run has one final message", f"it has {len(record.answers)}"
        return
    answer = record.answers[0]
    whole = MessageStatus.COMPLETED if run.status is RunStatus.COMPLETED else MessageStatus.INCOMPLETE
    if answer.status is not whole:
        yield "the message ends as its run does", f"{answer.status} of a run that is {run.status}"
    words = told(answer.content)
    if words is None:
        yield "an answer is one telling", repr(answer.content[:200])
    elif run.status is RunStatus.COMPLETED and words != asked.question.words:
        yield "a completed answer is whole", f"{words} words of {asked.question.words}"


def _books(record: Record, frozen: Sequence[Span]) -> Complaints:
    if record.run.status not in TERMINAL:
        return
    for step in record.steps:
        if step.finished_at is None:
            yield "every step is closed", f"{step.kind} {step.name} is {step.status}"
    succeeded = [call for call in record.calls if call.outcome is CallOutcome.SUCCEEDED]
    # The rest of an answer may wait for a worker that stood still while another one asked again: both were paid.
    given = [call for call in succeeded[:-1] if not _stood_still(call, frozen)] + succeeded[-1:]
    # A cancel may come between an answer and the end of its run.
    expected = {RunStatus.COMPLETED: {1}, RunStatus.CANCELLED: {0, 1}}.get(record.run.status, {0})
    if len(given) not in expected:
        yield "the ledger has each answer once", f"{record.outcomes()} for a run that is {record.run.status}"
    if len({call.attempt for call in record.calls}) != len(record.calls):
        yield "the ledger has each call once", f"attempts {[call.attempt for call in record.calls]}"


def _stood_still(call: ModelCallRow, frozen: Sequence[Span]) -> bool:
    began = call.started_at.timestamp()
    return any(began < span.end and span.begin < began + call.duration_ms / 1000 for span in frozen)


def _log(record: Record) -> Complaints:
    sequences = [event.sequence for event in record.log]
    if sequences != list(range(1, len(sequences) + 1)):
        holes = sorted(set(range(1, max(sequences, default=0) + 1)) - set(sequences))
        yield "the log has no gaps", f"{len(sequences)} events, missing {holes[:10]}"
    ends = [event.sequence for event in record.log if event.kind is EventKind.FINISHED]
    if record.run.status in TERMINAL and ends != sequences[-1:]:
        yield "the log ends once", f"RunFinished at {ends} of {sequences[-1:]}"
    if record.answers and record.run.status in TERMINAL and record.text != record.answers[0].content:
        yield "the log tells the message", _difference(record.text, record.answers[0].content)


def _watched(watcher: Watcher, record: Record, log_is_whole: bool) -> Complaints:
    story, who = watcher.story, watcher.name
    for wrong in story.wrong:
        yield "a stream has no gap and no echo", f"{who}: {wrong}"
    if not story.ended:
        yield "every watcher sees the end", f"{who} is at {story.cursor} of {len(record.log)}"
        return
    content = record.answers[0].content
    if story.text() != content:
        yield "every watcher has the message", f"{who}: {_difference(story.text(), content)}"
    if story.events[-1].status != record.run.status:
        yield "every watcher sees how it ended", f"{who}: {story.events[-1].status} is {record.run.status}"
    if log_is_whole:
        yield from _retold(watcher, record)


def _retold(watcher: Watcher, record: Record) -> Complaints:
    """Every event that was seen stands in the log, and what was joined is the log's own text."""
    last = 0
    for event in watcher.story.events:
        part = record.log[last : event.sequence]
        told_text = "".join(each.text or "" for each in part)
        joined = len(part) == 1 or all(each.kind in LOGGED_DELTAS and each.kind is part[0].kind for each in part)
        if not joined or (event.kind.endswith("Delta") and told_text != event.text):
            detail = f"{watcher.name}: {event.kind} {event.sequence} after {last} is not what is stored"
            yield "what was seen is stored", detail
            return
        last = event.sequence


def _difference(one: str, other: str) -> str:
    place = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return f"{len(one)} and {len(other)} characters, unlike from {place}: {one[place:][:40]!r} / {other[place:][:40]!r}"
