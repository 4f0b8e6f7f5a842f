"""A message to a chat that is still being answered: rejected, interrupting, rolling back, steering."""

import asyncio
from uuid import UUID

import pytest

from domain.ids import Kind, key_of
from orchestration.runs.admission import Admission
from orchestration.runs.steering import take_steered
from persistence import runs
from persistence.database import Database, Session
from persistence.runs import RunRow
from tests.graphql.threads import CANCEL, REGENERATE, branch, busy, questions, said, settled, until
from tests.people import Person
from tests.upstream import Upstream

SEND = "mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id } } }"
RUN = """query ($id: ID!) { run(id: $id) {
  status absorbedBy { id } message { id content run { id } } input { content } chat { activeRun { id } } } }"""


async def never(session: Session, run: RunRow, *, priority: int) -> None:
    raise AssertionError("nothing was to begin")


async def turn_begins(db: Database, run_id: str, so_far: str) -> list[str]:
    """What a run at work hears before the next call of its model."""
    async with db.write() as session:
        run = (await runs.by_ids(session, [key_of(Kind.RUN, run_id)]))[key_of(Kind.RUN, run_id)]
        heard = await take_steered(session, run, Admission(db, never, None), content=so_far, parts=[])
    return [message.content for message in heard]


async def test_a_rejected_message_leaves_nothing_behind(ada: Person, upstream: Upstream) -> None:
    chat_id, sent = await busy(ada, upstream, "two")

    error = await ada.gql_error(SEND, input={"content": "no", "chatId": chat_id, "whenBusy": "REJECT"})
    between = await said(ada, chat_id)
    upstream.release()
    await settled(ada, sent)

    assert error["extensions"]["code"] == "RUN_BUSY"
    assert between == ["first", "", "two", ""]


async def test_an_interrupting_message_goes_before_what_waits(ada: Person, upstream: Upstream) -> None:
    chat_id, sent = await busy(ada, upstream, "two", "three")

    urgent = await ada.send("urgent", chatId=chat_id, whenBusy="INTERRUPT")
    stopped = (await ada.events(sent[0]["run"]["id"]))[-1]
    upstream.release()
    ends = await settled(ada, [urgent, *sent[1:]])

    assert stopped["run"]["status"] == "CANCELLED"
    assert stopped["message"]["content"] == "first"
    assert ends == ["COMPLETED"] * 3
    assert (await said(ada, chat_id))[::2] == ["first", "urgent", "two", "three"]
    assert questions(upstream)[-3:] == [
        ["first", "urgent"], ["first", "urgent", "two"], ["first", "urgent", "two", "three"],
    ]  # fmt: skip


async def test_interrupting_twice_keeps_both_messages(ada: Person, upstream: Upstream) -> None:
    chat_id, sent = await busy(ada, upstream)
    upstream.reply("second answer", held_after=2)
    second = await ada.send("second", chatId=chat_id, whenBusy="INTERRUPT")
    await ada.events(sent[0]["run"]["id"])
    upstream.release()
    await until(ada, second["run"]["id"], "TextDelta")

    third = await ada.send("third", chatId=chat_id, whenBusy="INTERRUPT")
    await ada.events(second["run"]["id"])
    upstream.release()
    await ada.events(third["run"]["id"])

    assert await said(ada, chat_id) == ["first", "first", "second", "second", "third", "Hello from upstream."]


async def test_what_waits_follows_a_message_that_rolls_back(ada: Person, upstream: Upstream) -> None:
    chat_id, sent = await busy(ada, upstream, "two", "three")

    instead = await ada.send("instead", chatId=chat_id, whenBusy="ROLLBACK")
    stopped = (await ada.events(sent[0]["run"]["id"]))[-1]
    upstream.release()
    ends = await settled(ada, [instead, *sent[1:]])

    assert stopped["run"]["status"] == "CANCELLED"
    assert ends == ["COMPLETED"] * 3
    messages = await branch(ada, chat_id)
    assert [m["content"] for m in messages][::2] == ["instead", "two", "three"]
    assert [s["id"] for s in messages[0]["siblings"]] == [sent[0]["message"]["id"], instead["message"]["id"]]
    assert questions(upstream)[-1] == ["instead", "two", "three"]


async def test_rolling_back_a_regenerated_answer_replaces_its_question(ada: Person, upstream: Upstream) -> None:
    first, _ = await ada.ask("first")
    chat_id = first["chat"]["id"]
    second, _ = await ada.ask("second", chatId=chat_id)
    upstream.reply("again, longer", held_after=2)
    again = (await ada.gql(REGENERATE, input={"messageId": second["reply"]["id"]}))["regenerate"]
    await until(ada, again["run"]["id"], "TextDelta")

    instead = await ada.send("instead", chatId=chat_id, whenBusy="ROLLBACK")
    upstream.release()
    await ada.events(instead["run"]["id"])

    assert (await ada.events(again["run"]["id"]))[-1]["run"]["status"] == "CANCELLED"
    assert await said(ada, chat_id) == ["first", "Hello from upstream.", "instead", "Hello from upstream."]


async def test_a_steering_message_goes_before_what_only_waits(ada: Person, upstream: Upstream) -> None:
    chat_id, sent = await busy(ada, upstream, "two")
    one = await ada.send("to the left", chatId=chat_id, whenBusy="STEER")
    other = await ada.send("no, right", chatId=chat_id, whenBusy="STEER")

    between = await said(ada, chat_id)
    upstream.release()
    ends = await settled(ada, [*sent, one, other])

    assert between[::2] == ["first", "to the left", "no, right", "two"]
    assert ends == ["COMPLETED"] * 4  # the run made no further call, so they were answered after it
    assert questions(upstream)[1] == ["first", "to the left"]


async def test_a_run_at_work_hears_its_steering_messages_at_its_next_turn(
    ada: Person, db: Database, upstream: Upstream
) -> None:
    chat_id, sent = await busy(ada, upstream, "two")
    first = sent[0]["run"]["id"]
    one = await ada.send("to the left", chatId=chat_id, whenBusy="STEER")
    other = await ada.send("no, right", chatId=chat_id, whenBusy="STEER")

    heard = await turn_begins(db, first, "So far.")
    again = await turn_begins(db, first, "So far.")
    absorbed = (await ada.gql(RUN, id=one["run"]["id"]))["run"]
    between = await branch(ada, chat_id)
    upstream.release()
    ends = await settled(ada, [*sent, one, other])

    assert heard == ["to the left", "no, right"]
    assert again == []
    assert absorbed["status"] == "IN_PROGRESS"
    assert absorbed["absorbedBy"] == {"id": first}
    assert absorbed["chat"]["activeRun"] == {"id": first}
    assert absorbed["message"] == {"id": other["reply"]["id"], "content": "", "run": {"id": first}}
    assert [(m["content"], m["status"]) for m in between] == [
        ("first", "COMPLETED"), ("So far.", "COMPLETED"), ("to the left", "COMPLETED"), ("", "COMPLETED"),
        ("no, right", "COMPLETED"), ("", "IN_PROGRESS"), ("two", "COMPLETED"), ("", "IN_PROGRESS"),
    ]  # fmt: skip
    assert ends == ["COMPLETED"] * 4
    assert [run["message"]["id"] for run in [(await ada.gql(RUN, id=r))["run"] for r in (first, one["run"]["id"])]] == [
        other["reply"]["id"]
    ] * 2
    assert questions(upstream)[-1] == ["first", "to the left", "no, right", "two"]


@pytest.mark.parametrize("which", ["the run at work", "the absorbed run"])
async def test_stopping_a_run_or_what_it_has_heard_stops_both(
    ada: Person, db: Database, upstream: Upstream, which: str
) -> None:
    chat_id, sent = await busy(ada, upstream)
    steering = await ada.send("to the left", chatId=chat_id, whenBusy="STEER")
    await turn_begins(db, sent[0]["run"]["id"], "So far.")

    stopped = sent[0] if which == "the run at work" else steering
    status = (await ada.gql(CANCEL, id=stopped["run"]["id"]))["cancelRun"]["run"]["status"]
    ends = await settled(ada, [sent[0], steering])
    upstream.release()

    assert status == "CANCELLING"
    assert ends == ["CANCELLED"] * 2


async def test_what_branches_off_an_answer_that_ends_at_a_turn_begins(
    ada: Person, db: Database, upstream: Upstream
) -> None:
    chat_id, sent = await busy(ada, upstream, "two")
    beside = await ada.send("beside", chatId=chat_id, siblingOf=sent[1]["message"]["id"])
    steering = await ada.send("to the left", chatId=chat_id, parentId=sent[0]["reply"]["id"], whenBusy="STEER")
    begun: list[UUID] = []

    async def begin(session: Session, run: RunRow, *, priority: int) -> None:
        begun.append(run.id)
        run.job_id = 0

    key = key_of(Kind.RUN, sent[0]["run"]["id"])
    async with db.write() as session:
        run = (await runs.by_ids(session, [key]))[key]
        await take_steered(session, run, Admission(db, begin, None), content="So far.", parts=[])
    for one in (*sent[1:], beside):
        await ada.gql(CANCEL, id=one["run"]["id"])
    upstream.release()
    await ada.events(steering["run"]["id"])

    assert begun == [key_of(Kind.RUN, one["run"]["id"]) for one in (sent[1], beside)]


async def test_two_messages_at_once_go_one_after_the_other(ada: Person, upstream: Upstream) -> None:
    chat_id, sent = await busy(ada, upstream)

    more = await asyncio.gather(*(ada.send(str(number), chatId=chat_id) for number in range(5)))
    upstream.release()
    ends = await settled(ada, [*sent, *more])

    assert ends == ["COMPLETED"] * 6
    assert [len(asked) for asked in questions(upstream)] == [1, 2, 3, 4, 5, 6]
