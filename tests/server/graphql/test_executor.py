"""The fast executor answers exactly as Strawberry's own: the same data in the same order, and the same errors."""

from typing import Any

import orjson
import pytest
import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from server.graphql.executor import MOST_CONDITIONS, FastExecutor
from tests.server.graphql.conftest import toy_schema
from tests.server.graphql.toy_rows import ROWS
from tests.server.graphql.toy_types import ODD
from tests.server.graphql.toys import TYPES, Clock, Mutation, Query, Subscription, ToyContext

ALL = "__typename id name count ratio colour at note tags strict"
QUERIES = [
    "{ hello }",
    "{ a: hello b: hello __typename }",
    '{ echo a: echo(text: "x") }',
    "query ($n: Int = 4) { leaves(count: $n) { id number: count } }",
    "query ($no: Boolean = false, $yes: Boolean = true) { leaves { id @skip(if: $yes) name @include(if: $no) count } }",
    "{ leaves { ...A ...A } } fragment A on Leafy { id ...B } fragment B on Node { id ... on Leafy { name } }",
    f"{{ leaves(count: 0) {{ {ALL} }} generated {{ {ALL} }} }}",
    f"{{ branch {{ id twice three: twice(times: 3) leaf {{ {ALL} }} maybe {{ id }} holes {{ id }} }} }}",
    "{ branches { leaves { id } later holes { name } } }",
    "{ branches { id later twice leaf { id name } maybe { id } } hello }",
    "{ branches(count: 4) { id shout shouts: shout(times: 3) leaves { id } } }",
    "{ branches(count: 4) { shout } again: branches { shout(times: 2) later } }",
    "{ branches { id picky shout } hello }",
    "{ branches { holes { id } shout failingHard } hello }",
    "query ($t: Int = 3, $no: Boolean = false) { branches { twice(times: $t) later @include(if: $no) leaf { name } } }",
    "{ branches { ...A ...A } } fragment A on Branch { later leaf { name } three: twice(times: 3) }",
    "{ branches { colours twice tones: colours } branch { colours } }",
    "{ page { items { place node { id colour at } } } }",
    "{ branchPage(count: 5) { items { node { id later shout twice leaves { id } leaf { name } } place } } }",
    "{ branchPage { items { node { failing picky } } } hello }",
    "{ things { __typename ... on Leafy { name colour } ... on Branch { leaf { name at } later } } }",
    "{ nodes { id __typename ... on Branch { leaves { id tags } } } }",
    "{ leaves { id } leaves { name } leaves { again: id } }",
    "{ oddities { id count } hello }",
    "{ oddities { id } }",
    "{ notNumbers { id ratio } b: notNumbers { count } }",
    "{ nulls { id name } hello }",
    "{ nulls { id } }",
    "{ broken { id name } hello }",
    "{ broken { id note } }",
    "{ brokenOnes { id name } }",
    "{ foreign { id name } hello }",
    "{ missing failing hello }",
    "{ branch { failing id leaf { id } } }",
    "{ branch { failingHard id } }",
    "{ branches { failing later failingHard } }",
    "{ branches { failing later } hello now }",
    "mutation { a: tick b: tick __typename }",
    "query ($x: Int!) { leaves(count: $x) { id } }",
    '{ __schema { queryType { name } } __type(name: "Leafy") { name fields { name type { kind ofType { name } } } } }',
]
QUERIES += [
    f"query ($n: Int = {number}) {{ shelf(number: $n) {{ {selected} }} hello }}"
    for number in range(len(ROWS))
    for selected in (
        "shown { edges { node { id name } cursor } }",
        "shown { __typename edges { __typename node { __typename colour above at } } totalCount }",
        "shown { edges { a: node { id } b: node { loud } c: cursor node { name } } pageInfo { endCursor } }",
        "shown { edges { node { id later } } }",
        "shown { edges { node { undeclared } } }",
        "shown { edges { node { name failing } } }",
        "changed { edges { node { id name at } cursor } }",
        "signs { edges { node { name } } }",
        "shown { pageInfo { hasNextPage startCursor } }",
    )
]
QUERIES += [
    "{ shelves { number shown { edges { node { id } } } } }",
    "query ($no: Boolean = false) { shelves { shown { edges { cursor @include(if: $no) node { above at } } } } }",
    "{ shelves { shown { edges { node { ...A } } } } } fragment A on Shown { ...B } fragment B on Shown { loud at }",
]
QUERIES += [f"query ($n: Int = {number}) {{ oddOnes(number: $n) {{ {ALL} }} }}" for number in range(len(ODD))]
SUBSCRIPTIONS = [
    "subscription { events(count: 6) { __typename sequence ... on Delta { text } ... on Grown { branch { id } } } }",
    f"subscription {{ events(count: 6) {{ ... on Grown {{ branch {{ leaf {{ {ALL} }} maybe {{ id }} }} }} }} }}",
    "subscription { events(count: 6) { ... on Grown { branch { twice leaves { id at } holes { name } } } } }",
    "subscription { events(count: 6) { ... on Grown { branch { later failing } } } }",
    "subscription { events(count: 6) { ... on Grown { branch { failingHard } } sequence } }",
    "subscription { ticks { sequence ... on Ticked { now } } }",
    "subscription { numbers }",
    f"subscription {{ odd {{ {ALL} }} }}",
    "subscription { odd { id count } }",
    "subscription ($no: Boolean = false) { events { sequence @include(if: $no) __typename } }",
]  # fmt: skip


def schema_with(executor: type[StrawberryGraphQLCoreExecutionContext]) -> strawberry.Schema:
    return strawberry.Schema(
        Query, Mutation, Subscription, types=TYPES, config=StrawberryConfig(disable_field_suggestions=True),
        execution_context_class=executor,
    )  # fmt: skip


STOCK, FAST = schema_with(StrawberryGraphQLCoreExecutionContext), schema_with(FastExecutor)


def seen(result: Any) -> bytes:
    """Everything about a result that a client can see; errors of one result have no order among them."""
    errors = sorted(orjson.dumps(error.formatted, option=orjson.OPT_SORT_KEYS) for error in result.errors or ())
    return b"\n".join([orjson.dumps(result.data), *errors])


async def streamed(schema: strawberry.Schema, document: str) -> list[bytes]:
    stream = await schema.subscribe(document, context_value=ToyContext(Clock(), None))
    return [seen(result) async for result in stream]


@pytest.mark.filterwarnings("ignore:coroutine 'eventually' was never awaited")
@pytest.mark.parametrize("document", QUERIES)
async def test_a_query_is_answered_as_by_the_stock_executor(document: str) -> None:
    stock, fast = [await schema.execute(document, context_value=ToyContext(Clock(), None)) for schema in (STOCK, FAST)]

    assert seen(fast) == seen(stock)


@pytest.mark.parametrize(
    "document",
    [
        "query ($t: Int, $in: Boolean = true) { branches { twice(times: $t) leaf @include(if: $in) { id name } } }",
        "query ($in: Boolean!) { branch { ...A @include(if: $in) shout } } fragment A on Branch { later }",
        "query ($t: Int!, $in: Boolean) { branchPage(count: $t) { items { node { shout @skip(if: $in) id } } } }",
    ],
)  # fmt: skip
async def test_what_was_worked_out_of_a_document_serves_other_variables(document: str) -> None:
    """A schema as it is served keeps it."""
    served = toy_schema()
    for variables in (
        {"t": 1, "in": True},
        {"t": 2, "in": False},
        {"t": 2, "in": None},
        {"in": True},
        {"t": 1, "in": True},
    ):
        stock = await STOCK.execute(document, variable_values=variables, context_value=ToyContext(Clock(), None))
        fast = await served.execute(document, variable_values=variables, context_value=ToyContext(Clock(), None))

        assert orjson.dumps(fast.data) == orjson.dumps(stock.data)
        assert [error.path for error in fast.errors or ()] == [error.path for error in stock.errors or ()]


async def test_plans_of_a_document_are_limited() -> None:
    names = [f"v{number}" for number in range(7)]
    given = ", ".join(f"${name}: Boolean!" for name in names)
    document = f"query ({given}) {{ leaves {{ id {' '.join(f'{name}: id @skip(if: ${name})' for name in names)} }} }}"
    served = toy_schema()

    for number in range(2**7):
        variables = {name: bool(number >> place & 1) for place, name in enumerate(names)}
        result = await served.execute(document, variable_values=variables, context_value=ToyContext(Clock(), None))
        assert result.data is not None
        assert list(result.data["leaves"][0]) == ["id", *(name for name in names if not variables[name])]

    assert 0 < len(served.known(document).plans) <= MOST_CONDITIONS


class Counting(FastExecutor):
    fields = 0

    def execute_field(self, *arguments: Any, **named: Any) -> Any:
        Counting.fields += 1
        return super().execute_field(*arguments, **named)


async def test_the_fields_of_a_list_are_not_executed_one_by_one() -> None:
    Counting.fields = 0
    document = "{ branchPage(count: 50) { items { node { id later shout twice leaf { name } } } } }"

    result = await schema_with(Counting).execute(document, context_value=ToyContext(Clock(), None))

    assert result.data is not None
    assert len(result.data["branchPage"]["items"]) == 50
    assert Counting.fields == 1  # what has the list


@pytest.mark.parametrize("document", [document for document in SUBSCRIPTIONS if "ticks" not in document])
async def test_a_subscription_is_answered_as_by_the_stock_executor(document: str) -> None:
    assert await streamed(FAST, document) == await streamed(STOCK, document)


async def test_each_event_is_loaded_anew() -> None:
    stale, fresh = [await streamed(schema, SUBSCRIPTIONS[5]) for schema in (STOCK, FAST)]

    assert [orjson.loads(event)["ticks"]["now"] for event in fresh] == [1, 2, 3]
    assert [orjson.loads(event)["ticks"]["now"] for event in stale] == [1, 1, 1]  # or this test shows nothing
