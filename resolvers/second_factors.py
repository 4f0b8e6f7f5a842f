"""Doors for one's second factor: an authenticator app whose code is asked for besides the password."""

import strawberry

from domain.accounts import AuditKind, Scope
from domain.errors import BadUserInput, Conflict, Unauthenticated
from persistence import second_factors
from resolvers import codes, tries
from resolvers.auditing import note
from resolvers.context import Context, Info, given
from resolvers.proving import check_code, check_password
from schema.accounts import Viewer, user_by_id
from schema.context import Identity
from schema.second_factors import (
    ConfirmSecondFactorInput,
    ConfirmSecondFactorPayload,
    RemoveSecondFactorInput,
    RemoveSecondFactorPayload,
    StartSecondFactorInput,
    StartSecondFactorPayload,
)


@strawberry.type
class SecondFactorMutations:
    @strawberry.mutation(
        description="Get a secret for an authenticator app. It counts once `confirmSecondFactor` has shown that the "
        "app has it. CONFLICT when there is a second factor already. Needs the scope `account`."
    )
    async def start_second_factor(self, info: Info, input: StartSecondFactorInput) -> StartSecondFactorPayload:
        context, identity = info.context, info.context.require(Scope.ACCOUNT)
        await check_password(context, identity, given(input.password) or "", path="input.password")
        secret = codes.new_secret()
        sealed = context.keys.seal(secret, identity.user_id)
        async with context.db.write() as session:
            if not await second_factors.begin(session, identity.user_id, sealed):
                raise Conflict("You already have a second factor. Remove it first.")
        return StartSecondFactorPayload(secret=secret, uri=codes.app_uri(secret, identity.email))

    @strawberry.mutation(
        description="Turn the second factor on, with a first code of the app. Needs the scope `account`."
    )
    async def confirm_second_factor(self, info: Info, input: ConfirmSecondFactorInput) -> ConfirmSecondFactorPayload:
        context, identity = info.context, info.context.require(Scope.ACCOUNT)
        async with context.db.read() as session:
            factor = await second_factors.of(session, identity.user_id)
        if factor is None or factor.confirmed_at is not None:
            raise Conflict("There is nothing to confirm. Call `startSecondFactor` first.")
        bucket = tries.of_code(identity.user_id)
        await tries.take(context.db, [bucket])
        step = codes.step_of(context.keys.unseal(factor.secret_sealed, identity.user_id), input.code)
        if step is None:
            raise BadUserInput({"input.code": "is not what the app should show now; is the device's clock right?"})
        recovery = codes.new_recovery_codes()
        hashes = [codes.recovery_digest(code) for code in recovery]
        async with context.db.write() as session:
            if not await second_factors.confirm(session, identity.user_id, step=step, code_hashes=hashes):
                raise Conflict("It was confirmed elsewhere at the same time.")
            await tries.succeeded(session, forget=bucket)
            await note(session, context, AuditKind.SECOND_FACTOR_ON)
        return ConfirmSecondFactorPayload(viewer=await _viewer(context, identity), recovery_codes=recovery)

    @strawberry.mutation(
        description="Let the password alone sign in again. Nothing happens without a second factor. Needs the scope "
        "`account`."
    )
    async def remove_second_factor(self, info: Info, input: RemoveSecondFactorInput) -> RemoveSecondFactorPayload:
        context, identity = info.context, info.context.require(Scope.ACCOUNT)
        await check_code(context, identity, input.code, path="input.code")
        async with context.db.write() as session:
            if await second_factors.remove(session, identity.user_id):
                await note(session, context, AuditKind.SECOND_FACTOR_OFF)
        return RemoveSecondFactorPayload(viewer=await _viewer(context, identity))


async def _viewer(context: Context, identity: Identity) -> Viewer:
    row = await context.load(user_by_id, identity.user_id)
    if row is None:
        raise Unauthenticated("This account no longer exists.")
    return Viewer.from_row(row)
