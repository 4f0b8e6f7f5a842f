"""How much a client may ask for: what a request costs, and what is left after it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Allowance:
    """Points of one request, and of its client: of `limit` in a minute, `remaining` are left, and all of them are there
    again at `reset_at`. Without a limit there is only the cost."""

    cost: int
    limit: int | None = None
    remaining: int | None = None
    reset_at: datetime | None = None
