"""Files over HTTP: a door to send one, and an address to get one that nothing on a page can be run from."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import quote

from fastapi import FastAPI
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from domain.accounts import Scope
from domain.errors import BadUserInput, DomainError, Forbidden, TooLarge
from domain.ids import Kind, global_id, key_of
from orchestration.files.inspecting import PICTURES
from orchestration.files.taking_in import TakingIn
from persistence import file_contents, files
from persistence.database import Database, Unavailable
from persistence.files import FileRow
from resolvers.errors import known
from schema.files import url_of
from server.entrance import Entrance
from server.graphql.bodies import MOST_DROPPED, NON_SIMPLE
from server.programs import pause_header, status_of

SECONDS = 300.0
"""That sending a file may take, the server's work on it included."""
SENDING, GETTING = 10, 5
"""Of the allowance that a request takes."""
LONGEST_NAME = 1_000
"""Characters of a name as it comes; what is kept of it is shorter."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-cache",
    "Vary": "Cookie, Authorization",
}
"""Of every answer: nothing in it runs, no other site shows it, and it is asked for again with who asks."""

Door = Callable[[Request], Awaitable[Response]]


class FileDoors:
    """`POST /files?name=…` with the contents as the body, and `GET /files/{id}`."""

    def __init__(self, db: Database, taking_in: TakingIn, entrance: Entrance) -> None:
        self._db, self._taking_in, self._entrance = db, taking_in, entrance

    def mount(self, app: FastAPI) -> None:
        app.add_route("/files", _answering(self._receive), methods=["POST"], include_in_schema=False)
        app.add_route("/files/{id}", _answering(self._give), methods=["GET", "HEAD"], include_in_schema=False)

    async def _receive(self, request: Request) -> Response:
        body = request.stream()
        try:
            async with asyncio.timeout(SECONDS):
                row = await self._taken(request, body)
        except TimeoutError:
            message = f"Sending the file took longer than {SECONDS:,.0f} seconds."
            return _refusal(408, {"message": message, "extensions": {"code": "BAD_USER_INPUT"}})
        except (DomainError, *Unavailable):
            await _drop(body)
            raise
        shown = {
            "id": global_id(Kind.FILE, row.id), "name": row.name, "mediaType": row.media_type,
            "sizeBytes": row.size_bytes, "characters": row.characters, "url": url_of(row.id),
        }  # fmt: skip
        return JSONResponse(shown, 201, HEADERS)

    async def _taken(self, request: Request, body: AsyncIterator[bytes]) -> FileRow:
        user_id = (await self._entrance.admit(request, Scope.WRITE, points=SENDING)).user_id
        if not any(name in request.headers for name in NON_SIMPLE):
            raise Forbidden("Send a header that a foreign page cannot send, such as X-Requested-With.")
        name = request.query_params.get("name", "")
        if not 0 < len(name) <= LONGEST_NAME:
            raise BadUserInput({"name": f"must be in the address, as ?name=…, with 1 to {LONGEST_NAME:,} characters"})
        declared = request.headers.get("content-length", "")
        await self._taking_in.check(user_id, int(declared) if declared.isdigit() else None)
        return await self._taking_in.take(user_id, name, body)

    async def _give(self, request: Request) -> Response:
        identity = await self._entrance.admit(request, Scope.READ, points=GETTING)
        key = key_of(Kind.FILE, request.path_params["id"])
        async with self._db.read() as session:
            row = await files.visible_to(session, key, identity.user_id)
        tag = f'"{row.sha256.hex()}"'
        headers = HEADERS | {"ETag": tag, "Content-Disposition": f"attachment; filename*=UTF-8''{quote(row.name)}"}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        # A text says itself in what it is written; no browser should take one for a page.
        plain = row.media_type not in PICTURES and row.media_type.startswith(("text/", "application/json"))
        headers |= {"Content-Length": str(row.size_bytes), "Content-Type": "text/plain" if plain else row.media_type}
        if request.method == "HEAD":
            return Response(headers=headers)
        return StreamingResponse(file_contents.pieces(self._db, row.id), headers=headers)


def _answering(door: Door) -> Door:
    """A door whose refusals have the form of GraphQL's errors."""

    async def answer(request: Request) -> Response:
        try:
            return await door(request)
        except ClientDisconnect:  # in the middle of its request; nobody reads the answer
            return Response(status_code=400)
        except (DomainError, *Unavailable) as error:
            told = known(error)
            if told is None:
                raise
            status = 413 if isinstance(told, TooLarge) else status_of(told.code)
            shown: dict[str, object] = {"message": told.message, "extensions": {"code": told.code, **told.extensions}}
            return _refusal(status, shown, pause_header(told))

    return answer


def _refusal(status: int, shown: dict[str, object], more: dict[str, str] | None = None) -> Response:
    return JSONResponse({"errors": [shown]}, status, HEADERS | (more or {}))


async def _drop(body: AsyncIterator[bytes]) -> None:
    """Read what is still being sent, within bounds: the client would see its connection break instead of the answer."""
    dropped = 0
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(SECONDS):
            async for piece in body:
                dropped += len(piece)
                if dropped > MOST_DROPPED:
                    return
