"""Searching one's own messages: what is found, in which order, and what never happens."""

import random
from typing import Any

import pytest

from domain.ids import new_id
from domain.searching import snippet, wanted
from persistence import search
from persistence.database import Database
from persistence.search import Asked
from tests.archives import about_chats, chat, imported
from tests.graphql.threads import busy
from tests.people import Person
from tests.upstream import Upstream

SEARCH = """query ($query: String!, $first: Int, $after: String) {
  search(query: $query, first: $first, after: $after) {
    edges { cursor node { message { id content role } chat { id title } snippet } }
    pageInfo { hasNextPage hasPreviousPage endCursor } totalCount } }"""
CHANGE = "mutation ($input: UpdateQueuedMessageInput!) { updateQueuedMessage(input: $input) { message { id } } }"
HITS = "query ($query: String!) { search(query: $query) { edges { node { message { content } } } } }"


async def found(person: Person, query: str) -> list[str]:
    page = (await person.gql(HITS, query=query))["search"]
    return [edge["node"]["message"]["content"] for edge in page["edges"]]


async def test_a_question_and_its_answer_are_found_as_soon_as_they_are_there(ada: Person, upstream: Upstream) -> None:
    upstream.reply("The capital is Reykjavik.")
    sent, _ = await ada.ask("Where do puffins live?")

    [hit] = (await ada.gql(SEARCH, query="reykjavik"))["search"]["edges"]

    assert hit["node"]["message"]["content"] == "The capital is Reykjavik."
    assert hit["node"]["chat"]["id"] == sent["chat"]["id"]
    assert hit["node"]["snippet"] == "The capital is **Reykjavik**."
    assert await found(ada, "puffins") == ["Where do puffins live?"]


FOUND = [
        ("apple", ["Apple tart", "apple pie with cream"]),
        ("pie apple", ["apple pie with cream"]),
        ("app", ["Apple tart", "apple pie with cream"]),
        ("app pie", ["apple pie with cream"]),
        ('"pie apple"', []),
        ('"apple pie"', ["apple pie with cream"]),
        ("apple -pie", ["Apple tart"]),
        ("tart or cream", ["Apple tart", "apple pie with cream"]),
        ("ppl", ["Apple tart", "apple pie with cream"]),
        ("5%", ["100%_5%"]),
        ("0%_5", ["100%_5%"]),
        ("ÄPFEL", ["Grüne Äpfel"]),
        ("京都", ["東京都に住む"]),
        ("都京", []),
        ("pear", []),
]  # fmt: skip
UNUSUAL = [
    "", " ", "'", '"', "\\", "&", "a & | !", "!!!", "foo:*", "a <-> b", "(", "'; DROP TABLE chats --", "\x00", "-",
    "or", "or or", "a or", "*", ":", "<5>", "a\\'b", "%", "_", "\ud83d",
]  # fmt: skip


async def test_words_beginnings_and_parts_of_words_are_found(ada: Person) -> None:
    texts = ("apple pie with cream", "Apple tart", "100%_5%", "Grüne Äpfel", "東京都に住む")
    await imported(ada, chat("food", *texts))

    assert [(query, await found(ada, query)) for query, _ in FOUND] == FOUND


async def test_no_query_is_a_syntax_error(ada: Person) -> None:
    await imported(ada, chat("one", "some text"))

    for query in UNUSUAL:
        assert isinstance((await ada.gql(SEARCH, query=query))["search"]["edges"], list)


async def test_no_random_query_is_a_syntax_error(db: Database) -> None:
    dice = random.Random(7)
    nobody = Asked(new_id(), wanted(""))
    async with db.read() as session:
        for _ in range(300):
            query = "".join(dice.choices("ab '\"\\&|!():*<->@.%_-é京", k=dice.randint(1, 12)))
            assert await search.page(session, nobody._replace(wanted=wanted(query)), limit=5, after=None) == []


async def test_what_others_wrote_is_never_found(ada: Person, bob: Person) -> None:
    await imported(ada, chat("hers", "a secret word"))

    answer = (await bob.gql(SEARCH, query="secret"))["search"]

    assert answer["edges"] == []
    assert answer["totalCount"] == 0


async def test_pages_are_in_order_whole_and_stable_while_messages_come(ada: Person) -> None:
    await imported(ada, chat("many", *(f"needle {n}" for n in range(25))))
    seen: list[str] = []
    after, more = None, True
    while more:
        page = (await ada.gql(SEARCH, query="needle", first=10, after=after))["search"]
        assert page["pageInfo"]["hasPreviousPage"] == (after is not None)
        seen += [edge["node"]["message"]["content"] for edge in page["edges"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
        await ada.ask(f"needle that came after {len(seen)}")

    assert seen == [f"needle {n}" for n in reversed(range(25))]


async def test_what_lies_behind_the_nearest_messages_is_found_by_the_index(ada: Person) -> None:
    texts = ["a needle", "needles too", "the first straw", *(f"straw {n}" for n in range(search.NEARBY))]
    await imported(ada, chat("haystack", *texts))

    page = (await ada.gql(SEARCH, query="needle"))["search"]

    assert [edge["node"]["message"]["content"] for edge in page["edges"]] == ["needles too", "a needle"]
    assert page["totalCount"] == 2
    assert await found(ada, "first straw") == ["the first straw"]
    straws = (await ada.gql(SEARCH, query="straw"))["search"]
    assert straws["totalCount"] == search.MOST_COUNTED == 1000


async def test_a_search_costs_the_same_for_fifty_hits_as_for_one(ada: Person, statements: list[str]) -> None:
    counts = []
    for number in (1, 49):
        for one in range(number):
            await imported(ada, chat(f"chat {number} {one}", f"needle {number} {one}"))
        statements.clear()
        assert (await ada.gql(SEARCH, query="needle"))["search"]["edges"]
        counts.append(about_chats(statements))

    assert counts[0] == counts[1]


async def test_a_changed_message_is_found_as_it_is_now_and_a_deleted_one_not_at_all(
    ada: Person, upstream: Upstream
) -> None:
    chat_id, [_, queued] = await busy(ada, upstream, "about walruses")
    await ada.gql(CHANGE, input={"messageId": queued["message"]["id"], "content": "about seals"})
    assert (await found(ada, "walruses"), await found(ada, "seals")) == ([], ["about seals"])

    await ada.gql("mutation ($id: ID!) { deleteChat(id: $id) { id } }", id=chat_id)

    assert await found(ada, "seals") == []


async def test_texts_that_are_hard_to_index_are_stored_all_the_same(ada: Person) -> None:
    """PostgreSQL refuses a tsvector above 1 MB: no text that a message can have may come near it."""
    dice = random.Random(1)
    letters = [chr(code) for code in range(0x10330, 0x1034B)]
    wide = " ".join(
        "".join(dice.choices(letters, k=3)) + "-" + "".join(dice.choices(letters, k=3)) for _ in range(25000)
    )
    paths = " ".join(f"a{n:x}.com/{n:x}" for n in range(12000))
    long_word = "x" * 199_000

    for number, text in enumerate((wide, paths, long_word)):
        assert (await imported(ada, chat(f"hard {number}", text)))["imported"] == 1

    assert len(await found(ada, "a7.com")) == 1


@pytest.mark.parametrize(
    ("variables", "field"),
    [
        ({"query": "x" * 501}, "query"),
        ({"query": "x", "first": 201}, "first"),
        ({"query": "x", "after": "??"}, "after"),
    ],
)
async def test_unusable_searches_are_refused(ada: Person, variables: dict[str, Any], field: str) -> None:
    error = await ada.gql_error(SEARCH, **variables)

    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert field in error["extensions"]["fields"]


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("one **two** three", "two", "one **two** three"),
        ("a\n\n  b\tc", "b", "a **b** c"),
        ("theatre in the end", "the", "**the**atre in **the** end"),
        ("breathe", "the", "brea**the**"),
        ("nothing here", "-here", "nothing here"),
        ("<b>bold</b> & (more)", "bold)", "<b>**bold**</b> & (more)"),
        ("x" * 500, "y", "x" * 200 + "…"),
    ],
)
def test_a_snippet_is_plain_text_with_marks(text: str, query: str, expected: str) -> None:
    assert snippet(text, wanted(query).marks) == expected


def test_a_snippet_is_cut_around_the_first_match() -> None:
    shown = snippet("before " * 50 + "needle " + "after " * 50, wanted("needle").marks)

    assert shown.startswith("…before ")
    assert shown.endswith("…")
    assert "**needle** after" in shown
    assert len(shown) <= 200 + 4 + 2
