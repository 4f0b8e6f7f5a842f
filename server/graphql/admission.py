"""Whether an operation may begin: what it is charged, and how many streams its viewer has open."""

import contextlib
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal, NamedTuple
from uuid import UUID

from graphql import DocumentNode, FieldNode
from starlette.requests import HTTPConnection

from domain.errors import BadUserInput, Forbidden, RateLimited, Unauthenticated
from domain.rates import Allowance
from schema.context import FieldContext, Identity
from server.graphql.schema import MaskedSchema

Charge = Callable[[HTTPConnection, Identity | None, int], Awaitable[Allowance]]
LEAST = 1
"""Points that every operation costs."""
STREAMS_PER_VIEWER = 1_000
RETRY_STREAM_MS = 5_000
MOST_VALUES = 10_000
NESTING = (dict, list)
INTROSPECTS = re.compile(r"\b__(schema|type)\b")
Introspection = Literal["everyone", "signed-in", "nobody"]
REPORT = "cost"
"""The extension of a request that asks for the cost in the extensions of its answer."""


class Ask(NamedTuple):
    """The operation that a client asks for."""

    query: str
    variables: dict[str, Any] | None
    operation_name: str | None
    extensions: Mapping[str, Any] | None = None

    @property
    def wants_cost(self) -> bool:
        return bool(self.extensions) and (self.extensions or {}).get(REPORT) is True


async def free(connection: HTTPConnection, identity: Identity | None, points: int) -> Allowance:
    """Charges nothing."""
    return Allowance(points)


class Admission:
    """`charge` raises RateLimited when the client has to wait. Streams are counted in this process. `introspection`
    says who may read the schema."""

    def __init__(
        self,
        schema: MaskedSchema,
        *,
        charge: Charge = free,
        streams: int = STREAMS_PER_VIEWER,
        introspection: Introspection = "everyone",
    ) -> None:
        self._schema, self._charge, self._most = schema, charge, streams
        self._introspection = introspection
        self._streams: Counter[UUID] = Counter()

    async def admit(self, connection: HTTPConnection, context: FieldContext, ask: Ask) -> None:
        """Charge the operation, and note in its context what is left. What cannot be executed costs one point, and so
        does reading a document that has not been seen before: who has none left is not read.
        BadUserInput for more variables than are looked at, Unauthenticated or Forbidden for a look at the schema by
        somebody who may not."""
        check_variables(ask.variables)
        paid = 0 if self._schema.documents.has(ask.query) else LEAST
        if paid:
            await self._charge(connection, context.identity, paid)
        self._check_introspection(context.identity, ask)
        points = self._points(ask)
        context.allowance = replace(await self._charge(connection, context.identity, points - paid), cost=points)

    def _check_introspection(self, identity: Identity | None, ask: Ask) -> None:
        if self._introspection == "everyone" or not INTROSPECTS.search(ask.query):
            return
        document = self._schema.known(ask.query).document
        if document is None or not reads_schema(document):
            return
        if self._introspection == "nobody":
            raise Forbidden("This server does not show its schema. It is published with the source code.")
        if identity is None:
            raise Unauthenticated("Sign in to read the schema. It is published with the source code too.")

    def _points(self, ask: Ask) -> int:
        price = self._schema.known(ask.query).price(ask.operation_name)
        return price.points(ask.variables) if price else LEAST

    @contextlib.contextmanager
    def stream(self, identity: Identity | None) -> Iterator[None]:
        """While a subscription of this viewer is open; RateLimited when they have too many."""
        if identity is None:
            yield
            return
        if self._streams[identity.user_id] >= self._most:
            words = f"You have {self._most:,} subscriptions open, which is as many as you may. Leave one of them first."
            raise RateLimited(words, retry_after_ms=RETRY_STREAM_MS)
        self._streams[identity.user_id] += 1
        try:
            yield
        finally:
            self._streams[identity.user_id] -= 1
            if not self._streams[identity.user_id]:
                del self._streams[identity.user_id]


def check_variables(variables: dict[str, Any] | None) -> None:
    """BadUserInput when there are more than MOST_VALUES in them, however they are nested: what graphql-core says of
    each wrong one takes as long as there are others."""
    count, waiting = 0, [variables or {}]
    while waiting:
        found: Any = waiting.pop()
        count += len(found)
        if count > MOST_VALUES:
            raise BadUserInput({"variables": f"hold more than {MOST_VALUES:,} values"})
        waiting.extend(one for one in (found.values() if isinstance(found, dict) else found) if type(one) in NESTING)


def reads_schema(document: DocumentNode) -> bool:
    """Whether a document asks for more of the schema than whether there is a type of some name, which errors tell
    anyway."""
    waiting: list[Any] = list(document.definitions)
    while waiting:
        node = waiting.pop()
        found = node.selection_set.selections if getattr(node, "selection_set", None) else ()
        if isinstance(node, FieldNode) and node.name.value == "__schema":
            return True
        if isinstance(node, FieldNode) and node.name.value == "__type":
            if not all(isinstance(one, FieldNode) and one.selection_set is None for one in found):
                return True
            continue
        waiting.extend(found)
    return False


def reported(allowance: Allowance | None) -> dict[str, Any]:
    """The extensions of an answer that tell what it cost."""
    if allowance is None:
        return {}
    told = {
        "cost": allowance.cost,
        "limit": allowance.limit,
        "remaining": allowance.remaining,
        "resetAt": allowance.reset_at,
    }
    return {"extensions": {REPORT: told}}
