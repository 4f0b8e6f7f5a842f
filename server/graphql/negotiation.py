"""Accept headers: which media type an answer has (GraphQL over HTTP, section "Accept")."""

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
EVENTS = "text/event-stream"


def preferred(accept: str) -> dict[str, float]:
    """Media types by how much they are wanted."""
    wanted: dict[str, float] = {}
    for part in accept.split(","):
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if not kind:
            continue
        quality = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    quality = float(parameter[2:])
                except ValueError:
                    quality = 0.0
        wanted[kind] = max(quality, wanted.get(kind, 0.0))
    return wanted


def answer_type(accept: str) -> str | None:
    """JSON's type for a single result: JSON when nothing is said, None when neither form is acceptable."""
    wanted = preferred(accept)
    if not wanted:
        return JSON
    best, best_quality = None, 0.0
    for kind, quality in wanted.items():
        named = JSON if kind in ("*/*", "application/*") else kind
        if named in (GRAPHQL, JSON) and quality > best_quality:
            best, best_quality = named, quality
    return best


def wants_events(accept: str) -> bool:
    """Whether a stream of server-sent events is acceptable at all."""
    return preferred(accept).get(EVENTS, 0.0) > 0


def prefers_events(accept: str) -> bool:
    """Whether it outranks a single JSON result. Listed at equal rank, JSON wins unless events come first."""
    wanted = preferred(accept)
    events = wanted.get(EVENTS, 0.0)
    others = {kind: quality for kind, quality in wanted.items() if kind != EVENTS}
    if not others or events > max(others.values()):
        return events > 0
    return events == max(others.values()) and next(iter(wanted)) == EVENTS
