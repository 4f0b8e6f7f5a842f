"""Plain reading: how a selection is taken straight off objects, for whole trees of fields, by functions made for it.

For each class on which something is selected there is one function that makes the dict of its fields; its text is
written here. Values of the types that are usual go out by what stands in it. Whatever is unusual about a value raises
Unusual: then graphql-core must do it, so that results and errors are its own.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType
from typing import Any, NamedTuple

from graphql import Undefined
from strawberry.execution import optimized_is_awaitable

Gaps = defaultdict[Any, list[tuple[dict[str, Any], Any]]]
"""Fields of an answer that are still to be filled, by how: each in its dict, for the object that it is a field of."""
Read = Callable[[Any, Gaps], Any]
"""Gives what a value is answered with; notes the gaps that it leaves in it."""
Columns = frozenset[str] | None
"""What is read of rows; None where nobody knows."""


class Unusual(Exception):
    """A value that graphql-core must deal with: an error, an awaitable, a null where none may be."""


class Usual(NamedTuple):
    """Values of exactly the type `of` go out as `out` says, `{v}` being the value, if `only` holds for them, too. Both
    may use one thing by the name `{using}`."""

    of: type
    out: str = "{v}"
    only: str = ""
    using: Any = None


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """A value without fields. `coerce` is what graphql-core does with those that are not usual."""

    usual: Usual | None
    coerce: Callable[[Any], Any]
    non_null: bool

    def odd(self, value: Any) -> Any:
        if value is None and not self.non_null:
            return None
        if value is None or isinstance(value, Exception) or optimized_is_awaitable(value):
            raise Unusual
        value = self.coerce(value)
        if value is None or value is Undefined:
            raise Unusual
        return value


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """A list."""

    item: "Reading"
    non_null: bool


@dataclass(frozen=True, slots=True, eq=False)
class Objects:
    """An object of one of these classes, by what is selected on it."""

    fields: Mapping[type, Sequence["Field"]]
    non_null: bool


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """A list with an item for each row of the object that it is a field of. No item is made: each of its `fields` is
    what the object's attribute of that name makes of the row."""

    fields: Sequence["Field"]


Reading = Leaf | Items | Objects | Made


class Field(NamedTuple):
    """A field and where its value is: `constant`, on an `attribute`, in a `column` of the object's row, what a `call`
    with the object returns, what something is `made` of a row by, or nowhere yet, as a gap that is `asked` for.
    `columns` are those of the object's row that it takes."""

    name: str
    reading: Reading | None
    constant: str = ""
    attribute: str = ""
    column: str = ""
    call: Callable[[Any], Any] | None = None
    made: str = ""
    asked: Any = None
    columns: Columns = frozenset()


def columns_of(reading: Reading | None) -> Columns:
    """What is read of all rows that are shown in a value."""
    match reading:
        case Items():
            return columns_of(reading.item)
        case Made():
            fields: Sequence[Field] = reading.fields
        case Objects():
            fields = [field for each in reading.fields.values() for field in each]
        case _:
            return frozenset()
    found: list[Columns] = [field.columns for field in fields]
    found += [columns_of(field.reading) for field in fields]
    return None if None in found else frozenset[str]().union(*[each for each in found if each is not None])


def reader(reading: Reading) -> Read:
    """A function that reads so. It raises Unusual, and nothing else."""
    writer = _Writer()
    made = writer.function(f"return {writer.value(reading, 'source', 'source')}")

    def read(value: Any, gaps: Gaps) -> Any:
        try:
            return made(value, gaps)
        except Unusual:
            raise
        except Exception as error:
            raise Unusual from error

    return read


class _Readers(dict[type, Read]):
    """The function for each class, made when the first of its objects is met."""

    def __init__(self, fields: Mapping[type, Sequence[Field]]) -> None:
        super().__init__()
        self._fields = fields

    def __missing__(self, kind: type) -> Read:
        if (fields := self._fields.get(kind)) is None:
            raise Unusual
        made = self[kind] = _Writer().object(fields)
        return made


class _Writer:
    """Writes a function. Clients have a say in its text by names of fields alone, which are quoted."""

    def __init__(self) -> None:
        self._meant: dict[str, Any] = {}

    def object(self, fields: Sequence[Field]) -> Read:
        asked = [f"gaps[{self._name(field.asked)}].append((data, source))" for field in fields if field.asked]
        return self.function(f"data = {self._dict(fields)}", *asked, "return data")

    def function(self, *lines: str) -> Read:
        text = "\n    ".join(["def read(source, gaps):", *lines])
        exec(_code(text), self._meant)  # noqa: S102 - the text is ours
        found: Read = self._meant["read"]
        return found

    def value(self, reading: Reading, source: str, v: str) -> str:
        """What the expression `source` is answered with; `v` is the name that its value is given, or has."""
        given = v if source == v else f"({v} := {source})"
        match reading:
            case Leaf(usual=None):
                return f"{self._name(reading.odd)}({source})"
            case Leaf(usual=Usual() as usual):
                using = self._name(usual.using)
                found, otherwise = usual.out.format(v=v, using=using), f"{self._name(reading.odd)}({v})"
                is_of = f"type({{}}) is {self._name(usual.of)}{usual.only.format(v=v, using=using)}"
            case Items():
                item = self.value(reading.item, f"{v}i", f"{v}i")
                found, otherwise, is_of = f"[{item} for {v}i in {v}]", f"{self._name(refuse)}()", "type({}) is list"
            case Objects():
                read = self._name(_Readers(reading.fields))
                if reading.non_null:
                    return f"{read}[type({given})]({v}, gaps)"
                return f"None if {given} is None else {read}[type({v})]({v}, gaps)"
            case Made():
                return f"[{self._dict(reading.fields)} for row in {source}]"
        if reading.non_null:
            return f"({found} if {is_of.format(given)} else {otherwise})"
        return f"(None if {given} is None else {found} if {is_of.format(v)} else {otherwise})"

    def _dict(self, fields: Sequence[Field], row: str = "source.row") -> str:
        return f"{{{', '.join(f'{field.name!r}: {self._field(field, row)}' for field in fields)}}}"

    def _field(self, field: Field, row: str) -> str:
        if field.asked:
            return "None"
        if field.reading is None:
            return repr(field.constant)
        if field.made:
            return self._made(field.reading, f"source.{field.made}")
        if field.column:
            return self.value(field.reading, f"{row}.{field.column}", "v")
        where = f"source.{field.attribute}" if field.attribute else f"{self._name(field.call)}(source)"
        return self.value(field.reading, where, "v")

    def _made(self, reading: Reading, make: str) -> str:
        """What `make` makes of a row. Nothing need be made of which only columns are read."""
        read = self.value(reading, f"{make}(row)", "v")
        if not isinstance(reading, Objects) or len(reading.fields) != 1:
            return read
        kind: Any
        ((kind, fields),) = reading.fields.items()
        if not all(field.column or field.constant for field in fields):
            return read
        return f"({self._dict(fields, 'row')} if {make} == {self._name(kind.from_row)} else {read})"

    def _name(self, thing: Any) -> str:
        """How the text calls an object."""
        name = f"_{len(self._meant)}"
        self._meant[name] = thing
        return name


def refuse(value: Any = None) -> Any:
    """Nothing goes out of a value."""
    raise Unusual


@lru_cache(maxsize=1000)  # to compile costs more than most readings, and many documents say the same
def _code(text: str) -> CodeType:
    return compile(text, "<reading>", "exec")
