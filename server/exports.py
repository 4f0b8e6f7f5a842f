"""The address from which a person downloads everything that is stored about them."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from domain.accounts import AuditKind, Scope
from domain.errors import DomainError
from persistence.database import Database, Unavailable
from resolvers import account_exports
from resolvers.auditing import note
from resolvers.context import Doors
from resolvers.errors import known
from resolvers.linking import Newcomer
from resolvers.visits import visit_of
from schema.context import Identity
from server.entrance import Entrance
from server.programs import pause_header, status_of

PATH = "/account.json"
POINTS = 100
"""Of the allowance that an export takes: it reads all that somebody has."""


def export_routes(db: Database, entrance: Entrance, doors: Doors) -> list[Route]:
    """`GET /account.json`, with the session's cookie or a key that has the scopes `read` and `account`."""

    async def person(request: Request) -> Identity:
        identity = await entrance.admit(request, Scope.READ, Scope.ACCOUNT, points=POINTS)
        visit = visit_of(request, trust_forwarded=doors.behind_proxy)
        async with db.write() as session:
            await note(session, Newcomer(visit, identity), AuditKind.ACCOUNT_EXPORTED)
        return identity

    async def export(request: Request) -> Response:
        try:
            identity = await person(request)
        except (DomainError, *Unavailable) as error:
            told = known(error)
            if told is None:
                raise
            shown = {"code": told.code, "message": told.message}
            return JSONResponse(shown, status_of(told.code), pause_header(told))
        headers = {"Content-Disposition": 'attachment; filename="parley-account.json"', "Cache-Control": "no-store"}
        pieces = account_exports.written(db, identity.user_id)
        return StreamingResponse(pieces, media_type="application/json", headers=headers)

    return [Route(PATH, export)]
