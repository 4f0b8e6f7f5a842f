"""Files that belong to messages, through the front door: attached, seen, forked, swept and deleted."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from orchestration.files.sweeping import sweep_once
from persistence.database import Database
from persistence.file_contents import FilePieceRow
from persistence.files import FileRow, FileTextRow, MessageFileRow
from tests.archives import imported
from tests.attachments import get, picture, upload
from tests.people import SEND, Person

PARTS = """query ($id: ID!) { chat(id: $id) { title messages { edges { node { content parts { __typename
  ... on TextPart { text } ... on FilePart { fileId name mediaType url sizeBytes } } } } } } }"""
CONTRACT = "query ($id: ID!) { chat(id: $id) { messages { edges { node { parts { ... on FilePart { url } } } } } } }"
FILES = """query ($first: Int, $after: String) { files(first: $first, after: $after) {
  edges { node { id name mediaType sizeBytes url characters attached createdAt } }
  pageInfo { hasNextPage endCursor } } }"""
NODE = "query ($id: ID!) { node(id: $id) { ... on File { name } } }"
DELETE = "mutation ($id: ID!) { deleteFile(id: $id) { id } }"
DELETE_CHAT = "mutation ($id: ID!) { deleteChat(id: $id) { id } }"
FORK = "mutation ($input: ForkChatInput!) { forkChat(input: $input) { chat { id } } }"
EXPORT = "query ($id: ID!, $format: ExportFormat!) { exportChat(id: $id, format: $format) { content } }"


async def parts(person: Person, chat_id: str, message: int = 0) -> list[dict[str, Any]]:
    page = (await person.gql(PARTS, id=chat_id))["chat"]["messages"]
    found: list[dict[str, Any]] = page["edges"][message]["node"]["parts"]
    return found


async def rows(db: Database) -> dict[str, int]:
    """How many rows each table of files has."""
    counts: dict[str, int] = {}
    async with db.read() as session:
        for table in (FileRow, FilePieceRow, FileTextRow, MessageFileRow):
            counts[table.__tablename__] = (await session.execute(select(func.count()).select_from(table))).scalar_one()
    return counts


NOTHING = {"files": 0, "file_pieces": 0, "file_texts": 0, "message_files": 0}


async def test_files_are_parts_of_their_message(ada: Person) -> None:
    notes, photo = await upload(ada, "notes.md", b"# Notes"), await upload(ada, "photo.png", picture())

    sent, _ = await ada.ask("Look at these", fileIds=[photo["id"], notes["id"]])

    first, second, words = await parts(ada, sent["chat"]["id"])
    assert words == {"__typename": "TextPart", "text": "Look at these"}
    shown = {"mediaType": "image/png", "sizeBytes": photo["sizeBytes"], "url": photo["url"], "fileId": photo["id"]}
    assert first == {"__typename": "FilePart", "name": "photo.png", **shown}
    assert (second["name"], second["mediaType"]) == ("notes.md", "text/markdown")
    [answer] = await parts(ada, sent["chat"]["id"], message=1)
    assert answer["__typename"] == "TextPart"
    [newest, older] = [edge["node"] for edge in (await ada.gql(FILES))["files"]["edges"]]
    assert (newest["name"], newest["characters"], newest["attached"]) == ("photo.png", None, True)
    assert (older["name"], older["characters"], older["attached"]) == ("notes.md", 7, True)
    assert (await ada.gql(NODE, id=notes["id"]))["node"] == {"name": "notes.md"}


async def test_a_message_may_be_a_file_alone_and_names_its_chat(ada: Person) -> None:
    file = await upload(ada, "Quarterly report.txt", b"Numbers")

    sent, events = await ada.ask("  ", fileIds=[file["id"]])

    assert sent["chat"]["title"] == "Quarterly report.txt"
    assert events[-1]["run"]["status"] == "COMPLETED"


async def test_what_cannot_be_attached_is_refused(ada: Person, bob: Person) -> None:
    file, other = await upload(ada, "a.txt", b"words"), await upload(ada, "b.txt", b"words")
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"content": "x", "fileIds": [file["id"]] * 2}, "names a file twice"),
        ({"content": "x", "fileIds": [file["id"]] * 21}, "has 21 files; at most 20 are allowed"),
        ({"content": "", "fileIds": []}, "is empty; write a message"),
    ]
    for given, reason in wrong:
        error = await ada.gql_error(SEND, input=given)
        assert reason in error["message"]
    for missing in (file["id"].replace("file", "chat"), "file_" + "0" * 32):
        error = await ada.gql_error(SEND, input={"content": "x", "fileIds": [missing]})
        assert error["extensions"]["code"] == "NOT_FOUND"

    once = {"content": "x", "idempotencyKey": "key", "fileIds": [file["id"]]}
    first, again = await ada.gql(SEND, input=once), await ada.gql(SEND, input=once)
    assert first["sendMessage"]["run"]["id"] == again["sendMessage"]["run"]["id"]
    error = await ada.gql_error(SEND, input=once | {"fileIds": [other["id"]]})
    assert error["extensions"]["differs"] == ["input.fileIds"]


async def test_files_are_their_persons_alone(ada: Person, bob: Person) -> None:
    file = await upload(ada, "diary.txt", b"private")
    sent, _ = await ada.ask("Mine", fileIds=[file["id"]])

    for refused in (
        await bob.gql_error(SEND, input={"content": "x", "fileIds": [file["id"]]}),
        await bob.gql_error(DELETE, id=file["id"]),
    ):
        assert refused["extensions"]["code"] == "NOT_FOUND"
    assert (await bob.gql(NODE, id=file["id"]))["node"] is None
    assert (await bob.gql(FILES))["files"]["edges"] == []
    # An archive that names somebody's file leads nowhere.
    archive = json.loads((await ada.gql(EXPORT, id=sent["chat"]["id"], format="JSON"))["exportChat"]["content"])
    assert (await imported(bob, json.dumps(archive)))["imported"] == 1
    chat = (await bob.gql("{ chats { edges { node { id } } } }"))["chats"]["edges"][0]["node"]
    part, words = await parts(bob, chat["id"])
    assert (part["name"], part["sizeBytes"], part["url"], part["fileId"]) == ("diary.txt", 7, None, None)
    assert words["text"] == "Mine"
    text = (await ada.gql(EXPORT, id=sent["chat"]["id"], format="MARKDOWN"))["exportChat"]["content"]
    assert "\n\nFile: diary.txt\n\nMine\n" in text


async def test_a_list_of_files_has_pages_and_costs_two_statements(ada: Person, statements: list[str]) -> None:
    for number in range(5):
        await upload(ada, f"{number}.txt", b"words")
    statements.clear()

    page = (await ada.gql(FILES, first=3))["files"]

    assert len(statements) == 2, statements  # who asks, and the page
    assert [edge["node"]["name"] for edge in page["edges"]] == ["4.txt", "3.txt", "2.txt"]
    rest = (await ada.gql(FILES, after=page["pageInfo"]["endCursor"]))["files"]
    assert [edge["node"]["name"] for edge in rest["edges"]] == ["1.txt", "0.txt"]


async def test_files_of_a_page_of_messages_load_together(ada: Person, statements: list[str]) -> None:
    counts: list[int] = []
    chat: dict[str, Any] = {}
    for number in range(3):
        files = [await upload(ada, f"{number}-{place}.txt", b"words") for place in range(2)]
        sent, _ = await ada.ask("Read", fileIds=[file["id"] for file in files], **chat)
        chat = {"chatId": sent["chat"]["id"]}
        statements.clear()
        await ada.gql(PARTS, id=chat["chatId"])
        counts.append(len(statements))
    assert counts[0] == counts[1] == counts[2], counts


async def test_a_deleted_file_leaves_its_name(ada: Person, db: Database) -> None:
    file = await upload(ada, "old.txt", b"words")
    sent, _ = await ada.ask("Keep this", fileIds=[file["id"]])

    await ada.gql(DELETE, id=file["id"])

    part, _ = await parts(ada, sent["chat"]["id"])
    assert (part["name"], part["url"], part["fileId"]) == ("old.txt", None, None)
    assert (await get(ada, file["url"])).status == 404
    assert await rows(db) == NOTHING
    assert (await ada.gql_error(DELETE, id=file["id"]))["extensions"]["code"] == "NOT_FOUND"
    _, events = await ada.ask("Go on", chatId=sent["chat"]["id"])
    assert events[-1]["run"]["status"] == "COMPLETED"


async def test_files_go_with_the_last_chat_that_has_them(ada: Person, db: Database) -> None:
    file = await upload(ada, "shared.txt", b"words")
    sent, _ = await ada.ask("Read", fileIds=[file["id"]])
    chat_id = sent["chat"]["id"]
    fork = (await ada.gql(FORK, input={"chatId": chat_id, "messageId": sent["reply"]["id"]}))["forkChat"]["chat"]["id"]
    await ada.ask("Read again", chatId=chat_id, siblingOf=sent["message"]["id"], fileIds=[file["id"]])

    await ada.gql(DELETE_CHAT, id=chat_id)

    part, _ = await parts(ada, fork)
    assert part["url"] == file["url"]
    assert (await get(ada, file["url"])).data == b"words"
    await ada.gql(DELETE_CHAT, id=fork)
    assert await rows(db) == NOTHING


async def test_what_was_never_sent_is_swept(ada: Person, db: Database) -> None:
    await upload(ada, "forgotten.txt", b"words")
    file = await upload(ada, "sent.txt", b"words")
    await ada.ask("Read", fileIds=[file["id"]])
    now = datetime.now(UTC)

    assert await sweep_once(db, now - timedelta(days=1)) == 0
    assert await sweep_once(db, now + timedelta(minutes=1)) == 1

    left = [edge["node"]["name"] for edge in (await ada.gql(FILES))["files"]["edges"]]
    assert left == ["sent.txt"]
