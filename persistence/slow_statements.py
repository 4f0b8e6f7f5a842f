"""Statements that take long, told to the log."""

import logging
import time
from typing import Any

from psycopg import AsyncCursor

log = logging.getLogger(__name__)

LONGEST = 2_000
"""Characters of a statement that are told."""


def telling(slow_ms: float) -> type[AsyncCursor[Any]]:
    """A kind of cursor that tells of statements which take at least so many milliseconds, also when they fail. Their
    values are not told: those are people's."""

    class Telling(AsyncCursor[Any]):
        async def execute(self, query: Any, *given: Any, **how: Any) -> "Telling":
            began = time.perf_counter()
            try:
                return await super().execute(query, *given, **how)
            finally:
                _tell(query, began)

        async def executemany(self, query: Any, *given: Any, **how: Any) -> None:
            began = time.perf_counter()
            try:
                await super().executemany(query, *given, **how)
            finally:
                _tell(query, began)

    def _tell(query: object, began: float) -> None:
        took = (time.perf_counter() - began) * 1000
        if took >= slow_ms:
            words = " ".join((query.decode() if isinstance(query, bytes) else str(query)).split())
            log.warning("a statement took %.0f ms: %s", took, words[:LONGEST])

    return Telling
