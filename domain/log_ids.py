"""Ids of what is being done just now, for every line of the log that is written meanwhile."""

from collections.abc import Mapping
from contextvars import ContextVar

_noted: ContextVar[Mapping[str, str]] = ContextVar("log_ids", default={})  # noqa: B039 - it is never changed in place


def noted() -> Mapping[str, str]:
    """What was noted in this task, or in the one that started it."""
    return _noted.get()


def note(**ids: str) -> None:
    """Say what the rest of this task is about, and the tasks that it starts."""
    _noted.set({**_noted.get(), **ids})
