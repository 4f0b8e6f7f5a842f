"""What was done and what came of it, for people."""

from collections import Counter
from collections.abc import Iterator
from uuid import UUID

from domain.ids import Kind, global_id
from tests.chaos.drill import Outcome
from tests.chaos.records import Record

MOST = 8
"""Runs whose timeline is told; the others are named."""


def report(outcome: Outcome) -> str:
    return "\n".join([*_head(outcome), *_faults(outcome), *_complaints(outcome), *_violations(outcome)])


def _head(outcome: Outcome) -> Iterator[str]:
    scale, fleet = outcome.scale, outcome.fleet
    runs = [record.run for record in outcome.stored.values()]
    watchers = [watcher for asked in outcome.asked for watcher in asked.watchers]
    attempts = Counter(run.attempt for run in runs)
    yield (
        f"Chaos, seed {outcome.seed}: {scale.runs} runs, {scale.apis} APIs, {scale.workers} workers, "
        f"{len(outcome.struck)} faults{' with Redis' if scale.redis else ''}"
    )
    yield f"  runs      {_counts(Counter(str(run.status) for run in runs))}"
    yield f"  attempts  {_counts(Counter({str(key): value for key, value in sorted(attempts.items())}))}"
    yield (
        f"  clients   {len(watchers)}: left {sum(each.left for each in watchers)} times, "
        f"lost the connection {sum(each.dropped for each in watchers)} times; {outcome.asking.retries} requests again"
    )
    last = "not all" if outcome.settled is None else f"{outcome.settled:.1f} s"
    yield f"  ended     {last} after the last fault; {len(fleet.deaths)} deaths that nobody had planned"


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counter.items())


def _faults(outcome: Outcome) -> Iterator[str]:
    yield "Faults"
    for struck in sorted(outcome.struck, key=lambda each: each.at):
        yield f"  {struck.at:6.1f} to {struck.until:6.1f} s  {struck.hit or 'nobody there'}: {struck.fault}"


def _complaints(outcome: Outcome) -> Iterator[str]:
    """What processes logged as an error: no violation in itself, but worth a look."""
    said: Counter[str] = Counter()
    for program in outcome.fleet.programs:
        said.update(_shape(line.text) for line in program.lines if " ERROR " in line.text or "Error:" in line.text)
    if said:
        yield "Errors in the logs"
    for words, count in said.most_common(12):
        yield f"  {count:4} x {words}"


def _shape(line: str) -> str:
    """A line without what differs each time, so that the same errors count as one."""
    words = line.split()
    kept = [word for word in words if not any(letter.isdigit() for letter in word)]
    return " ".join(kept)[:160]


def _violations(outcome: Outcome) -> Iterator[str]:
    if not outcome.violations:
        yield "No violations."
        return
    yield f"{len(outcome.violations)} violations"
    for claim, count in Counter(violation.claim for violation in outcome.violations).most_common():
        yield f"  {count:4} x {claim}"
    concerned = dict.fromkeys(violation.run_id for violation in outcome.violations)
    for run_id in list(concerned)[: MOST + 1]:
        yield ""
        yield "The fleet" if run_id is None else global_id(Kind.RUN, run_id)
        for violation in outcome.violations:
            if violation.run_id == run_id:
                yield f"  ✗ {violation.claim}: {violation.detail}"
        if run_id in outcome.stored:
            yield from _timeline(outcome, run_id, outcome.stored[run_id])
    yield f"Again: make chaos SEED={outcome.seed} RUNS={outcome.scale.runs}{' REDIS=1' if outcome.scale.redis else ''}"


def _timeline(outcome: Outcome, run_id: UUID, record: Record) -> Iterator[str]:
    """All that is known of a run, in the order in which it happened."""
    began, moments = outcome.fleet.began, list[tuple[float, str]]()
    deltas = 0
    for event in record.log:
        if event.text is not None:
            deltas += 1
            if deltas > 2:
                continue
        else:
            deltas = 0
        said = repr(event.text) if event.text else str(event.data)[:100]
        moments.append((event.created_at.timestamp() - began, f"event {event.sequence} {event.kind} {said}"))
    for asked in outcome.asked:
        if global_id(Kind.RUN, run_id) in asked.runs:
            moments += asked.diary
            moments += [(at, f"{each.name}: {words}") for each in asked.watchers for at, words in each.diary[-10:]]
    first, last = min(at for at, _ in moments), max(at for at, _ in moments)
    for struck in outcome.struck:
        if struck.until >= first - 1 and struck.at <= last + 10 and struck.hit:
            moments.append((struck.at, f"FAULT {struck.hit}: {struck.fault}, until {struck.until:.1f}"))
    key = run_id.hex
    for program in outcome.fleet.programs:
        moments += [
            (line.at - began, f"{program.name}: {line.text[:160]}")
            for line in program.lines
            if key in line.text.replace("-", "")
        ]
    yield from (f"    {at:7.2f}  {words}" for at, words in sorted(moments))
