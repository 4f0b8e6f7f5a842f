"""What a client may see of a failure: a stable code for ours, an opaque id for the rest."""

import logging
from uuid import uuid4

from graphql import GraphQLError

from domain.errors import DomainError
from persistence.database import Unavailable

log = logging.getLogger(__name__)


def public(error: GraphQLError) -> GraphQLError:
    """The error as it goes out, for results and for every frame of a stream."""
    cause = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    if cause is None:  # syntax, validation, coercion, or already public
        return error
    if isinstance(cause, DomainError):
        extensions: dict[str, object] = {"code": cause.code, **cause.extensions}
        return GraphQLError(cause.message, nodes=error.nodes, path=error.path, extensions=extensions)
    error_id = uuid4().hex
    log.error("unexpected error %s", error_id, exc_info=cause)
    message = "Something went wrong on the server."
    if isinstance(cause, Unavailable):
        message = "The server cannot reach its database just now. Try again in a moment."
    return GraphQLError(
        message, nodes=error.nodes, path=error.path, extensions={"code": "INTERNAL", "errorId": error_id}
    )
