"""Spans of what is being done, for whoever collects traces; without a collector they cost a comparison."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from typing import Literal, Protocol

Value = str | int | float | bool
Attributes = Mapping[str, Value | None]
"""What is known of a span. Never words of people or of models; None is left out."""
Kind = Literal["internal", "server", "consumer", "client"]


class Span(Protocol):
    """Something that is being done."""

    def tell(self, attributes: Attributes, *, failed: str | None = None) -> None:
        """Add what has become known; `failed` says in one word why it did not succeed."""


class Tracer(Protocol):
    """What collects spans. `parent` is a `traceparent` (W3C Trace Context); the span around us without it."""

    def open(
        self, name: str, attributes: Attributes, kind: Kind, parent: str | None
    ) -> AbstractContextManager[Span]: ...

    def note(
        self, name: str, attributes: Attributes, kind: Kind, parent: str | None,
        since: datetime, seconds: float, failed: str | None,
    ) -> None: ...  # fmt: skip

    def here(self) -> str | None: ...


class _Nothing:
    def tell(self, attributes: Attributes, *, failed: str | None = None) -> None:
        pass


_NOTHING: AbstractContextManager[Span] = nullcontext(_Nothing())
_tracer: Tracer | None = None


@contextmanager
def collected(tracer: Tracer) -> Iterator[None]:
    """Give the spans of this process to a tracer while the block is open."""
    global _tracer  # noqa: PLW0603 - one for a process, as its log
    earlier, _tracer = _tracer, tracer
    try:
        yield
    finally:
        _tracer = earlier


def span(
    name: str, attributes: Attributes | None = None, *, kind: Kind = "internal", parent: str | None = None
) -> AbstractContextManager[Span]:
    """What happens in the block is one span; those that begin in it are inside. Not around a `yield` of a generator:
    whoever reads that would be inside as well."""
    return _NOTHING if _tracer is None else _tracer.open(name, attributes or {}, kind, parent)


def note(
    name: str, attributes: Attributes, *, since: datetime, seconds: float,
    kind: Kind = "internal", parent: str | None = None, failed: str | None = None,
) -> None:  # fmt: skip
    """A span that is over already."""
    if _tracer is not None:
        _tracer.note(name, attributes, kind, parent, since, seconds, failed)


def trace_of(traceparent: str) -> str:
    """The id of the trace, which all its spans share."""
    return traceparent.split("-")[1]


def here() -> str | None:
    """The `traceparent` of the span around us, to go on with elsewhere; None without one."""
    return None if _tracer is None else _tracer.here()
