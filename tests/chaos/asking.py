"""People who ask: questions at seeded moments, sent again when an answer gets lost, cancelled at times."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.chaos.answers import question
from tests.chaos.clients import Client, Dropped, longer
from tests.chaos.faults import Progress
from tests.chaos.watchers import Watcher
from tests.people import SEND

CANCEL = "mutation ($id: ID!) { cancelRun(id: $id) { run { id status } } }"


@dataclass(frozen=True)
class Question:
    """`after` is the question whose chat this one is asked in, while that one may still be answered. `cancels` are
    seconds after the sending."""

    number: int
    at: float
    words: int
    thoughts: int
    pace: int
    after: int | None = None
    twice: bool = False
    cancels: tuple[float, ...] = ()
    watchers: int = 1

    @property
    def content(self) -> str:
        return question(self.number, words=self.words, thoughts=self.thoughts, pace=self.pace)


def questions(seed: int, count: int, seconds: float) -> list[Question]:
    """What is asked in a drill of so many seconds."""
    dice = random.Random(f"{seed}/questions")
    moments = sorted(dice.uniform(0, seconds) for _ in range(count))
    asked: list[Question] = []
    for number, at in enumerate(moments):
        chain = number and asked[-1].after is None and dice.random() < 0.15
        cancel = dice.uniform(0, 2.5) if dice.random() < 0.15 else None
        asked.append(
            Question(
                number,
                at,
                words=dice.choice([1, 20, 60, 120]),
                thoughts=dice.choice([0, 0, 10]),
                pace=dice.choice([2, 10, 25]),
                after=number - 1 if chain else None,
                twice=dice.random() < 0.1,
                cancels=() if cancel is None else (cancel,) * dice.choice([1, 1, 2]),
                watchers=dice.choice([1, 1, 2, 3]),
            )
        )
    return asked


@dataclass
class Asked:
    """A question under way. `runs` are all ids that its sendings were given: there should be one."""

    question: Question
    runs: set[str] = field(default_factory=set)
    watchers: list[Watcher] = field(default_factory=list)
    diary: list[tuple[float, str]] = field(default_factory=list)
    chat: "asyncio.Future[str]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    cancelled: bool = False


class Asking:
    """Asks one drill's questions and lets watchers loose on each of the runs."""

    def __init__(
        self, seed: int, clients: Sequence[Client], clock: Callable[[], float], progress: Progress, *, leaps: bool
    ) -> None:
        self._seed, self._clients, self._clock = seed, clients, clock
        self._progress, self._leaps = progress, leaps
        self.asked: list[Asked] = []
        self.retries = 0

    async def ask_all(self, all_questions: Sequence[Question]) -> None:
        """Return when every question was sent, every cancel too, and every watcher has seen the end."""
        self.asked = [Asked(question) for question in all_questions]
        async with asyncio.TaskGroup() as group:
            for asked in self.asked:
                group.create_task(self._ask(asked), name=f"question {asked.question.number}")

    async def all_sent(self, patience: float) -> None:
        """Return when every question has been answered for, or patience has run out."""
        await asyncio.wait([asked.chat for asked in self.asked], timeout=patience)

    async def _ask(self, asked: Asked) -> None:
        wanted = asked.question
        dice = random.Random(f"{self._seed}/question {wanted.number}")
        # Those who ask in one chat are one person.
        person = wanted.number if wanted.after is None else wanted.after
        client = self._clients[person % len(self._clients)]
        await asyncio.sleep(max(0.0, wanted.at - self._clock()))
        await self._progress.until(wanted.at)
        given = {"content": wanted.content, "idempotencyKey": f"{self._seed}/{wanted.number}"}
        if wanted.after is not None:
            given["chatId"] = await self.asked[wanted.after].chat
        sendings = [self._send(client, given, dice.randrange(100), asked) for _ in range(1 + wanted.twice)]
        run_id = (await asyncio.gather(*sendings))[0]
        async with asyncio.TaskGroup() as group:
            for number in range(wanted.watchers):
                own = random.Random(f"{self._seed}/watcher {wanted.number}.{number}")
                watcher = Watcher(f"watcher {wanted.number}.{number}", client, own, self._clock, leaps=self._leaps)
                asked.watchers.append(watcher)
                group.create_task(watcher.watch(run_id))
            for seconds in wanted.cancels:
                group.create_task(self._cancel(client, run_id, seconds, dice.randrange(100), asked))

    async def _send(self, client: Client, given: dict[str, str], api: int, asked: Asked) -> str:
        sent = (await self._insist(client, SEND, api, asked, input=given))["sendMessage"]
        asked.runs.add(sent["run"]["id"])
        asked.diary.append((self._clock(), f"sent to address {api % 2}: {sent['run']['id']}"))
        if not asked.chat.done():
            asked.chat.set_result(sent["chat"]["id"])
        return str(sent["run"]["id"])

    async def _cancel(self, client: Client, run_id: str, seconds: float, api: int, asked: Asked) -> None:
        await asyncio.sleep(seconds)
        asked.cancelled = True
        answer = await self._insist(client, CANCEL, api, asked, id=run_id)
        asked.diary.append((self._clock(), f"cancel: {answer['cancelRun']['run']['status']}"))

    async def _insist(
        self, client: Client, document: str, api: int, asked: Asked, **variables: object
    ) -> dict[str, dict[str, dict[str, str]]]:
        """Ask until somebody answers, at the other address each time."""
        pause = 0.2
        while True:
            try:
                return await client.ask(api, document, **variables)
            except Dropped as error:
                self.retries += 1
                asked.diary.append((self._clock(), f"no answer from address {api % 2}: {error}"))
                api += 1
                await asyncio.sleep(pause)
                pause = longer(pause)
