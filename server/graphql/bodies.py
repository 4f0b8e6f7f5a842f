"""What a request asks for: query parameters and JSON bodies, checked field by field."""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import orjson
from starlette.requests import Request

from domain.messages import storable_json
from server.graphql.admission import Ask
from server.graphql.trusted import TrustedDocuments

LARGEST_BODY = 4_194_304
MOST_DROPPED = 33_554_432
NON_SIMPLE = ("x-requested-with", "apollo-require-preflight", "x-graphql-client", "authorization")
"""Request headers that no foreign page can send without asking first (Fetch: CORS-safelisted request-header)."""


class BadRequest(Exception):
    """The request is not one of GraphQL over HTTP."""

    def __init__(
        self,
        status: int,
        message: str,
        headers: Mapping[str, str] | None = None,
        code: str = "BAD_USER_INPUT",
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.headers, self.code = status, message, dict(headers or {}), code


async def ask_of(request: Request, trusted: TrustedDocuments, *, largest: int = LARGEST_BODY) -> Ask:
    """The operation of a GET or POST; BadRequest says which part of the request is wrong. Raises UnknownDocument and
    Forbidden as `trusted` does."""
    if request.method == "GET":
        return _checked(_from_query(request), trusted)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise BadRequest(415, f"The Content-Type must be application/json, not {kind[:80] or 'missing'!r}.")
    body = await body_of(request, largest)
    data = _decoded(body, "The body")
    if not isinstance(data, dict):
        raise BadRequest(400, "The body must be a JSON object with a `query`; batches are not served.")
    return _checked(data, trusted)


def _from_query(request: Request) -> dict[str, Any]:
    if not any(name in request.headers for name in NON_SIMPLE):
        raise BadRequest(
            400,
            "A GET needs a header that a foreign page cannot send, such as X-Requested-With; or use POST.",
        )
    data: dict[str, Any] = dict(request.query_params)
    for name in ("variables", "extensions"):
        if data.get(name):
            data[name] = _decoded(data[name], f"`{name}`")
    return data


def decode(text: str | bytes) -> Any:
    """JSON whose texts PostgreSQL can hold: NUL characters and halves of surrogate pairs, which browsers do send,
    become U+FFFD. Raises `orjson.JSONDecodeError`."""
    try:
        data = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        if "surrogate" not in error.msg:
            raise
        with suppress(ValueError, RecursionError):
            return storable_json(json.loads(text))
        raise
    nul = b"\\u0000" if isinstance(text, bytes) else "\\u0000"
    if nul not in text:  # type: ignore[operator]
        return data
    try:
        return storable_json(data)
    except RecursionError:
        raise orjson.JSONDecodeError("it nests too deep", "", 0) from None


def _decoded(text: str | bytes, what: str) -> Any:
    try:
        return decode(text)
    except orjson.JSONDecodeError as error:
        raise BadRequest(400, f"{what} is not JSON: {error}.") from None


def _checked(data: Mapping[str, Any], trusted: TrustedDocuments) -> Ask:
    query, name = trusted.text(data), data.get("operationName")
    variables, extensions = data.get("variables"), data.get("extensions")
    if not isinstance(query, str) or not query:
        raise BadRequest(400, "`query` must be a string with a GraphQL document, or `documentId` name one.")
    if name is not None and not isinstance(name, str):
        raise BadRequest(400, "`operationName` must be a string.")
    for field, value in (("variables", variables), ("extensions", extensions)):
        if value is not None and not isinstance(value, dict):
            raise BadRequest(400, f"`{field}` must be an object.")
    return Ask(query, variables, name or None, extensions)


async def body_of(request: Request, largest: int) -> bytes:
    """The body, kept no further than the limit.

    What is beyond it is read and dropped, within bounds: a client that is still sending would see its connection
    break instead of the answer.
    """
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size <= largest:
            pieces.append(piece)
        elif size > MOST_DROPPED:
            break
    if size > largest:
        raise BadRequest(
            413, f"The request is too large: it has {size:,} bytes or more, at most {largest:,} are allowed."
        )
    return b"".join(pieces)
