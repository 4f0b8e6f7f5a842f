"""Fields that resolvers answer, for all objects of a list at once: breadth first, and without an execution of each.

A list is read with gaps where a resolver has to be asked; the gaps are then filled level by level. Whatever is unusual
raises Unusual: then graphql-core does the list, so that results and errors are its own.
"""

import asyncio
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from strawberry.execution import optimized_is_awaitable

from server.graphql.reading import Plain, Reading, Unusual


class Asked(NamedTuple):
    """A field that a resolver answers: `ask` calls it for an object, `together` answers for many where it can."""

    name: str
    ask: Callable[[Any], Any]
    together: Callable[[Sequence[Any]], Any] | None
    reading: Reading


class Gap(NamedTuple):
    """A field of an answer that is still to be filled."""

    data: dict[str, Any]
    field: Asked
    source: Any


class Asking:
    """Reads an object of which some fields are open until resolvers have been asked: they are noted in `gaps`."""

    def __init__(self, fields_by_class: Mapping[type, Sequence[Any]], gaps: list[Any]) -> None:
        self._by_class, self._gaps = fields_by_class, gaps

    def __call__(self, source: Any) -> dict[str, Any]:
        fields = self._by_class.get(type(source))
        if fields is None:
            raise Unusual
        data: dict[str, Any] = {}
        for field in fields:
            if type(field) is Plain:
                data[field.name] = field.read(source)
            else:
                data[field.name] = None
                self._gaps.append(Gap(data, field, source))
        return data


async def filled(level: Sequence[Gap], below: list[Gap]) -> None:
    """Fill gaps, and those `below`, where new ones open while the answers are read. Raises Unusual."""
    while level:
        answers = await _answers(level)
        try:
            for gap, answer in zip(level, answers, strict=True):
                gap.data[gap.field.name] = gap.field.reading.of(answer)
        finally:
            level = taken(below)  # at once: other lists of the operation open gaps there too


def taken(gaps: list[Gap]) -> list[Gap]:
    """What is open; nothing is afterwards."""
    level = gaps.copy()
    gaps.clear()
    return level


async def _answers(level: Sequence[Gap]) -> list[Any]:
    together = level[0].field.together
    if together is not None and all(gap.field is level[0].field for gap in level):
        [found] = await _settled([together([gap.source for gap in level])])
        return found  # type: ignore[no-any-return]
    answers: list[Any] = []
    try:
        answers.extend(gap.field.ask(gap.source) for gap in level)
    except Exception as error:  # whatever it is, graphql-core will meet it again and say so
        for answer in filter(inspect.iscoroutine, answers):
            answer.close()
        raise Unusual from error
    waiting = [number for number, answer in enumerate(answers) if optimized_is_awaitable(answer)]
    found = await _settled([answers[number] for number in waiting])
    for number, one in zip(waiting, found, strict=True):
        answers[number] = one
    return answers


async def _settled(waiting: Sequence[Any]) -> list[Any]:
    """What they come to, when all are over. Raises Unusual when one of them fails."""
    found = await asyncio.gather(*waiting, return_exceptions=True)
    for one in found:
        if isinstance(one, BaseException):
            raise Unusual from one
    return found
