"""What a tool is, and the boundary at which one may fail."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ValidationError

log = logging.getLogger(__name__)

LONGEST_OUTPUT = 32_768
"""Characters of a result that a model gets to see."""


@dataclass(frozen=True, slots=True)
class Call:
    """On whose behalf a tool runs. `idempotency_key` is the same when the call is made again after a crash."""

    user_id: UUID
    chat_id: UUID
    run_id: UUID
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class Result:
    """What the model is told; `error` says, instead, what went wrong."""

    output: str = ""
    error: str | None = None

    @property
    def words(self) -> str:
        return self.output if self.error is None else f"Error: {self.error}"


class ToolFailure(Exception):
    """A tool could not do its work; the message is for the model, which may try something else."""


@dataclass(frozen=True, slots=True)
class Tool:
    """`arguments` is the pydantic model of its input. A tool that is not `idempotent` is never run a second time
    without being asked for when a crash has left its outcome unknown. `timeout` is in seconds."""

    name: str
    description: str
    arguments: type[BaseModel]
    run: Callable[[Any, Call], Awaitable[object]]
    idempotent: bool = True
    asks: bool = False
    timeout: float = 30.0

    @property
    def schema(self) -> dict[str, Any]:
        return self.arguments.model_json_schema()

    async def call(self, raw: str, call: Call) -> Result:
        """Run it on arguments as a model wrote them; whatever goes wrong becomes words for the model."""
        try:
            arguments = self.arguments.model_validate_json(raw or "{}")
        except ValidationError as error:
            wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'arguments'}: {e['msg']}" for e in error.errors())
            return Result(error=f"The arguments do not fit: {wrong}.")
        try:
            async with asyncio.timeout(self.timeout):
                return Result(_words(await self.run(arguments, call)))
        except ToolFailure as error:
            return Result(error=str(error))
        except TimeoutError:
            return Result(error=f"{self.name} took longer than {self.timeout:g} seconds.")
        except Exception:  # the tool boundary is one of the edges: a broken tool must not break its run
            log.exception("the tool %s failed unexpectedly", self.name)
            return Result(error=f"{self.name} failed unexpectedly.")


def _words(output: object) -> str:
    words = output if isinstance(output, str) else json.dumps(output, ensure_ascii=False, default=str)
    if len(words) <= LONGEST_OUTPUT:
        return words
    return f"{words[:LONGEST_OUTPUT]}\n… ({len(words) - LONGEST_OUTPUT:,} more characters were cut off)"
