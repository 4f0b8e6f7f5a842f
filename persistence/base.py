"""Declarative base, naming of constraints, and the column types that every table shares."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, LiteralString, TypeVar
from uuid import UUID

import orjson
from sqlalchemy import DateTime, MetaData, Text, TypeDecorator, Uuid, func, inspect
from sqlalchemy.dialects.postgresql import JSONB
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


@cache
def columns(kind: type[Base], table: str) -> LiteralString:
    """All columns of a table under the name that it has in a statement, in the order that `loose` takes."""
    return ", ".join(f"{table}.{name}" for name, _ in _attributes(kind))


@cache
def _attributes(kind: type[Base]) -> tuple[tuple[str, Any], ...]:
    """Each column with what makes its value of a driver's, if that is anything."""
    found = ((attribute.key, attribute.columns[0].type) for attribute in inspect(kind).column_attrs)
    return tuple((name, type_.members if isinstance(type_, Word) else None) for name, type_ in found)


def loose(kind: type[R], values: Sequence[Any]) -> R:
    """A row as the driver gave it, which no session knows: what is changed in it is not stored."""
    read = zip(_attributes(kind), values, strict=True)
    return kind(**{name: made(value) if made and value is not None else value for (name, made), value in read})
