"""Where in a run the work of the moment is done: in its own agents, in a step, or inside calls of agents that serve as
tools."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_step: ContextVar[str | None] = ContextVar("step", default=None)
_above: ContextVar[tuple[str, ...]] = ContextVar("calls_above", default=())


def depth() -> int:
    """How many agents, called one by another or by a step, the work of the moment is for; 0 in the run's own agents."""
    return len(_above.get()) + (_step.get() is not None)


@contextmanager
def in_step(key: str) -> Iterator[None]:
    """What is done in this block, and in tasks begun in it, is a part of the step."""
    token = _step.set(key)
    try:
        yield
    finally:
        _step.reset(token)


def scoped(call_id: str, step: str | None = None) -> str:
    """What people decide about: a call's id, with the step that makes it, the one of the moment unless it is given."""
    step = step or _step.get()
    return call_id if step is None else f"{step}/{call_id}"


def state_key(step: str) -> str:
    """Where the journal has how far a step has come."""
    return f"state:{step}/"


def belongs(key: str, step: str) -> bool:
    """Whether an entry of the journal is a step's."""
    return key.partition(":")[2].startswith(f"{step}/")


@contextmanager
def inside(call_id: str) -> Iterator[None]:
    """What is done in this block, and in tasks begun in it, is a part of the call."""
    token = _above.set((*_above.get(), call_id))
    try:
        yield
    finally:
        _above.reset(token)


def path_of(call_id: str) -> str:
    """What tells a call from all others of the run: ids are only unique in one conversation with a model."""
    step = _step.get()
    return "/".join((*_above.get(), call_id) if step is None else (step, *_above.get(), call_id))


def parent() -> str | None:
    """The path of the call that the work of the moment is a part of."""
    if not (above := _above.get()):
        return None
    step = _step.get()
    return "/".join(above if step is None else (step, *above))
