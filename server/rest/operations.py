"""Executing the operations behind the addresses: on the schema that GraphQL clients use, with its checks and limits."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import orjson

from domain.completions import Json
from domain.messages import storable_json
from resolvers.context import Context
from server.event_streams import HEARTBEAT, EventStream, Failing, Words
from server.graphql.admission import Admission, Ask
from server.graphql.connections import Connections
from server.graphql.schema import MaskedSchema
from server.graphql.streams import Refused, payloads
from server.programs import ContextOf
from server.rest.problems import Told, problem_object, response_of, told_in

COMPLETE = b"event: complete\ndata:\n\n"
REVOKED = Told({"message": "This API key has ended.", "extensions": {"code": "UNAUTHENTICATED"}})


@dataclass(frozen=True, slots=True)
class RestDoors:
    """What all addresses need of the server."""

    schema: MaskedSchema
    admission: Admission
    context_of: ContextOf
    connections: Connections
    heartbeat: float = HEARTBEAT


@dataclass(frozen=True, slots=True)
class Caller:
    """Acts for the program that asks."""

    doors: RestDoors
    context: Context

    async def ask(self, document: str, **variables: Any) -> Any:
        """What the operation's one field gives; Told when it gives an error."""
        ask, own = _asked(document, variables), self.context.fresh()
        await self.doors.admission.admit(own.connection, own, ask)
        result = await self.doors.schema.execute(document, variable_values=ask.variables, context_value=own)
        if result.errors or result.data is None:
            raise told_in([error.formatted for error in result.errors or ()])
        return result.data["found"]

    def watch(self, document: str, **variables: Any) -> EventStream:
        """The events of a subscription, each with its sequence as the id from which a client resumes."""
        return EventStream(
            self._frames(document, variables),
            Words(COMPLETE, _failed(REVOKED)),
            identity=self.context.identity,
            connections=self.doors.connections,
            failing=Failing(response_of, _failed),
            heartbeat=self.doors.heartbeat,
        )

    async def _frames(self, document: str, variables: Json) -> AsyncGenerator[bytes, None]:
        ask, own = _asked(document, variables), self.context.fresh()
        await self.doors.admission.admit(own.connection, own, ask)
        source = payloads(self.doors.schema, ask, own, self.doors.admission)
        try:
            async with aclosing(source):
                async for payload in source:
                    result = orjson.loads(payload)
                    if result.get("errors"):
                        raise told_in(result["errors"])
                    yield _frame(result["data"]["found"])
        except Refused as refused:
            raise told_in([error.formatted for error in refused.errors]) from None


def _asked(document: str, variables: Json) -> Ask:
    return Ask(document, storable_json(variables), None)


def _frame(event: Json) -> bytes:
    head = f"id: {event['sequence']}\nevent: {event['type']}\ndata: ".encode()
    return head + orjson.dumps(event) + b"\n\n"


def _failed(error: Exception) -> bytes:
    return b"event: error\ndata: " + orjson.dumps(problem_object(error)) + b"\n\n"
