"""Doors for rating answers, and for the rules by which models are chosen."""

import re

import strawberry

from domain.accounts import Scope, UserRole
from domain.errors import BadUserInput
from domain.ids import Kind, key_of
from domain.selection import Policy
from persistence import selection
from resolvers.context import Info
from schema.messages import Message
from schema.selection import (
    AddPolicyInput,
    PolicyPayload,
    PolicyReplay,
    RateMessageInput,
    RateMessagePayload,
    ReplayPolicyInput,
    ReplaySide,
    SelectionPolicy,
)

VERSION = re.compile(r"[\w.-]{1,40}", re.ASCII)


@strawberry.type
class SelectionQueries:
    @strawberry.field(description="All versions of the selection's rules: the shipped one, then the newest first.")
    async def policies(self, info: Info) -> list[SelectionPolicy]:
        info.context.require(Scope.READ, UserRole.ADMIN)
        async with info.context.db.read() as session:
            rows = await selection.policies(session)
        shipped = SelectionPolicy.of(Policy(), active=not any(row.active for row in rows))
        return [shipped, *map(SelectionPolicy.from_row, rows)]

    @strawberry.field(description="What other rules would have chosen in the past. Nothing changes.")
    async def replay_policy(self, info: Info, input: ReplayPolicyInput) -> PolicyReplay:
        info.context.require(Scope.READ, UserRole.ADMIN)
        seen = await info.context.engine.replay(input.rules.policy("replay"))
        before, after = (
            None if side is None else ReplaySide(quality=side.quality, cost_usd=side.cost_usd, ttft_ms=side.ttft_ms)
            for side in (seen.before, seen.after)
        )
        return PolicyReplay(
            decisions=seen.decisions, changed=seen.changed, judged=seen.judged, reward=seen.reward,
            estimated_reward=seen.estimated_reward, before=before, after=after,
        )  # fmt: skip


@strawberry.type
class SelectionMutations:
    @strawberry.mutation(description="Say what you think of an answer. The selection learns from it.")
    async def rate_message(self, info: Info, input: RateMessageInput) -> RateMessagePayload:
        viewer_id = info.context.require(Scope.WRITE).user_id
        row = await info.context.engine.rate(viewer_id, key_of(Kind.MESSAGE, input.message_id), input.rating)
        return RateMessagePayload(message=Message.from_row(row))

    @strawberry.mutation(description="Add a version of the selection's rules. It is used from `usePolicy` on.")
    async def add_policy(self, info: Info, input: AddPolicyInput) -> PolicyPayload:
        info.context.require(Scope.WRITE, UserRole.ADMIN)
        if not VERSION.fullmatch(input.version):
            raise BadUserInput({"input.version": "must have 1 to 40 letters, digits, dots, dashes or underscores"})
        policy = input.rules.policy(input.version)
        async with info.context.db.write() as session:
            row = await selection.add_policy(session, policy)
        return PolicyPayload(policy=SelectionPolicy.from_row(row))

    @strawberry.mutation(description="Choose models by this version from now on, in all processes.")
    async def use_policy(self, info: Info, version: str) -> PolicyPayload:
        info.context.require(Scope.WRITE, UserRole.ADMIN)
        async with info.context.db.write() as session:
            policy = await selection.use_policy(session, version)
        info.context.engine.pool_changed()  # others hear of it; who asked sees it at once
        return PolicyPayload(policy=SelectionPolicy.of(policy, active=True))
