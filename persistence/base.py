"""Declarative base, naming of constraints, and the column types that every table shares."""

from collections import namedtuple
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any, LiteralString, NamedTuple, TypeVar, cast
from uuid import UUID

import orjson
from sqlalchemy import DateTime, MetaData, Select, Text, TypeDecorator, Uuid, func, inspect
from sqlalchemy.dialects.postgresql import JSONB, psycopg
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, mapped_column

from domain.ids import new_id

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Key = Annotated[UUID, mapped_column(Uuid, primary_key=True, default=new_id)]
Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Created = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {str: Text, dict[str, Any]: JSONB, list[dict[str, Any]]: JSONB}


class Word(TypeDecorator[StrEnum]):
    """A `StrEnum` stored as its value in a text column: new members need no migration."""

    impl = Text
    cache_ok = True

    def __init__(self, members: type[StrEnum]) -> None:
        super().__init__()
        self.members = members

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.members(value)


def as_json(value: Any) -> str | None:
    """A value for a JSON column, in a statement in the words of the driver."""
    return None if value is None else orjson.dumps(value).decode()


def array(values: Iterable[UUID | int]) -> str:
    """Ids, numbers or truths as PostgreSQL reads an array, in a statement that says of what it is one: the driver takes
    ten times as long to write it."""
    return f"{{{','.join([value.hex if type(value) is UUID else str(value) for value in values])}}}"


R = TypeVar("R", bound=Base)

DRIVER: Dialect = psycopg.dialect()  # type: ignore[no-untyped-call]


class Words(NamedTuple):
    """A statement in the words of the driver, and the values that stand in it; those to be given are None."""

    text: LiteralString
    values: Mapping[str, Any]


def in_words(query: Select[*tuple[Any, ...]]) -> Words:
    """What SQLAlchemy makes of a statement, for those that are the same each time: keep what this returns."""
    compiled = query.compile(dialect=DRIVER)
    return Words(str(compiled), compiled.params)


Columns = frozenset[str] | None
"""Names of those columns of a table that are wanted; what other tables have among them does not matter. None: all."""


@lru_cache(maxsize=256)
def columns(kind: type[Base], table: str, only: Columns = None) -> LiteralString:
    """All columns of a table, or only these, under the name that it has in a statement, in the order that `loose` and
    `seen` take."""
    return ", ".join(f"{table}.{name}" for name, _ in _attributes(kind, only))


@lru_cache(maxsize=256)
def _attributes(kind: type[Base], only: Columns = None) -> tuple[tuple[str, Any], ...]:
    """Each column with what makes its value of a driver's, if that is anything."""
    found = ((attribute.key, attribute.columns[0].type) for attribute in inspect(kind).column_attrs)
    return tuple(
        (name, type_.members if isinstance(type_, Word) else None)
        for name, type_ in found
        if only is None or name in only
    )


@lru_cache(maxsize=256)
def _seen(kind: type[Base], only: Columns = None) -> type[Any]:
    """A tuple with the attributes of `kind`. Words become members of their enum when they are read."""
    attributes = _attributes(kind, only)
    names = [name for name, _ in attributes]
    words = {name: _word(place, made) for place, (name, made) in enumerate(attributes) if made is not None}
    bases = (namedtuple(kind.__name__, names),)  # noqa: PYI024 - its fields are a table's
    return type(kind.__name__, bases, {"__slots__": (), **words})


def _word(place: int, members: type[StrEnum]) -> property:
    by_word = {None: None} | {member.value: member for member in members}

    def member(row: Any) -> StrEnum | None:
        word = row[place]
        return by_word[word] if word in by_word else members(word)

    return property(member)


def seen(kind: type[R], rows: Iterable[Sequence[Any]], only: Columns = None) -> list[R]:
    """Rows as the driver gave them, in the order of `columns`, that can be read and nothing else: they have the
    attributes of `kind`, and cost a tenth of what the session's own rows cost. What else the driver's rows end with
    stays unnamed."""
    made = _seen(kind, only)
    return [tuple.__new__(made, row) for row in rows]


def still(row: R) -> R:
    """A row as it is now, to be read only, whatever is done to it afterwards."""
    if isinstance(row, tuple):
        return row
    kind = type(row)
    found: R = tuple.__new__(_seen(kind), [getattr(row, name) for name, _ in _attributes(kind)])
    return found


def loose(kind: type[R], values: Sequence[Any]) -> R:
    """A row as the driver gave it, which no session knows: what is changed in it is not stored."""
    read = zip(_attributes(kind), values, strict=True)
    return row_of(kind, **{name: made(value) if made and value is not None else value for (name, made), value in read})


def row_of(kind: type[R], **values: Any) -> R:
    """A row with these attributes, likewise."""
    # What SQLAlchemy does with its own rows; its constructor sets one attribute after the other, as if they changed.
    row = cast("R", inspect(kind).class_manager.new_instance())
    row.__dict__.update(values)
    return row
