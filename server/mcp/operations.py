"""The operations that other programs' models may use, and carrying them out as anybody would who uses the API."""

import json
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphql import OperationDefinitionNode, OperationType, parse

from domain.errors import DomainError
from domain.messages import storable_json
from orchestration.mcp.serving import Given, Offer, Progress
from server.graphql.admission import Admission, Ask
from server.graphql.schema import MaskedSchema
from server.graphql.streams import Refused, payloads
from server.mcp.schemas import schema_of_variables, takes_input

FOLDER = Path(__file__).parent / "documents"
FOLLOWED = "runEvents"
LAST = {"RunFinished", "ApprovalRequested"}


@dataclass(frozen=True, slots=True)
class Operation:
    """A document of the folder. Where it has a second operation, that is a subscription to the run that the first one
    starts, and its last event is the result."""

    offer: Offer
    text: str
    first: str
    follow: str | None
    flat: bool


def load(schema: MaskedSchema) -> list[Operation]:
    """All documents of the folder, by name."""
    return [_operation(schema, path) for path in sorted(FOLDER.glob("*.graphql"))]


def _operation(schema: MaskedSchema, path: Path) -> Operation:
    text = path.read_text()
    document = parse(text)
    first, *rest = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    said = " ".join(line.lstrip("# ").strip() for line in re.findall(r"^#.*$", text, re.MULTILINE))
    offer = Offer(
        name=path.stem,
        description=said,
        input_schema=schema_of_variables(schema._schema, first),  # noqa: SLF001 - Strawberry shows it nowhere else
        read_only=first.operation is OperationType.QUERY,
    )
    return Operation(offer, text, _name(first), _name(rest[0]) if rest else None, takes_input(first))


def _name(node: OperationDefinitionNode) -> str:
    assert node.name is not None, "operations of tools have names"  # noqa: S101 - these are our own documents
    return node.name.value


class Operations:
    """Carries calls out with the rights of who asks, a context of the API, and within their limits."""

    def __init__(self, schema: MaskedSchema, admission: Admission) -> None:
        self._schema, self._admission = schema, admission
        self._known = {operation.offer.name: operation for operation in load(schema)}

    @property
    def offers(self) -> list[Offer]:
        return [operation.offer for operation in self._known.values()]

    async def run(self, name: str, arguments: dict[str, Any], context: Any, progress: Progress) -> Given:
        operation = self._known[name]
        variables = {"input": arguments} if operation.flat else arguments
        try:
            async with aclosing(self._results(operation, operation.first, variables, context)) as results:
                data = await anext(results)
            if operation.follow is None:
                return Given(data)
            [started] = data.values()
            return Given(await self._follow(operation, started["run"]["id"], context, progress))
        except Refused as refused:
            return Given(error="; ".join(error.message for error in refused.errors))
        except DomainError as refused_before:
            return Given(error=refused_before.message)
        except Wrong as wrong:
            return Given(error=str(wrong))

    async def _follow(self, operation: Operation, run_id: str, context: Any, progress: Progress) -> Any:
        """The event with which the run ends, or from which on it waits for somebody."""
        seen, event = 0, {}
        results = self._results(operation, operation.follow or "", {"runId": run_id}, context)
        async with aclosing(results) as events:
            async for data in events:
                seen, event = seen + 1, data[FOLLOWED]
                await progress(seen, event["__typename"])
                if event["__typename"] in LAST:
                    break
        return event

    async def _results(
        self, operation: Operation, name: str, variables: dict[str, Any], context: Any
    ) -> AsyncGenerator[Any, None]:
        ask, own = Ask(operation.text, storable_json(variables), name), context.fresh()
        await self._admission.admit(own.connection, own, ask)
        async with aclosing(payloads(self._schema, ask, own, self._admission)) as answers:
            async for answer in answers:
                result = json.loads(answer)
                if errors := result.get("errors"):
                    raise Wrong("; ".join(f"{error['message']} ({error['extensions']['code']})" for error in errors))
                yield result["data"]


class Wrong(Exception):
    """The operation was executed, and has failed."""
