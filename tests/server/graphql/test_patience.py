"""How long operations may take, how many subscriptions a person may have open, and whose documents are not read."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from typing import cast

import pytest
import strawberry
from starlette.requests import HTTPConnection

from domain.errors import RateLimited
from domain.rates import Allowance
from schema.context import Identity
from server.graphql.admission import Admission, Ask
from server.graphql.endpoint import GraphQLEndpoint
from server.graphql.limits import Limits
from server.graphql.schema import MaskedSchema, build_schema
from server.graphql.streams import Refused, payloads
from tests.server.graphql.asgi import post
from tests.server.graphql.conftest import toy_schema
from tests.server.graphql.toys import Clock, ToyContext, identity, opaque, toy_context


async def _forever() -> str:
    await asyncio.Event().wait()
    return "never"


@strawberry.type
class Slow:
    @strawberry.field
    async def forever(self) -> str:
        return await _forever()


@strawberry.type
class Query(Slow):
    @strawberry.field
    async def late(self) -> str | None:
        raise TimeoutError("another one's")


@strawberry.type
class Mutation(Slow):
    pass


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def slow(self) -> AsyncGenerator[Slow, None]:
        yield Slow()


def impatient() -> MaskedSchema:
    limits = Limits(query_seconds=0.05, mutation_seconds=0.1, event_seconds=0.05)
    return build_schema(Query, Mutation, Subscription, mask=opaque, limits=limits)


@pytest.mark.parametrize(
    ("query", "words"),
    [("{ forever }", "longer than 0.05 seconds"), ("mutation { forever }", "longer than 0.1 seconds")],
)
async def test_what_takes_too_long_is_stopped(query: str, words: str) -> None:
    app = GraphQLEndpoint(impatient(), context_of=partial(toy_context, Clock()))

    for accept in ("application/json", "text/event-stream"):
        body = b"".join(await post(app, query, accept)).decode()
        assert '"TIMED_OUT"' in body
        assert words in body


async def test_a_timeout_inside_a_field_is_not_ours() -> None:
    app = GraphQLEndpoint(impatient(), context_of=partial(toy_context, Clock()))

    answer = json.loads((await post(app, "{ late }"))[0])

    assert answer["data"] == {"late": None}
    assert answer["errors"][0]["extensions"]["code"] == "INTERNAL"


async def test_an_event_that_takes_too_long_ends_its_stream() -> None:
    schema = impatient()
    ask = Ask("subscription { slow { forever } }", None, None)

    with pytest.raises(Refused) as refused:
        async for _ in payloads(schema, ask, ToyContext(Clock(), None), Admission(schema)):
            pass

    assert (refused.value.errors[0].extensions or {})["code"] == "TIMED_OUT"


async def test_a_person_has_so_many_subscriptions_and_no_more() -> None:
    schema = toy_schema()
    admission, ask = Admission(schema, streams=2), Ask("subscription { endless }", None, None)
    ada, bob = (ToyContext(Clock(), identity()) for _ in range(2))
    first, second = payloads(schema, ask, ada, admission), payloads(schema, ask, ada, admission)
    await anext(first)
    await anext(second)

    with pytest.raises(Refused) as refused:
        await anext(payloads(schema, ask, ada, admission))
    async with aclosing(payloads(schema, ask, bob, admission)) as others:
        await anext(others)
    await first.aclose()
    async with aclosing(payloads(schema, ask, ada, admission)) as again:
        await anext(again)
    await second.aclose()

    [error] = refused.value.errors
    assert (error.extensions or {})["code"] == "RATE_LIMITED"
    assert "2 subscriptions" in error.message
    assert not admission._streams


async def test_what_is_new_is_read_only_for_whoever_has_a_point_left() -> None:
    schema, left, nowhere = toy_schema(), [2], cast("HTTPConnection", None)
    context, many = ToyContext(Clock(), None), "{ nodes { id } }"

    async def charge(connection: HTTPConnection, identity: Identity | None, points: int) -> Allowance:
        if points > left[0]:
            raise RateLimited("Wait.", retry_after_ms=1)
        left[0] -= points
        return Allowance(points)

    admission = Admission(schema, charge=charge)
    for remaining in (1, 0):  # new, and known
        await admission.admit(nowhere, context, Ask(many, None, None))
        assert context.allowance == Allowance(1)
        assert left == [remaining]

    with pytest.raises(RateLimited):
        await admission.admit(nowhere, context, Ask("{ now }", None, None))
    assert schema.documents.has(many)
    assert not schema.documents.has("{ now }")
