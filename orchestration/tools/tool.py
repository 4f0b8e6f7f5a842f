"""What a tool is, and the boundary at which one may fail."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from pydantic import BaseModel, TypeAdapter, ValidationError

from domain.calls import ToolCall
from domain.ids import new_id
from domain.questions import Answer, AnswerAction, Question
from domain.runs import ToolCallStatus
from domain.tools import BUILTIN, ToolErrorCode, ToolFacts, tool_path

log = logging.getLogger(__name__)

OBJECT = TypeAdapter(dict[str, Any])

LONGEST_OUTPUT = 32_768
"""Characters of a result that a model gets to see."""
ERROR = "Error: "
"""How what a model is told begins when a call has failed."""
SHIPPED = UUID("5b1f6f0e-7f0c-5b43-9d4e-3a1c1f0a8d51")
"""Names the tools that come with the product, as a server's key names its own (RFC 9562, section 5.5)."""


class Progress(NamedTuple):
    """How far a call is: `done` rises, up to `total` where that is known."""

    done: float
    total: float | None
    words: str


def _unheard(progress: Progress) -> None:
    """Nobody watches."""


async def _nobody(question: Question) -> Answer:
    """Nobody is there to be asked."""
    return Answer(AnswerAction.DECLINE)


Ask = Callable[[Question], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Call:
    """On whose behalf a tool runs; there is no chat and no run when a person tries it by hand. `idempotency_key` is the
    same when the call is made again after a crash. `report` lets people see how far it is; it may be called often.
    `ask` asks the person, and may take as long as they do."""

    user_id: UUID
    chat_id: UUID | None
    run_id: UUID | None
    idempotency_key: str
    report: Callable[[Progress], None] = _unheard
    ask: Ask = _nobody


@dataclass(frozen=True, slots=True)
class Result:
    """What the model is told; `error` says, instead, what went wrong, and `code` of which kind that is. `full` is all
    of it when it had to be cut."""

    output: str = ""
    error: str | None = None
    code: ToolErrorCode = ToolErrorCode.TOOL_FAILED
    full: str | None = None

    @property
    def status(self) -> ToolCallStatus:
        return ToolCallStatus.COMPLETED if self.error is None else ToolCallStatus.FAILED

    @property
    def words(self) -> str:
        return self.output if self.error is None else f"{ERROR}{self.error}"


class ToolFailure(Exception):
    """A tool could not do its work; the message is for the model, which may try something else."""


class Server(NamedTuple):
    """The MCP server that a tool comes from."""

    key: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Tool:
    """`arguments` is the pydantic model of its input, or its JSON Schema when somebody else checks it. A tool that is
    not `idempotent` is never run a second time without being asked for when a crash has left its outcome unknown.
    `timeout` is in seconds."""

    name: str
    description: str
    arguments: type[BaseModel] | Mapping[str, Any]
    run: Callable[[Any, Call], Awaitable[object]]
    idempotent: bool = True
    asks: bool = False
    timeout: float = 30.0
    server: Server | None = None

    @property
    def key(self) -> UUID:
        """What stays the same about it: where it comes from, and its name there."""
        return uuid5(SHIPPED if self.server is None else self.server.key, self.name)

    @property
    def source(self) -> str:
        return BUILTIN if self.server is None else self.server.name

    @property
    def path(self) -> str:
        """What the patterns of rules are compared with."""
        return tool_path(self.source, self.name)

    @property
    def facts(self) -> ToolFacts:
        return ToolFacts(self.key, self.name, self.description, self.schema, self.source, self.asks)

    @property
    def schema(self) -> dict[str, Any]:
        return dict(self.arguments) if isinstance(self.arguments, Mapping) else self.arguments.model_json_schema()

    async def call(self, raw: str, call: Call) -> Result:
        """Run it on arguments as a model wrote them; whatever goes wrong becomes words for the model."""
        try:
            arguments = self._read(raw or "{}")
        except ValidationError as error:
            wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'arguments'}: {e['msg']}" for e in error.errors())
            return Result(error=f"The arguments do not fit: {wrong}.", code=ToolErrorCode.INVALID_ARGUMENTS)
        try:
            async with asyncio.timeout(self.timeout):
                output, full = _cut(_words(await self.run(arguments, call)))
                return Result(output, full=full)
        except ToolFailure as error:
            wrong, full = _cut(str(error))
            return Result(error=wrong, full=full)
        except TimeoutError:
            message = f"{self.name} took longer than {self.timeout:g} seconds."
            return Result(error=message, code=ToolErrorCode.TIMED_OUT)
        except Exception:  # the tool boundary is one of the edges: a broken tool must not break its run
            log.exception("the tool %s failed unexpectedly", self.name)
            return Result(error=f"{self.name} failed unexpectedly.", code=ToolErrorCode.INTERNAL)

    def _read(self, raw: str) -> Any:
        if isinstance(self.arguments, Mapping):
            return OBJECT.validate_json(raw)
        return self.arguments.model_validate_json(raw)


def line_of(tool: Tool, result: Result, began_at: datetime, duration_ms: float) -> ToolCall:
    """A call that has ended, for the ledger."""
    server = None if tool.server is None else tool.server.name
    return ToolCall(new_id(), tool.key, tool.name, server, result.status, began_at, duration_ms)


def _words(output: object) -> str:
    return output if isinstance(output, str) else json.dumps(output, ensure_ascii=False, default=str)


def _cut(words: str) -> tuple[str, str | None]:
    """What of a result is shown, and all of it when that is not the same."""
    if len(words) <= LONGEST_OUTPUT:
        return words, None
    return f"{words[:LONGEST_OUTPUT]}\n… ({len(words) - LONGEST_OUTPUT:,} more characters were cut off)", words
