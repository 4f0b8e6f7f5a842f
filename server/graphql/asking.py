"""Fields that resolvers answer, for all objects of a result at once: breadth first, and without an execution of each.

What is read has gaps where a resolver has to be asked; the gaps are then filled level by level. Whatever is unusual
raises Unusual: then graphql-core does it all, so that results and errors are its own.
"""

import asyncio
import inspect
from collections import defaultdict
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from graphql.execution.values import get_argument_values
from graphql.pyutils import Path
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema_converter import get_arguments

from schema.loading import TOGETHER
from server.graphql.reading import Columns, Gaps, Read, Unusual

UNCHANGING = str | int | float | bool | None | Enum
"""What resolvers of several objects may be given together: nobody can change it."""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A field of `parent_type` that a resolver answers; `read` is how its answers are read, and `columns` what is read
    of the rows in them."""

    name: str
    parent_type: Any
    field: Any
    details: Any
    read: Read
    columns: Columns

    def arguments(self, executor: Any) -> dict[str, Any]:
        """What the resolver is given in an execution, beside the object."""
        first, own = self.details[0], self.field.extensions["strawberry-definition"]
        nodes, path = [each.node for each in self.details], Path(None, self.name, self.parent_type.name)
        raw = executor.build_resolve_info(self.field, nodes, self.parent_type, path)
        of_strawberry = executor.schema._strawberry_schema  # noqa: SLF001 - Strawberry's own way back
        info = of_strawberry.config.info_class(_raw_info=raw, _field=own)
        given = get_argument_values(
            self.field, first.node, executor.variable_values, first.fragment_variable_values, executor.hide_suggestions
        )
        _, named = get_arguments(
            field=own, source=None, info=info, kwargs=given, config=of_strawberry.config,
            scalar_registry=of_strawberry.schema_converter.scalar_registry,
        )  # fmt: skip
        if not all(value is info or isinstance(value, UNCHANGING) for value in named.values()):
            raise Unusual
        return named

    def ask(self, executor: Any, sources: Sequence[Any]) -> list[Any] | Awaitable[Any]:
        """The answers for these objects, in their order: at once where the resolver can, else awaitable one by one."""
        resolver, named = self.field.extensions["strawberry-definition"].base_resolver, self.arguments(executor)
        if (together := getattr(resolver.wrapped_func, TOGETHER, None)) is not None:
            found: Awaitable[Any] = together(sources, columns=self.columns, **named)
            return found
        answers: list[Any] = []
        try:
            answers.extend(resolver(source, **named) for source in sources)
        except Exception:
            _close(answers)
            raise
        return answers


async def filled(executor: Any, gaps: Gaps) -> None:
    """Fill gaps, and those that open while the answers are read. Raises Unusual, and nothing else."""
    try:
        while gaps:
            below: Gaps = defaultdict(list)
            for (asked, open_), answers in zip(gaps.items(), await _answers(executor, gaps), strict=True):
                for (data, _), answer in zip(open_, answers, strict=True):
                    data[asked.name] = asked.read(answer, below)
            gaps = below
    except Unusual:
        raise
    except Exception as error:  # whatever it is, graphql-core will meet it again and say so
        raise Unusual from error


async def _answers(executor: Any, gaps: Gaps) -> list[Any]:
    """For each kind of gap its answers, when all are there."""
    found: list[Any] = []
    try:
        found.extend(asked.ask(executor, [source for _, source in open_]) for asked, open_ in gaps.items())
    except Exception:
        _close(found)
        raise
    held = (found, *(answers for answers in found if type(answers) is list))
    places = [(list_, n) for list_ in held for n, answer in enumerate(list_) if optimized_is_awaitable(answer)]
    settled = await _settled([list_[n] for list_, n in places])
    for (list_, n), answer in zip(places, settled, strict=True):
        list_[n] = answer
    return found


async def _settled(waiting: Sequence[Any]) -> list[Any]:
    """What they come to, when all are over; raises what one of them raised."""
    if len(waiting) == 1:
        return [await waiting[0]]
    found = await asyncio.gather(*waiting, return_exceptions=True)
    for one in found:
        if isinstance(one, BaseException):
            raise Unusual from one
    return found


def _close(answers: Sequence[Any]) -> None:
    """Nobody will await them."""
    for answer in answers:
        if type(answer) is list:
            _close(answer)
        elif inspect.iscoroutine(answer):
            answer.close()
