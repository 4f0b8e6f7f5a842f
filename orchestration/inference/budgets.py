"""Budgets in force: a run does not begin without money, and each call reserves before it is made what it may cost."""

import time
from contextvars import ContextVar
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from domain.budgets import Amount
from domain.errors import BudgetExceeded
from domain.runs import RunErrorCode, RunFailure
from orchestration.inference.calling import Question
from orchestration.inference.metering import estimated_input
from orchestration.inference.pricing import cost_of
from orchestration.inference.settings import answer_tokens
from orchestration.inference.sight import weigh_around
from orchestration.memory.tokens import estimate_tokens
from persistence import budgets
from persistence.database import Database, Session
from persistence.models import ModelRow

FRESH = 5.0
"""Seconds within which a process hears of a budget that another one has set."""
NOTHING = Amount(1)
"""The least that a call takes."""


class Payer(NamedTuple):
    """Whose calls these are, and the API key that asked for them."""

    user_id: UUID
    api_key_id: UUID | None = None


_payer: ContextVar[Payer | None] = ContextVar("payer", default=None)


def charge_to(user_id: UUID, api_key_id: UUID | None = None) -> None:
    """From now on calls to models in this task, and in those that it begins, are charged to this person's budgets, and
    to those of the key."""
    _payer.set(Payer(user_id, api_key_id))


class Budgets:
    """The budgets of all people. Whoever has none costs no statement."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._owners: frozenset[UUID] = frozenset()
        self._read_at = float("-inf")
        self._version = 0

    def changed(self) -> None:
        """A budget was set here."""
        self._version += 1
        self._read_at = float("-inf")

    async def check(self, session: Session, user_id: UUID, api_key_id: UUID | None) -> None:
        """BudgetExceeded when nothing is left for another run."""
        if await self._has_any(session, user_id):
            for spending in await budgets.applying(session, user_id, api_key_id):
                if (lack := spending.lacks(NOTHING)) is not None:
                    raise BudgetExceeded(lack, resetsAt=spending.resets_at)

    async def reserve(self, call_id: UUID, row: ModelRow, question: Question) -> None:
        """Keep what a call may cost at most; RunFailure when that is more than is left."""
        payer = _payer.get()
        if payer is None:
            return
        async with self._db.read() as session:
            if not await self._has_any(session, payer.user_id):
                return
        async with self._db.write() as session:
            await budgets.hold(session, payer.user_id)
            wanted = most_of(row, question)
            for spending in await budgets.applying(session, payer.user_id, payer.api_key_id):
                if (lack := spending.lacks(wanted)) is not None:
                    words = f"{lack} The next call to {row.name} may need {wanted.tokens:,} tokens, ${wanted.usd:.4f}."
                    raise RunFailure(RunErrorCode.BUDGET_EXCEEDED, words)
            await budgets.reserve(session, call_id, payer.user_id, payer.api_key_id, wanted)

    async def _has_any(self, session: Session, user_id: UUID) -> bool:
        if time.monotonic() - self._read_at <= FRESH:
            return user_id in self._owners
        started, version = time.monotonic(), self._version
        owners = await budgets.owners(session)
        if version == self._version:  # else it has changed while we read
            self._owners, self._read_at = owners, started
        return user_id in owners


def most_of(row: ModelRow, question: Question) -> Amount:
    """Most that a call uses: what is asked, by our estimate and no more than the model takes, and the longest
    answer."""
    asked = estimated_input(question.input) + estimate_tokens(question.instructions or "")
    asked += weigh_around(question.rest[:3])
    read = asked if row.context_window is None else min(asked, row.context_window)
    written = row.max_output_tokens or answer_tokens(row)
    return Amount(read + written, cost_of(row, read, written) or Decimal(0))
