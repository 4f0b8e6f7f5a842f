"""How a person who has proven who they are gets a session: the same for passwords, invitations and providers."""

from typing import NamedTuple
from uuid import UUID

from starlette.responses import Response

from domain.accounts import Scope
from domain.errors import Forbidden
from persistence import sessions
from persistence.accounts import UserRow
from persistence.database import Session
from resolvers.context import Context, Doors
from resolvers.credentials import SESSION_COOKIE, new_token
from resolvers.visits import Visit
from schema.accounts import Viewer
from schema.context import Identity

# Browsers forget a cookie after 400 days at most. The session behind it ends earlier and slides with its use,
# which the Max-Age of a cookie that was set once cannot do.
COOKIE_LIFETIME_S = 400 * 24 * 3600


class Opened(NamedTuple):
    session_id: UUID
    token: str


async def begin_session(
    session: Session, doors: Doors, visit: Visit, user_id: UUID, *, before: Identity | None
) -> Opened:
    """A session for the browser that asks; the one it came with ends, so that none from before is carried over."""
    if before is not None and before.session_id is not None:
        await sessions.forget(session, before.session_id)
    token = new_token()
    session_id = await sessions.begin(
        session,
        user_id=user_id,
        token_hash=token.digest,
        lifetime=doors.session_lifetime,
        user_agent=visit.user_agent,
        ip_address=visit.ip_address,
    )
    return Opened(session_id, token.text)


def give_cookie(response: Response, doors: Doors, opened: Opened) -> None:
    response.set_cookie(
        SESSION_COOKIE,
        opened.token,
        max_age=COOKIE_LIFETIME_S,
        path="/",
        secure=doors.secure_cookies,
        httponly=True,
        samesite="lax",
    )


def take_cookie(response: Response, doors: Doors) -> None:
    response.delete_cookie(SESSION_COOKIE, path="/", secure=doors.secure_cookies, httponly=True, samesite="lax")


def cookie_taker(context: Context) -> Response:
    if context.response is None:
        raise Forbidden("Sign in over HTTP: a WebSocket cannot set the session cookie. Then connect again.")
    return context.response


def enter(context: Context, response: Response, row: UserRow, opened: Opened) -> Viewer:
    """Hand the token to the browser; the rest of this operation already runs as the person."""
    give_cookie(response, context.doors, opened)
    context.identity = Identity(
        user_id=row.id,
        email=row.email,
        name=row.name,
        role=row.role,
        scopes=frozenset(Scope),
        session_id=opened.session_id,
    )
    return Viewer.from_row(row)
