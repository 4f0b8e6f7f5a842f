"""Who sets budgets, who sees them, and what they may say."""

from typing import Any

import pytest

from domain.ids import Kind, global_id, new_id
from tests.graphql.budgets import LIST, SET, me, program, put, run_of
from tests.people import Person

__all__ = ["program"]


async def test_removing_a_budget_lifts_it(ada: Person, bob: Person) -> None:
    user = await me(bob)
    first = await put(ada, userId=user, maxTokens=0)
    second = await put(ada, userId=user, maxTokens=5)
    assert first is not None
    assert second is not None
    assert (first["id"], second["maxTokens"]) == (second["id"], 5)

    assert await put(ada, userId=user) is None

    assert (await run_of(bob, "hello"))["status"] == "COMPLETED"
    assert (await bob.gql(LIST))["budgets"]["totalCount"] == 0


async def test_budgets_are_set_by_administrators_and_seen_by_whom_they_bind(
    ada: Person, bob: Person, program: tuple[str, Person]
) -> None:
    key, _ = program
    ours = await put(ada, userId=await me(ada), period="MONTH", maxTokens=10)
    theirs = await put(ada, userId=await me(bob), maxTokens=10)
    assert ours is not None
    assert theirs is not None
    node = "query ($id: ID!) { node(id: $id) { id } }"

    assert (await bob.gql_error(SET, input={"userId": await me(bob), "period": "DAY"}))["extensions"][
        "code"
    ] == "FORBIDDEN"
    assert [edge["node"]["id"] for edge in (await bob.gql(LIST))["budgets"]["edges"]] == [theirs["id"]]
    assert (await bob.gql(LIST, userId=await me(ada)))["budgets"]["edges"] == []
    assert (await bob.gql(node, id=ours["id"]))["node"] is None
    assert (await bob.gql(node, id=theirs["id"]))["node"] == {"id": theirs["id"]}
    page = (await ada.gql(LIST, first=1))["budgets"]
    rest = (await ada.gql(LIST, first=1, after=page["pageInfo"]["endCursor"]))["budgets"]
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (2, True, False)
    not_theirs = {"userId": await me(ada), "apiKeyId": key, "period": "DAY", "maxTokens": 1}
    nobody = {"userId": global_id(Kind.USER, new_id()), "period": "DAY", "maxTokens": 1}
    for wrong in (not_theirs, nobody):
        assert (await ada.gql_error(SET, input=wrong))["extensions"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize(
    ("limits", "path"), [({"maxTokens": -1}, "input.maxTokens"), ({"maxUsd": "-1"}, "input.maxUsd")]
)
async def test_a_budget_is_not_negative(ada: Person, limits: dict[str, Any], path: str) -> None:
    error = await ada.gql_error(SET, input={"userId": await me(ada), "period": "DAY", **limits})

    assert error["extensions"]["fields"].keys() == {path}


async def test_the_list_costs_the_same_statements_however_long_it_is(
    ada: Person, bob: Person, statements: list[str]
) -> None:
    counts = []
    for period in ("DAY", "MONTH"):
        await put(ada, userId=await me(bob), period=period, maxTokens=10)
        statements.clear()
        await bob.gql(LIST)
        counts.append(len(statements))

    assert counts[0] == counts[1]
