"""What traces tell of a run: how it waited, its attempts, who watched it; all in the trace that it was started in."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from domain import log_ids, tracing
from domain.ids import Kind, global_id
from domain.runs import RunEvent, RunStatus
from domain.tracing import Attributes, Span
from orchestration.runs.finishing import Ending
from persistence.runs import RunRow


@contextmanager
def attempt_span(run: RunRow) -> Iterator[Span]:
    """While a worker carries a run on that it has just claimed."""
    about: Attributes = {"parley.run": global_id(Kind.RUN, run.id), "parley.attempt": run.attempt}
    if run.attempt == 1:
        waited = (datetime.now(UTC) - run.created_at).total_seconds()
        tracing.note("queue", about, since=run.created_at, seconds=waited, parent=run.trace)
    with tracing.span("run", about, kind="consumer", parent=run.trace) as span:
        if (here := tracing.here()) is not None:
            log_ids.note(trace=tracing.trace_of(here))
        yield span


def tell_end(span: Span, ending: Ending) -> None:
    failed = ending.failure.code.value if ending.failure is not None else None
    first = None if ending.first_token_ms is None else ending.first_token_ms / 1000
    about: Attributes = {"parley.run.status": ending.status.value, "parley.run.first_token_seconds": first}
    span.tell(about, failed=failed if ending.status is RunStatus.FAILED else None)


@contextmanager
def watch_noted(run_id: str, trace: str | None) -> Iterator[Callable[[RunEvent], None]]:
    """A client that watches a run, as a span when it is over. Call what this gives for each event that it gets."""
    since, began, count, first = datetime.now(UTC), time.perf_counter(), 0, None

    def seen(event: RunEvent) -> None:
        nonlocal count, first
        count += 1
        if first is None:
            first = time.perf_counter() - began

    try:
        yield seen
    finally:
        seen_of_it: Attributes = {"parley.watch.events": count, "parley.watch.first_event_seconds": first}
        about = {"parley.run": run_id, **seen_of_it}
        tracing.note("watch", about, since=since, seconds=time.perf_counter() - began, parent=trace)
