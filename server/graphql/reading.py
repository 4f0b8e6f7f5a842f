"""Plain reading: how to take a selection straight off objects, without a resolver, for whole trees of plain fields.

A field is plain when Strawberry would read it off an attribute and so are all fields selected below it. Whatever is
unusual about a value raises Unusual: then graphql-core must do it, so that results and errors are its own.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from graphql import Undefined
from strawberry.execution import optimized_is_awaitable


class Unusual(Exception):
    """A value that graphql-core must deal with: an error, an awaitable, a null where none may be."""


class Reading(NamedTuple):
    """How a value goes out. Values of exactly the type `unchanged` go out as they are. What `asks` leaves gaps in them,
    which resolvers have to fill. What is `exact` knows the classes of its values, and finds all others Unusual."""

    unchanged: type | None
    coerce: Callable[[Any], Any]
    non_null: bool
    asks: bool = False
    exact: bool = False

    def of(self, value: Any) -> Any:
        if type(value) is self.unchanged:
            return value
        if value is None:
            if self.non_null:
                raise Unusual
            return None
        if self.exact:
            return self.coerce(value)
        if isinstance(value, Exception) or optimized_is_awaitable(value):
            raise Unusual
        try:
            value = self.coerce(value)
        except Exception as error:
            raise Unusual from error
        if value is None or value is Undefined:
            raise Unusual
        return value


class Plain(NamedTuple):
    """A plain field. Without an `attribute` it is __typename, and `constant` its value."""

    name: str
    attribute: str | None
    constant: str
    reading: Reading

    def read(self, source: Any) -> Any:
        if self.attribute is None:
            return self.constant
        try:
            value = getattr(source, self.attribute)
        except Exception as error:
            raise Unusual from error
        return self.reading.of(value)


class Objects:
    """Reads an object by what is selected on its class."""

    def __init__(self, plain_fields: Mapping[type, Sequence[Plain]]) -> None:
        self._by_class = {
            cls: tuple(
                (name, attribute, constant, *reading[:3], reading.exact, reading)
                for name, attribute, constant, reading in fields
            )
            for cls, fields in plain_fields.items()
        }

    def __call__(self, source: Any) -> dict[str, Any]:
        fields = self._by_class.get(type(source))
        if fields is None:
            raise Unusual
        data: dict[str, Any] = {}
        # The innermost loop of every stream and list: what most values need is written out here.
        for name, attribute, constant, unchanged, coerce, non_null, exact, reading in fields:
            if attribute is None:
                data[name] = constant
                continue
            try:
                value = getattr(source, attribute)
            except Exception as error:
                raise Unusual from error
            if type(value) is unchanged:
                data[name] = value
            elif value is None and not non_null:
                data[name] = None
            elif exact:
                data[name] = coerce(value)
            else:
                data[name] = reading.of(value)
        return data


class Items:
    """Reads a list item by item."""

    def __init__(self, item: Reading) -> None:
        self._item = item

    def __call__(self, source: Any) -> list[Any]:
        if type(source) is not list:
            raise Unusual
        of = self._item.coerce if self._item.exact and self._item.non_null else self._item.of
        return [of(item) for item in source]
