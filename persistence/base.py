"""Declarative base, naming of constraints, and the column types that every table shares."""

from collections import namedtuple
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache
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


@cache
def columns(kind: type[Base], table: str) -> LiteralString:
    """All columns of a table under the name that it has in a statement, in the order that `loose` takes."""
    return ", ".join(f"{table}.{name}" for name, _ in _attributes(kind))


@cache
def _attributes(kind: type[Base]) -> tuple[tuple[str, Any], ...]:
    """Each column with what makes its value of a driver's, if that is anything."""
    found = ((attribute.key, attribute.columns[0].type) for attribute in inspect(kind).column_attrs)
    return tuple((name, type_.members if isinstance(type_, Word) else None) for name, type_ in found)


@cache
def _seen(kind: type[Base]) -> tuple[type[Any], list[tuple[int, Any]]]:
    attributes = _attributes(kind)
    words = [(place, made) for place, (_, made) in enumerate(attributes) if made is not None]
    return namedtuple(kind.__name__, [name for name, _ in attributes]), words  # noqa: PYI024 - its fields are a table's


def seen(kind: type[R], rows: Iterable[Sequence[Any]]) -> list[R]:
    """Rows as the driver gave them, in the order of `columns`, that can be read and nothing else: they have the
    attributes of `kind`, and cost a fifth of what the session's own rows cost."""
    made, words = _seen(kind)
    found: list[Any] = []
    for row in rows:
        values = list(row)
        for place, word in words:
            if values[place] is not None:
                values[place] = word(values[place])
        found.append(made._make(values))
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
