"""Doors for looking at the model pool and for asking which model it would choose."""

from collections.abc import AsyncGenerator

import strawberry

from domain.accounts import Scope
from domain.errors import BadUserInput
from domain.ids import Kind, key_of
from domain.messages import CONTENT_LIMIT
from domain.models import CAPABILITIES, Preference
from domain.runs import RunFailure, ThinkingMode
from orchestration.inference.selection import Task
from orchestration.memory.history import LONGEST
from persistence import chats, messages, models
from resolvers.context import Info
from schema.models import Model, ModelSelection, SelectModelInput


@strawberry.type
class ModelQueries:
    @strawberry.field(description="All models of the pool, those of one provider together.")
    async def models(self, info: Info) -> list[Model]:
        info.context.require(Scope.READ)
        async with info.context.db.read() as session:
            rows = await models.listed(session)
        return [Model.from_row(row) for row in rows]

    @strawberry.field(description="Which model would answer this, and why. Nothing is run and nothing is stored.")
    async def select_model(self, info: Info, input: SelectModelInput) -> ModelSelection:
        viewer_id = info.context.require(Scope.READ).user_id
        task = _task(input)
        if input.chat_id:
            async with info.context.db.read() as session:
                chat = await chats.visible_to(session, key_of(Kind.CHAT, input.chat_id), viewer_id)
                path = [] if chat.head_id is None else await messages.path_to(session, chat.head_id, limit=LONGEST)
            task = task.after(path)
        try:
            return ModelSelection.of(await info.context.engine.select(task))
        except RunFailure as failure:
            # What is a run's failure in a run is, when only asked for, a request that nothing can meet.
            raise BadUserInput({"input": failure.message}) from failure


@strawberry.type
class ModelSubscriptions:
    @strawberry.subscription(
        description="Every model once, as it is now, and again whenever its health, its tier or whether it can be used "
        "changes."
    )
    async def model_health(self, info: Info) -> AsyncGenerator[Model, None]:
        info.context.require(Scope.READ)
        async for batch in info.context.engine.pool.watch():
            for facts in batch:
                yield Model.from_row(facts.model)


def _task(input: SelectModelInput) -> Task:
    wrong: dict[str, str] = {}
    if not input.prompt.strip():
        wrong["input.prompt"] = "is empty"
    if len(input.prompt) > CONTENT_LIMIT:
        wrong["input.prompt"] = f"has {len(input.prompt):,} characters; at most {CONTENT_LIMIT:,} are allowed"
    if unknown := sorted(set(input.requires or ()) - CAPABILITIES):
        known = ", ".join(sorted(CAPABILITIES))
        wrong["input.requires"] = f"{', '.join(word[:40] for word in unknown[:5])} is unknown; there are {known}"
    limit = input.max_cost_usd
    if limit is not None and not (limit.is_finite() and limit >= 0):
        wrong["input.maxCostUsd"] = "must be a number that is not negative"
    if wrong:
        raise BadUserInput(wrong)
    return Task(
        prompt=input.prompt,
        question=input.prompt,
        thinking=input.thinking or ThinkingMode.IMMEDIATE,
        preference=Preference(**input.preference.weights) if input.preference else Preference(),
        requires=frozenset(input.requires or ()),
        local_only=bool(input.local_only),
        max_cost_usd=limit,
    )
