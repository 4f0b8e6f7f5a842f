"""Several models that stand in for one: the SDK calls the first, and the next when that one cannot answer."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from agents import Model, ModelResponse, ModelSettings, TResponseInputItem
from agents.exceptions import AgentsException
from agents.items import TResponseStreamEvent
from openai import OpenAIError

from domain.calls import ModelCall
from domain.models import CallOutcome, Selection, TokenUsage
from domain.runs import RunFailure
from orchestration.inference.calling import Call, Question
from orchestration.inference.coalescing import Tap
from orchestration.inference.efforts import Effort
from orchestration.inference.holding import Holding, Ready
from orchestration.inference.places import Enter, Place, unlimited
from orchestration.inference.rules import Step, rule
from orchestration.inference.settings import answer_tokens
from orchestration.inference.spans import note_call
from orchestration.inference.tries import Admit, Candidate, Limits, Tries
from orchestration.memory.background import Background
from orchestration.memory.tokens import room_of
from persistence.model_stats import ModelFacts
from persistence.models import ModelRow

log = logging.getLogger(__name__)

Record = Callable[[ModelCall], Awaitable[None]]
"""Takes each call when it has ended, before anything else happens. It may get one twice: `ModelCall.id` tells."""

Reserve = Callable[[UUID, ModelRow, Question], Awaitable[None]]
"""Keeps money for a call before it is made; RunFailure when there is not enough."""

FAILURES = (OpenAIError, AgentsException, RunFailure, OSError, TimeoutError)


LONGEST = 5
"""Models of a chain: more than that are not tried within one call anyway."""


def fallback_order(selection: Selection) -> list[UUID]:
    """The chosen model and, behind it, the others that could have been chosen, the best first. A model that somebody
    has asked for by name is the only one: another one's answer is not what they want.
    """
    if selection.source == "pinned":
        return [selection.model_id]
    return [selection.model_id, *selection.fallbacks][:LONGEST]


class Chain:
    """Models in the order in which they are tried, for one run. `model` is what the SDK gets.

    While nothing has been said, a failure moves on to the next model unseen; after that it ends the run, unless
    `continues`: then the next model goes on with the answer, once. `name` is the model that speaks, or spoke last.
    `waited` is how many seconds the last question has waited for a place, `finish` why the last streamed answer ended,
    in its provider's words. `effort` is how hard models that can be told should think.
    """

    def __init__(
        self,
        models: Sequence[ModelFacts],
        *,
        ready: Ready,
        admit: Admit,
        record: Record | None,
        limits: Limits,
        continues: bool = False,
        enter: Enter = unlimited,
        reserve: Reserve | None = None,
        effort: Effort | None = None,
    ) -> None:
        self.model: Model = _ChainModel(self)
        self.settings = ModelSettings(include_usage=True)
        self.background = Background()
        """What every model of the chain is told beside the conversation."""
        self.calls: list[ModelCall] = []
        self._models, self._limits, self._admit = list(models), limits, admit
        self._record, self._continues, self._effort = record, continues, effort
        self._unrecorded: list[ModelCall] = []
        self._holding, self._enter, self._reserve = Holding(ready), enter, reserve
        self._places: list[Place] = []
        self.waited = 0.0
        self.finish: str | None = None
        self._running: list[Call] = []
        self._most: dict[UUID, int] = {}
        self._tap: Tap | None = None
        self.row: ModelRow = self._models[0].model

    @property
    def name(self) -> str:
        return self.row.name

    @property
    def instructions(self) -> str | None:
        """What the first model is told instead of an agent's instructions, if it has something of its own."""
        return self._models[0].model.details.get("instructions")

    @property
    def capabilities(self) -> list[str]:
        """What the first model can do; the selection has put no model behind it that can do less than was asked for."""
        return self._models[0].model.capabilities

    @property
    def rooms(self) -> list[int]:
        """Tokens that each model has for everything but its answer."""
        return [room_of(facts.model, answer=answer_tokens(facts.model)) for facts in self._models]

    @property
    def room(self) -> int:
        """The same of the model that speaks, or spoke last."""
        return room_of(self.row, answer=answer_tokens(self.row))

    @property
    def usage(self) -> TokenUsage:
        """What all calls so far used together, failed ones included."""
        return sum((call.usage for call in self.calls), TokenUsage())

    def tap(self, tap: Tap) -> bool:
        """Hear every word as it comes. True: do not take the words from the SDK's events as well."""
        self._tap = tap
        return True

    async def close(self) -> None:
        """Enter what was given up into the ledger and let go of local models."""
        for place in self._places:  # a stream that nobody has closed does not do it in time
            place.leave()
        for call in list(self._running):
            self._abandon(call)
        try:
            await self._settle()
        finally:
            await self._holding.close()

    async def stream(self, question: Question) -> AsyncIterator[TResponseStreamEvent]:
        """The events of the first model that answers. The call is in the ledger before its end is told."""
        tries = self._tries()
        while (candidate := await tries.next()) is not None:
            place = await self._place_at(candidate, tries)
            call = await self._begin(candidate, question, place)
            try:
                async with self._holding.of(candidate.facts) as endpoint:
                    async for event in call.events(endpoint):
                        if event.type == "response.completed":
                            self.finish = call.finish
                            await self._end(call, call.ended(CallOutcome.SUCCEEDED))
                            place.leave()  # whoever has the whole answer may not come back for its end
                        yield event
                return
            except FAILURES as error:
                question = await self._fail(tries, candidate, call, error)
            finally:
                self._abandon(call)
                place.leave()
        raise tries.failure

    async def respond(self, question: Question) -> ModelResponse:
        """The whole answer of the first model that gives one."""
        tries = self._tries()
        while (candidate := await tries.next()) is not None:
            place = await self._place_at(candidate, tries)
            call = await self._begin(candidate, question, place)
            try:
                async with self._holding.of(candidate.facts) as endpoint:
                    response = await call.response(endpoint)
                await self._end(call, call.ended(CallOutcome.SUCCEEDED))
                return response
            except FAILURES as error:
                await self._fail(tries, candidate, call, error)
            finally:
                self._abandon(call)
                place.leave()
        raise tries.failure

    async def _place_at(self, candidate: Candidate, tries: Tries) -> Place:
        """Wait until the model takes one more call. Nobody is to blame for that, and no limit of time counts it."""
        place = await self._enter(candidate.facts)
        self._places = [*(other for other in self._places if other.taken), place]
        self.waited += place.waited
        tries.forgive(place.waited)
        return place

    def _tries(self) -> Tries:
        self.waited = 0.0
        return Tries(self._models, self._limits, self._admit)

    async def _begin(self, candidate: Candidate, question: Question, place: Place) -> Call:
        """A call that somebody can pay; RunFailure when not, and then the place is free again."""
        row = candidate.facts.model
        call = Call(candidate.facts, question, self.background, self._tap, self._most.get(row.id), self._effort)
        if self._reserve is not None:
            try:
                await self._reserve(call.id, row, question)
            except BaseException:
                place.leave()
                raise
        self._running.append(call)
        self.row = row
        return call

    async def _fail(self, tries: Tries, candidate: Candidate, call: Call, error: BaseException) -> Question:
        """Note a failure, and give what to ask the next model. Raise the failure when the model has spoken, because
        then nobody else can take over unseen, and going on is not wished for or has been tried.
        """
        ruling = rule(error, call.row.name)
        await self._end(call, call.ended(CallOutcome.FAILED, ruling.failure.code, ruling.verdict))
        if call.spoken and not (self._continues and call.said and not call.question.said):
            raise ruling.failure from error
        if ruling.step is Step.LARGER and (most := call.shorter()) is not None:
            self._most[call.row.id] = most
            ruling = ruling._replace(step=Step.SHORTER)
        tries.failed(candidate, ruling)
        log.info("%s failed (%s): %s", call.row.name, ruling.failure.code, ruling.failure.message)
        return call.question.continued(call.said) if call.spoken else call.question

    async def _end(self, call: Call, ended: ModelCall) -> None:
        if call in self._running:
            self._running.remove(call)
            self._keep(ended)
            await self._settle()

    def _abandon(self, call: Call) -> None:
        """Whoever asked has gone. This cannot wait for the ledger; `close` does."""
        if call in self._running:
            self._running.remove(call)
            self._keep(call.ended(CallOutcome.CANCELLED))

    def _keep(self, ended: ModelCall) -> None:
        note_call(ended)
        self.calls.append(ended)
        self._unrecorded.append(ended)

    async def _settle(self) -> None:
        while self._unrecorded and self._record is not None:
            await self._record(self._unrecorded[0])
            self._unrecorded.pop(0)


class _ChainModel(Model):
    """The chain as the SDK sees it."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain

    async def get_response(
        self,
        system_instructions: str | None,
        input: str | list[TResponseInputItem],
        model_settings: ModelSettings,
        *rest: Any,
        **options: Any,
    ) -> ModelResponse:
        return await self._chain.respond(Question(system_instructions, input, model_settings, rest, options))

    def stream_response(
        self,
        system_instructions: str | None,
        input: str | list[TResponseInputItem],
        model_settings: ModelSettings,
        *rest: Any,
        **options: Any,
    ) -> AsyncIterator[TResponseStreamEvent]:
        return self._chain.stream(Question(system_instructions, input, model_settings, rest, options))
