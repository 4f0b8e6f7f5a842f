"""What a client may see of a failure: a stable code for ours, an opaque id for the rest."""

import logging
from uuid import uuid4

from graphql import GraphQLError

from domain.errors import DomainError, Unavailable
from persistence.database import is_away

log = logging.getLogger(__name__)

DATABASE_AWAY = Unavailable(
    "The server cannot reach its database just now. Try again in a moment.", retry_after_ms=2_000
)


def known(error: BaseException) -> DomainError | None:
    """What a client may know of a failure; None for a fault of ours."""
    if is_away(error):
        log.warning("a request found no database (%s)", str(error).partition("\n")[0])
        return DATABASE_AWAY
    return error if isinstance(error, DomainError) else None


def public(error: GraphQLError) -> GraphQLError:
    """The error as it goes out, for results and for every frame of a stream."""
    cause = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    if cause is None:  # syntax, validation, coercion, or already public
        return error
    if (told := known(cause)) is not None:
        extensions: dict[str, object] = {"code": told.code, **told.extensions}
        return GraphQLError(told.message, nodes=error.nodes, path=error.path, extensions=extensions)
    error_id = uuid4().hex
    log.error("unexpected error %s", error_id, exc_info=cause)
    return GraphQLError(
        "Something went wrong on the server.",
        nodes=error.nodes,
        path=error.path,
        extensions={"code": "INTERNAL", "errorId": error_id},
    )
