"""Tabs that rest: what many sockets of one session cost that only listen."""

from contextlib import AsyncExitStack

from tests.people import Person

TABS = 20
BEATS = 5
"""Pings that a tab of the web client sends in a minute."""
CHANGES = "subscription { changes { __typename } }"
CREATE = "mutation ($input: CreateChatInput!) { createChat(input: $input) { chat { id } } }"


async def test_many_tabs_that_listen_cost_no_statement(ada: Person, statements: list[str]) -> None:
    async with AsyncExitStack() as opened:
        tabs = [(await opened.enter_async_context(ada.socket())).ws for _ in range(TABS)]
        for tab in tabs:
            await tab.send_json({"id": "1", "type": "subscribe", "payload": {"query": CHANGES}})
            # The answer to a ping comes after that to the subscription has begun.
            await tab.send_json({"type": "ping"})
            assert (await tab.receive_json())["type"] == "pong"
        await ada.gql(CREATE, input={"title": "Heard of everywhere"})
        for tab in tabs:
            assert (await tab.receive_json())["payload"]["data"]["changes"] == {"__typename": "ChatChanged"}
        statements.clear()

        for tab in tabs * BEATS:
            await tab.send_json({"type": "ping"})
            assert await tab.receive_json() == {"type": "pong"}

        assert statements == []
