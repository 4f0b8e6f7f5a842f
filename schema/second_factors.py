"""Setting up a second factor, as the API shows it."""

import strawberry

from schema.accounts import Viewer


@strawberry.input(description="What shows that it is really the viewer.")
class StartSecondFactorInput:
    password: str | None = strawberry.field(
        default=strawberry.UNSET, description="The account's password, if it has one."
    )


@strawberry.type(description="A secret for an authenticator app. Nothing changes until `confirmSecondFactor`.")
class StartSecondFactorPayload:
    secret: str = strawberry.field(description="To type into the app: base32, SHA-1, 6 digits, 30 seconds.")
    uri: str = strawberry.field(description="The same for a QR code: `otpauth://totp/…`.")


@strawberry.input(description="A first code, which shows that the app has the secret.")
class ConfirmSecondFactorInput:
    code: str = strawberry.field(description="The 6 digits that the app shows now.")


@strawberry.type(description="From now on signing in takes a code.")
class ConfirmSecondFactorPayload:
    viewer: Viewer = strawberry.field(description="The person who asks.")
    recovery_codes: list[str] = strawberry.field(
        description="Each signs in once instead of a code. They are shown only now: keep them somewhere else."
    )


@strawberry.input(description="What shows that it is really the viewer.")
class RemoveSecondFactorInput:
    code: str = strawberry.field(description="A code of the app, or a recovery code.")


@strawberry.type(description="The password alone signs in again.")
class RemoveSecondFactorPayload:
    viewer: Viewer = strawberry.field(description="The person who asks.")
