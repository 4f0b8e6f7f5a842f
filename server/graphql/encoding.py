"""Results as JSON."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from graphql import GraphQLError


def encoded(body: dict[str, Any], errors: Sequence[GraphQLError] | None) -> bytes:
    """The body with its errors, if there are any. Moments may stand in it as they are."""
    if errors:
        body = {**body, "errors": [error.formatted for error in errors]}
    try:
        return orjson.dumps(body)
    except TypeError:  # integers of more than 64 bits, or halves of surrogate pairs: legal JSON that orjson refuses
        return json.dumps(body, allow_nan=False, separators=(",", ":"), default=datetime.isoformat).encode()
