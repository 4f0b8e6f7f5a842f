"""Clients that watch runs badly: they drop, come back at any place they have seen, read slowly, come late."""

import asyncio
import random
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field

from tests.chaos.clients import DELTAS, Client, Dropped, Event, longer

Clock = Callable[[], float]


LEAPS = ("MessageDiscarded", "RunFinished")
"""What a new attempt may say far above the numbers of the last one, when Redis has lost count of them."""


@dataclass
class Story:
    """What one client knows of a run: what it was told, put together in the only way that a client needs. `leaps` says
    that numbers may be left out between two attempts."""

    leaps: bool = False
    events: list[Event] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def cursor(self) -> int:
        return self.events[-1].sequence if self.events else 0

    @property
    def ended(self) -> bool:
        return bool(self.events) and self.events[-1].kind == "RunFinished"

    def take(self, event: Event) -> None:
        last = self.cursor
        if event.sequence <= last:
            self.wrong.append(f"{event.kind} {event.sequence} came after {last}")
            return
        joined = event.kind in DELTAS or (self.leaps and event.kind in LEAPS)
        if event.sequence > last + 1 and not joined:
            self.wrong.append(f"{event.kind} {event.sequence} came right after {last}: events are missing")
        self.events.append(event)

    def rewind(self, cursor: int) -> None:
        """Forget what came after a place; the server tells it again."""
        self.events = [event for event in self.events if event.sequence <= cursor]

    def text(self, kind: str = "TextDelta") -> str:
        words: list[str] = []
        for event in self.events:
            if event.kind == "MessageDiscarded":
                words.clear()
            elif event.kind == kind:
                words.append(event.text)
        return "".join(words)


@dataclass(frozen=True)
class Habits:
    """`stays` is how many events a client takes before it drops, on average; `pause` its seconds for each event."""

    late: float = 0.0
    stays: int | None = None
    pause: float = 0.0

    @classmethod
    def drawn(cls, dice: random.Random) -> "Habits":
        return dice.choice(
            [
                cls(),
                cls(stays=dice.choice([3, 10, 25])),
                cls(pause=dice.choice([0.02, 0.1])),
                cls(late=dice.uniform(0.5, 6), stays=dice.choice([None, 20])),
            ]
        )


class Watcher:
    """Follows one run to its end, through any number of connections."""

    def __init__(self, name: str, client: Client, dice: random.Random, clock: Clock, *, leaps: bool) -> None:
        self.name, self.story, self.habits = name, Story(leaps), Habits.drawn(dice)
        self.diary: list[tuple[float, str]] = []
        self.left = self.dropped = 0
        self._client, self._dice, self._clock = client, dice, clock

    async def watch(self, run_id: str) -> None:
        """Return when the stream is complete; whether it should have been is for the verdict to say."""
        await asyncio.sleep(self.habits.late)
        pause = 0.1
        while True:
            heard = len(self.story.events)
            try:
                if await self._connected(run_id):
                    return
                self.left += 1
            except Dropped as error:
                self.dropped += 1
                self._note(f"dropped at {self.story.cursor}: {error}")
                pause = 0.1 if len(self.story.events) > heard else longer(pause)
                await asyncio.sleep(self._dice.uniform(0.5, 1) * pause)
            self.story.rewind(self._place())

    async def _connected(self, run_id: str) -> bool:
        """One connection; True when the server has completed the stream."""
        api, stays = self._dice.randrange(100), self._stays()
        stream = self._dice.choice([self._client.over_socket, self._client.over_sse])
        self._note(f"{stream.__name__} to address {api % 2} after {self.story.cursor}")
        async with aclosing(stream(api, run_id, self.story.cursor)) as events:
            async for event in events:
                self.story.take(event)
                stays -= 1
                if stays <= 0:
                    return False
                if self.habits.pause:
                    await asyncio.sleep(self.habits.pause)
        if not self.story.ended:
            self.story.wrong.append(f"the stream completed at {self.story.cursor}, before RunFinished")
        return True

    def _stays(self) -> int:
        return 1_000_000 if self.habits.stays is None else 1 + self._dice.randrange(2 * self.habits.stays)

    def _place(self) -> int:
        """Where to resume: mostly where it was, at times anywhere it has been."""
        if self._dice.random() < 0.6 or not self.story.events:
            return self.story.cursor
        return self._dice.choice([0, *(event.sequence for event in self.story.events)])

    def _note(self, words: str) -> None:
        self.diary.append((self._clock(), words))
