"""One call to one model: what is said and counted, whether it has spoken yet, and its line for the ledger."""

import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast
from urllib.parse import urlsplit

from agents import Model, ModelResponse, ModelSettings, TResponseInputItem
from agents.items import TResponseStreamEvent
from agents.models.openai_chatcompletions import OpenAIChatCompletionsModel
from openai import AsyncOpenAI

from domain.calls import ModelCall, Verdict
from domain.ids import new_id
from domain.models import CallOutcome, TokenUsage
from domain.runs import RunErrorCode, RunFailure
from orchestration.files.pictures import described
from orchestration.inference.call_ids import CallIds, ids_in
from orchestration.inference.chat_client import ChatClient, Endpoint
from orchestration.inference.coalescing import Said, Tap
from orchestration.inference.efforts import Effort, effort_settings, replays_reasoning
from orchestration.inference.families import OFFICIAL
from orchestration.inference.metering import Meter, counted
from orchestration.inference.settings import settings_of, takes_forms
from orchestration.inference.sight import SHORTER, Input, Sight, sight
from orchestration.memory.background import Background
from persistence.model_prices import price_of
from persistence.model_stats import ModelFacts
from persistence.models import ModelRow

SPOKEN = frozenset(
    {
        "response.output_text.delta",
        "response.refusal.delta",
        "response.reasoning_text.delta",
        "response.reasoning_summary_text.delta",
    }
)
"""Events that a person may have seen: after the first of them another model cannot take over unnoticed."""


GO_ON = (
    "Your answer broke off. Go on exactly where it stops, in the same language and form. Do not repeat anything of it,"
    " and do not mention the interruption."
)


class Question(NamedTuple):
    """What the SDK asks of a model, the same whichever model gets to answer."""

    instructions: str | None
    input: str | list[TResponseInputItem]
    settings: ModelSettings
    rest: tuple[Any, ...]
    options: dict[str, Any]
    said: str = ""
    """The beginning of the answer that another model has given already."""

    def continued(self, said: str) -> "Question":
        """The same, for a model that goes on where another one broke off."""
        asked = [{"role": "user", "content": self.input}] if isinstance(self.input, str) else self.input
        rest = [{"role": "assistant", "content": said}, {"role": "user", "content": GO_ON}]
        return self._replace(input=cast("list[TResponseInputItem]", [*asked, *rest]), said=self.said + said)

    def seen_by(self, row: ModelRow, background: Background, most: int | None = None) -> Sight:
        """What of it goes to this model; RunFailure when the question does not fit into its window."""
        definitions = self.rest[:3]  # tools, the schema of the output, handoffs
        return sight(
            row, background, instructions=self.instructions, asked=self.input, around=definitions,
            tail=2 if self.said else 0, most=most,
        )  # fmt: skip


def without_form(rest: tuple[Any, ...]) -> tuple[Any, ...]:
    """The same question for a model that does not know of forms: of tools, form, handoffs and tracing, no form."""
    return rest if len(rest) < 2 else (rest[0], None, *rest[2:])


@dataclass(frozen=True, slots=True)
class Counted:
    usage: TokenUsage
    estimated: bool


class Call:
    """`tap`, if there is one, hears every word as it comes; `spoken` tells that somebody may have heard one."""

    def __init__(
        self,
        facts: ModelFacts,
        question: Question,
        background: Background,
        tap: Tap | None,
        most: int | None = None,
        effort: Effort | None = None,
    ) -> None:
        self.id, self.row, self.price = new_id(), facts.model, price_of(facts.model)
        self._effort = effort_settings(facts.model, facts.provider.kind, effort)
        self.spoken = False
        self.question, self._background, self._tap = question, background, tap
        self._sent: Sight | None = None
        self._most = most
        self._meter = Meter()
        self._usage: Any = None
        self._began_at, self._began = datetime.now(UTC), time.perf_counter()
        self._first: float | None = None
        self._words: list[str] = []

    @property
    def said(self) -> str:
        """The text of the answer so far, without reasoning."""
        return "".join(self._words)

    @property
    def finish(self) -> str | None:
        """Why a streamed answer ended, as its provider said; None while it goes on."""
        return self._meter.finish

    def _hear(self, kind: Said, words: str) -> None:
        self._speak()
        if kind == "text":
            self._words.append(words)
        if self._tap is not None:
            self._tap(kind, words)

    def _speak(self) -> None:
        if not self.spoken:
            self.spoken, self._first = True, time.perf_counter()

    async def _at(self, endpoint: Endpoint) -> tuple[Model, tuple[Any, ...]]:
        """The SDK's own model at this address, and what to ask it."""
        question, row = self.question, self.row
        self._sent = seen = question.seen_by(row, self._background, self._most)
        ids = CallIds(ids_in(question.input))
        client = ChatClient(endpoint, None if self._tap is None else self._hear, self._meter, ids)
        # The SDK's model only asks of a client what ChatClient has.
        model = OpenAIChatCompletionsModel(
            row.name, cast("AsyncOpenAI", client), should_replay_reasoning_content=replays_reasoning
        )
        official = urlsplit(endpoint.base_url).hostname == OFFICIAL
        settings = settings_of(row, official=official).resolve(self._effort).resolve(question.settings)
        rest = question.rest if takes_forms(row) else without_form(question.rest)
        return model, (seen.instructions, await self._with_pictures(seen.input), settings, *rest)

    async def _with_pictures(self, asked: Input) -> Input:
        """What is asked as it is sent: until then its pictures are only named."""
        if isinstance(asked, str):
            return asked
        named, pictures = cast("list[Mapping[str, Any]]", asked), self._background.pictures
        shown = described(named) if pictures is None else await pictures.put_in(named)
        return cast("list[TResponseInputItem]", shown)

    async def response(self, endpoint: Endpoint) -> ModelResponse:
        """The whole answer at once; RunFailure when it is empty."""
        model, asked = await self._at(endpoint)
        response = await model.get_response(*asked, **self.question.options)
        self._usage = response.usage
        if not _says_something(response.output):
            raise empty(self.row.name)
        return response

    async def events(self, endpoint: Endpoint) -> AsyncIterator[TResponseStreamEvent]:
        """The answer's events, held back until the model has spoken or is done: before that nobody has seen one."""
        (model, asked), held = await self._at(endpoint), list[TResponseStreamEvent]()
        async for event in model.stream_response(*asked, **self.question.options):
            if event.type in SPOKEN:
                self._speak()
            if event.type == "response.output_text.delta" and self._tap is None:
                self._words.append(event.delta)
            done = event.type == "response.completed"
            if event.type == "response.completed":
                self._usage = event.response.usage
                if not self.spoken and not _says_something(event.response.output):
                    raise empty(self.row.name)
                _prepend(event.response.output, self.question.said)
            held.append(event)
            if self.spoken or done:
                for ready in held:
                    yield ready
                held.clear()

    def shorter(self) -> int | None:
        """Tokens that the conversation may have when a provider has refused it as too long, although by our estimate
        it was not; None when it was not sent, or nothing can be left out."""
        if self._sent is None:
            return None
        most = int(self._sent.tokens * SHORTER)
        try:
            self.question.seen_by(self.row, self._background, most)
        except RunFailure:
            return None
        return most

    def counted(self, *, given_up: bool = False) -> Counted:
        """`given_up`: it was we who left, and a provider that was at work may want money for what it has read."""
        if self._usage is not None and self._meter.told is not None:
            return Counted(counted(self._usage, self.price), estimated=False)
        at_work = given_up and self._sent is not None
        asked = "" if self._sent is None else self._sent.input
        return Counted(*self._meter.usage(self.price, asked, at_work=at_work))

    def ended(
        self, outcome: CallOutcome, code: RunErrorCode | None = None, verdict: Verdict | None = None
    ) -> ModelCall:
        """The call as the ledger keeps it, when it has ended."""
        given_up = outcome is CallOutcome.CANCELLED or code is RunErrorCode.TIMED_OUT
        counted, ended = self.counted(given_up=given_up), time.perf_counter()
        return ModelCall(
            id=self.id,
            model_id=self.row.id,
            model_name=self.row.name,
            outcome=outcome,
            started_at=self._began_at,
            duration_ms=(ended - self._began) * 1000,
            ttft_ms=None if self._first is None else (self._first - self._began) * 1000,
            usage=counted.usage,
            estimated=counted.estimated,
            price_id=self.price.id if self.price else None,
            error_code=code,
            verdict=verdict or Verdict(),
        )


def _says_something(output: list[Any]) -> bool:
    """Whether an answer holds anything but empty texts."""
    return any(getattr(item, "type", "") != "message" or any(map(_words, item.content)) for item in output)


def _words(part: Any) -> str | None:
    return getattr(part, "text", None) or getattr(part, "refusal", None)


def _prepend(output: list[Any], said: str) -> None:
    """Make the answer whole: what another model has said of it comes first."""
    parts = [part for item in output if item.type == "message" for part in item.content if part.type == "output_text"]
    if parts and said:
        parts[0].text = said + parts[0].text


def empty(model: str) -> RunFailure:
    message = f"{model} gave an empty answer. Try again or choose another model."
    return RunFailure(RunErrorCode.MODEL_UNAVAILABLE, message, retryable=True)
