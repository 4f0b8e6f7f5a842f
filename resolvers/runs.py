"""Doors for starting, stopping and watching runs."""

from collections.abc import AsyncGenerator
from dataclasses import replace

import strawberry

from domain.accounts import Scope
from domain.errors import BadUserInput
from domain.ids import Kind, key_if_any, key_of
from domain.models import Preference
from domain.runs import WhenBusy
from orchestration.runs.asking import Ask, AskAgain
from orchestration.runs.choosing import Choose
from orchestration.runs.spans import watch_noted
from persistence import runs
from resolvers.context import Info
from schema.chats import Chat
from schema.messages import Message
from schema.models import SelectionPreferenceInput
from schema.run_events import RunEvent, shown
from schema.runs import (
    CancelRunPayload,
    ChooseAlternativeInput,
    ChooseAlternativePayload,
    RegenerateInput,
    RegeneratePayload,
    Run,
    SendMessageInput,
    SendMessagePayload,
)

LARGEST_SEQUENCE = 2**31 - 1


@strawberry.type
class RunQueries:
    @strawberry.field(description="One of the viewer's runs.")
    async def run(self, info: Info, id: strawberry.ID) -> Run | None:
        viewer_id = info.context.require(Scope.READ).user_id
        async with info.context.db.read() as session:
            return Run.from_row(await runs.visible_to(session, key_of(Kind.RUN, id), viewer_id))


@strawberry.type
class RunMutations:
    @strawberry.mutation(description="Send a message and start the run that answers it. Watch it with `runEvents`.")
    async def send_message(self, info: Info, input: SendMessageInput) -> SendMessagePayload:
        viewer = info.context.require(Scope.WRITE)
        started = await info.context.engine.send(viewer.user_id, replace(_ask(input), api_key_id=viewer.api_key_id))
        return SendMessagePayload(
            chat=Chat.from_row(started.chat),
            message=Message.from_row(started.message),
            reply=Message.from_row(started.reply),
            run=Run.from_row(started.run),
        )

    @strawberry.mutation(description="Answer a question again, beside the answers it has.")
    async def regenerate(self, info: Info, input: RegenerateInput) -> RegeneratePayload:
        viewer = info.context.require(Scope.WRITE)
        ask = AskAgain(
            key_of(Kind.MESSAGE, input.message_id),
            model=input.model,
            thinking=input.thinking,
            preference=_preference(input.preference),
            local_only=bool(input.local_only),
            idempotency_key=input.idempotency_key,
            api_key_id=viewer.api_key_id,
        )
        started = await info.context.engine.regenerate(viewer.user_id, ask)
        return RegeneratePayload(
            chat=Chat.from_row(started.chat),
            reply=Message.from_row(started.reply),
            run=Run.from_row(started.run),
        )

    @strawberry.mutation(
        description="Go on with another approach than the one that a run has chosen: a new answer beside that run's, "
        "from what it has seen of the approach. BAD_USER_INPUT when there is no such alternative, CONFLICT while the "
        "run is at work."
    )
    async def choose_alternative(self, info: Info, input: ChooseAlternativeInput) -> ChooseAlternativePayload:
        viewer = info.context.require(Scope.WRITE)
        run_id = key_of(Kind.RUN, input.run_id)
        choice = Choose(run_id, input.alternative, input.idempotency_key, api_key_id=viewer.api_key_id)
        started = await info.context.engine.choose(viewer.user_id, choice)
        return ChooseAlternativePayload(
            chat=Chat.from_row(started.chat),
            reply=Message.from_row(started.reply),
            run=Run.from_row(started.run),
        )

    @strawberry.mutation(description="Stop a run and keep what it has said. A run that has ended stays as it is.")
    async def cancel_run(self, info: Info, id: strawberry.ID) -> CancelRunPayload:
        viewer_id = info.context.require(Scope.WRITE).user_id
        return CancelRunPayload(run=Run.from_row(await info.context.engine.cancel(viewer_id, key_of(Kind.RUN, id))))


@strawberry.type
class RunSubscriptions:
    @strawberry.subscription(
        description="Every event of a run with a sequence above `after`, in order, each exactly once: the stored ones, "
        "then live ones. Completes after RunFinished. Neighbouring deltas may arrive joined. Leaving does not stop "
        "the run. Of a run that ended long ago a server may have kept RunFinished only."
    )
    async def run_events(
        self, info: Info, run_id: strawberry.ID, after: int | None = None
    ) -> AsyncGenerator[RunEvent, None]:
        viewer_id = info.context.require(Scope.READ).user_id
        if after is not None and not 0 <= after <= LARGEST_SEQUENCE:
            raise BadUserInput({"after": "must be 0 or a sequence number of this run"})
        key = key_of(Kind.RUN, run_id)
        async with info.context.db.read() as session:
            trace = await runs.check_visible_to(session, key, viewer_id)
        with watch_noted(run_id, trace) as seen:
            async for batch in info.context.engine.watch_run(key, after or 0):
                for event in batch:
                    seen(event)
                    yield shown(event)


def _ask(input: SendMessageInput) -> Ask:
    return Ask(
        content=input.content,
        chat_id=key_if_any(Kind.CHAT, input.chat_id),
        parent_id=key_if_any(Kind.MESSAGE, input.parent_id),
        sibling_of=key_if_any(Kind.MESSAGE, input.sibling_of),
        model=input.model,
        agent_id=key_if_any(Kind.AGENT, input.agent_id),
        workflow_id=key_if_any(Kind.WORKFLOW, input.workflow_id),
        thinking=input.thinking,
        when_busy=input.when_busy or WhenBusy.ENQUEUE,
        idempotency_key=input.idempotency_key,
        preference=_preference(input.preference),
        max_cost_usd=input.max_cost_usd,
        max_tokens=input.max_tokens,
        max_seconds=input.max_seconds,
        local_only=bool(input.local_only),
        background=input.background,
        continues=input.continue_with_another,
        file_ids=tuple(key_of(Kind.FILE, file_id) for file_id in input.file_ids or ()),
    )


def _preference(input: SelectionPreferenceInput | None) -> Preference | None:
    return None if input is None else Preference(**input.weights)
