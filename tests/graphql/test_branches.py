"""The branches of a chat: the shape of its tree, in one statement."""

from typing import Any

from tests.people import SEND, Person

BRANCHES = """query ($id: ID!) { chat(id: $id) { headId messageCount branches {
    id parentId parentBranchId depth length role preview tipId tipPreview } } }"""
REGENERATE = "mutation ($input: RegenerateInput!) { regenerate(input: $input) { reply { id } run { id } } }"
LIST = "{ chats { edges { node { id branches { id } } } } }"


async def branches_of(person: Person, chat_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await person.gql(BRANCHES, id=chat_id))["chat"]["branches"]
    return found


async def test_each_turn_of_the_tree_is_a_branch(ada: Person, statements: list[str]) -> None:
    first, _ = await ada.ask("one")
    chat_id = first["chat"]["id"]
    second, _ = await ada.ask("two", chatId=chat_id)
    again = (await ada.gql(REGENERATE, input={"messageId": second["reply"]["id"]}))["regenerate"]
    await ada.events(again["run"]["id"])
    edited, _ = await ada.ask("uno", chatId=chat_id, siblingOf=first["message"]["id"])
    statements.clear()

    trunk, edit, answer = await branches_of(ada, chat_id)

    assert sum("CROSS JOIN LATERAL" in said for said in statements) == 1
    assert (trunk["id"], trunk["parentId"], trunk["length"]) == (first["message"]["id"], None, 4)
    assert (trunk["tipId"], trunk["preview"]) == (second["reply"]["id"], "one")
    assert (edit["id"], edit["parentId"], edit["depth"], edit["length"]) == (edited["message"]["id"], None, 0, 2)
    assert (edit["preview"], edit["role"]) == ("uno", "USER")
    assert (answer["id"], answer["tipId"]) == (again["reply"]["id"], again["reply"]["id"])
    assert (answer["parentId"], answer["parentBranchId"]) == (second["message"]["id"], trunk["id"])
    assert (answer["depth"], answer["length"], answer["role"]) == (3, 1, "ASSISTANT")


async def test_branches_of_many_chats_are_one_statement(ada: Person, statements: list[str]) -> None:
    for word in ("one", "two", "three"):
        await ada.gql(SEND, input={"content": word})
    statements.clear()
    listed = (await ada.gql(LIST))["chats"]["edges"]
    assert [len(edge["node"]["branches"]) for edge in listed] == [1, 1, 1]
    assert sum("CROSS JOIN LATERAL" in said for said in statements) == 1
