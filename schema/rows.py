"""Fields that show what is in the row of an object: lists need load, and make, no more than is asked for."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import strawberry

from domain.ids import Kind, global_id

Resolver = TypeVar("Resolver", bound=Callable[..., Any])

READS, ITEMS = "reads", "items"


def shows_row(kind: type) -> bool:
    """Whether objects of a class have a `row`."""
    return "row" in getattr(kind, "__dataclass_fields__", ())


class Reads(NamedTuple):
    """The columns of `row` that a resolver reads. `shown` is the one that it answers with, as the global id of a thing
    of this kind if there is one."""

    columns: frozenset[str]
    shown: str | None = None
    kind: Kind | None = None


class Items(NamedTuple):
    """A list of an object has an item for each of its `rows`, and each field of an item is what the object's `made` of
    that name makes of the row."""

    rows: str
    made: dict[str, str]


def column(name: str, description: str, *, kind: Kind | None = None) -> Any:
    """A field that shows a column of the `row` of an object that `from_row` has made of nothing else; with a kind, as
    the global id of such a thing."""

    def shown(self: Any) -> Any:
        value = getattr(self.row, name)
        return value if kind is None or value is None else strawberry.ID(global_id(kind, value))

    setattr(shown, READS, Reads(frozenset([name]), name, kind))
    return strawberry.field(resolver=shown, description=description)


def reads(*columns: str) -> Callable[[Resolver], Resolver]:
    """For a resolver that reads these columns of its object's `row`, and no others."""
    return _marked(READS, Reads(frozenset(columns)))


def items_of(rows: str, **made: str) -> Callable[[Resolver], Resolver]:
    """For a resolver that answers with a list as `Items` says."""
    return _marked(ITEMS, Items(rows, made))


def _marked(mark: str, value: object) -> Callable[[Resolver], Resolver]:
    def marked(resolver: Resolver) -> Resolver:
        setattr(resolver, mark, value)
        return resolver

    return marked
