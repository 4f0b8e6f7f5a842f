"""Setting a new password with a link, as the API shows it."""

from datetime import datetime

import strawberry


@strawberry.type(description="A link with which a person sets a new password.")
class CreatePasswordResetPayload:
    token: str = strawberry.field(
        description="What `resetPassword` takes, for the link `/new-password#…`. It is shown only now."
    )
    expires_at: datetime = strawberry.field(description="When the link stops to work.")


@strawberry.input(description="Who has forgotten the password.")
class RequestPasswordResetInput:
    email: str = strawberry.field(description="The account's address.")


@strawberry.type(description="A mail is on its way if there is such an account.")
class RequestPasswordResetPayload:
    ok: bool = strawberry.field(description="Always true, whether there is such an account or not.")


@strawberry.input(description="A new password, set with a link.")
class ResetPasswordInput:
    token: str = strawberry.field(description="The link's token.")
    new_password: str = strawberry.field(description="From 8 to 256 characters.")


@strawberry.type(description="The password was set, and every session of the account has ended.")
class ResetPasswordPayload:
    ok: bool = strawberry.field(description="Always true. Sign in with the new password.")
