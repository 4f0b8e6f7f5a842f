"""The model pool: providers, their models, the ledger of every call to one, and every query on them."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ForeignKey,
    Index,
    LargeBinary,
    Numeric,
    Text,
    UniqueConstraint,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from domain.calls import CallPurpose
from domain.errors import BadUserInput, NotFound
from domain.ids import Kind, new_id, parse
from domain.models import CallOutcome, Candidate, ProviderKind, Reason, Selection, TokenUsage
from domain.runs import RunErrorCode
from persistence.base import Base, Created, Key, Moment, Word
from persistence.database import Session, run


class ProviderRow(Base):
    """An endpoint that serves models. `source` is settings, local or user; the key is encrypted at rest.

    `problem` says why its models could not be listed the last time, `discovered_at` when they were.
    """

    __tablename__ = "providers"
    id: Mapped[Key]
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[ProviderKind] = mapped_column(Word(ProviderKind))
    base_url: Mapped[str | None]
    api_key_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    source: Mapped[str]
    discovered_at: Mapped[Moment | None]
    problem: Mapped[str | None]
    created_at: Mapped[Created]


class ModelRow(Base):
    """One model of a provider. `file` is the weights' file name in the models folder (local models only).
    `max_concurrency` is how many calls it takes at once, of all processes together; null: any number.

    `edited` names the columns that a person has set: what a provider says later does not change them. The prices
    are those of the version `price_id`.
    """

    __tablename__ = "models"
    id: Mapped[Key]
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("providers.id", ondelete="CASCADE"))
    name: Mapped[str]
    display_name: Mapped[str]
    enabled: Mapped[bool] = mapped_column(server_default="true")
    available: Mapped[bool] = mapped_column(server_default="true")
    capabilities: Mapped[list[str]] = mapped_column(ARRAY(Text))
    context_window: Mapped[int | None]
    max_output_tokens: Mapped[int | None]
    input_usd_per_million: Mapped[Decimal | None] = mapped_column(Numeric(18, 8))
    output_usd_per_million: Mapped[Decimal | None] = mapped_column(Numeric(18, 8))
    cached_input_usd_per_million: Mapped[Decimal | None] = mapped_column(Numeric(18, 8))
    price_id: Mapped[UUID | None]
    edited: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    quality: Mapped[float | None]
    max_concurrency: Mapped[int | None]
    file: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    created_at: Mapped[Created]
    __table_args__ = (UniqueConstraint("provider_id", "name"),)


class ModelCallRow(Base):
    """One attempt to get an answer out of a model: tokens, money, times, outcome. It outlives chat and model.

    `step_id` is the step of the run that made it, unless that is the run's agent itself. `attempt` is the run's, of
    which each may call several models; `agent_id` is the run's as well, and stays when the agent is removed;
    `estimated` tells that the provider did not count, `blamed` that the call failed and the model was at fault;
    `counted` is for `rollups`.
    """

    __tablename__ = "model_calls"
    id: Mapped[Key]
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("runs.id", ondelete="SET NULL"), index=True)
    model_id: Mapped[UUID | None] = mapped_column(ForeignKey("models.id", ondelete="SET NULL"))
    model_name: Mapped[str] = mapped_column(server_default="")
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    api_key_id: Mapped[UUID | None]
    agent_id: Mapped[UUID | None]
    attempt: Mapped[int]
    step_id: Mapped[UUID | None]
    price_id: Mapped[UUID | None]
    estimated: Mapped[bool] = mapped_column(server_default="false")
    blamed: Mapped[bool] = mapped_column(server_default="false")
    outcome: Mapped[CallOutcome] = mapped_column(Word(CallOutcome))
    error_code: Mapped[RunErrorCode | None] = mapped_column(Word(RunErrorCode))
    input_tokens: Mapped[int] = mapped_column(server_default="0")
    cached_input_tokens: Mapped[int] = mapped_column(server_default="0")
    output_tokens: Mapped[int] = mapped_column(server_default="0")
    reasoning_tokens: Mapped[int] = mapped_column(server_default="0")
    cost_usd: Mapped[Decimal] = mapped_column(Numeric(18, 10), server_default="0")
    ttft_ms: Mapped[float | None]
    duration_ms: Mapped[float]
    started_at: Mapped[Moment]
    counted: Mapped[bool] = mapped_column(server_default="false")
    purpose: Mapped[CallPurpose] = mapped_column(Word(CallPurpose), server_default="answer")
    __table_args__ = (
        Index("ix_model_calls_model_id_started_at", "model_id", "started_at"),
        Index("ix_model_calls_user_id_started_at", "user_id", "started_at"),
        Index("ix_model_calls_started_at", "started_at", postgresql_using="brin"),
        Index("ix_model_calls_uncounted", "started_at", postgresql_where=text("NOT counted")),
    )


async def listed(session: Session) -> list[ModelRow]:
    """All models, those of one provider together."""
    return list(await session.scalars(select(ModelRow).order_by(ModelRow.provider_id, ModelRow.name)))


async def by_ids(session: Session, ids: list[UUID]) -> dict[UUID, ModelRow]:
    rows = await session.scalars(select(ModelRow).where(ModelRow.id.in_(ids)))
    return {row.id: row for row in rows}


async def existing(session: Session, model_id: UUID) -> ModelRow:
    """NotFound when there is none."""
    if (row := await session.get(ModelRow, model_id)) is None:
        raise NotFound("There is no such model.")
    return row


async def providers_by_ids(session: Session, ids: list[UUID]) -> dict[UUID, ProviderRow]:
    rows = await session.scalars(select(ProviderRow).where(ProviderRow.id.in_(ids)))
    return {row.id: row for row in rows}


async def visible(session: Session, viewer_id: UUID, ids: list[UUID]) -> dict[UUID, ModelRow]:
    """Models are everybody's."""
    return await by_ids(session, ids)


async def visible_providers(session: Session, viewer_id: UUID, ids: list[UUID]) -> dict[UUID, ProviderRow]:
    """Providers are everybody's."""
    return await providers_by_ids(session, ids)


async def wanted(session: Session, named: str) -> UUID:
    """The model that a person asks for by its id, its name, or `provider/name`; BadUserInput if there is
    none.
    """
    if (parsed := parse(named)) is not None and parsed[0] is Kind.MODEL:
        found = await session.scalar(select(ModelRow.id).where(ModelRow.id == parsed[1]))
    else:
        rows = await run(session, WANTED, {"named": named, "lower": named.lower()})
        found = rows[0][0] if rows else None
    if found is None:
        raise BadUserInput(
            {"input.model": f"there is no model {named[:80]!r}; the query `models` lists those there are"}
        )
    return found


WANTED = """
    SELECT m.id FROM models m JOIN providers p ON p.id = m.provider_id
    WHERE m.name = %(named)s OR lower(m.display_name) = %(lower)s OR p.name || '/' || m.name = %(named)s
    ORDER BY (m.enabled AND m.available) DESC, (m.name = %(named)s) DESC, m.id LIMIT 1
"""
"""The model of that name; a usable one before others, and its own name before those that are shown."""


# What is being removed just now is waited for, and then not found: the foreign key would fail instead.
RECORD = """
    WITH settled AS (DELETE FROM budget_reservations WHERE id = %(id)s)
    INSERT INTO model_calls (id, run_id, agent_id, api_key_id, model_id, model_name, user_id, attempt, outcome,
                             error_code, price_id, estimated, blamed, input_tokens, cached_input_tokens,
                             output_tokens, reasoning_tokens, cost_usd, ttft_ms, duration_ms, started_at, purpose,
                             step_id)
    VALUES (%(id)s, (SELECT id FROM runs WHERE id = %(run_id)s FOR KEY SHARE),
            (SELECT agent_id FROM runs WHERE id = %(run_id)s),
            coalesce((SELECT api_key_id FROM runs WHERE id = %(run_id)s), %(api_key_id)s),
            (SELECT id FROM models WHERE id = %(model_id)s FOR KEY SHARE),
            %(model_name)s, %(user_id)s, %(attempt)s, %(outcome)s, %(error_code)s,
            %(price_id)s, %(estimated)s, %(blamed)s, %(input_tokens)s, %(cached_input_tokens)s,
            %(output_tokens)s, %(reasoning_tokens)s, %(cost_usd)s, %(ttft_ms)s, %(duration_ms)s, %(started_at)s,
            %(purpose)s, %(step_id)s)
    ON CONFLICT (id) DO NOTHING
    RETURNING EXISTS (SELECT FROM model_breakers)
"""


async def record_call(
    session: Session,
    *,
    run_id: UUID | None,
    model_id: UUID | None,
    user_id: UUID,
    attempt: int,
    outcome: CallOutcome,
    error_code: RunErrorCode | None,
    usage: TokenUsage,
    ttft_ms: float | None,
    duration_ms: float,
    started_at: datetime,
    id: UUID | None = None,
    api_key_id: UUID | None = None,
    model_name: str = "",
    price_id: UUID | None = None,
    estimated: bool = False,
    blamed: bool = False,
    step_id: UUID | None = None,
    purpose: CallPurpose = CallPurpose.ANSWER,
) -> bool | None:
    """Enter one call into the ledger; None when it is there already. A model or a run that has been removed
    meanwhile leaves the row without it. Returns whether any model is unwell, which mostly none is.
    """
    values = {
        "id": id or new_id(), "run_id": run_id, "model_id": model_id, "model_name": model_name, "user_id": user_id,
        "attempt": attempt, "outcome": outcome.value, "error_code": error_code and error_code.value,
        "price_id": price_id, "estimated": estimated, "blamed": blamed, "input_tokens": usage.input_tokens,
        "cached_input_tokens": usage.cached_input_tokens, "output_tokens": usage.output_tokens,
        "reasoning_tokens": usage.reasoning_tokens, "cost_usd": usage.cost_usd, "ttft_ms": ttft_ms,
        "duration_ms": duration_ms, "started_at": started_at, "purpose": purpose.value,
        "step_id": step_id, "api_key_id": api_key_id,
    }  # fmt: skip
    entered = await run(session, RECORD, values)
    return bool(entered[0][0]) if entered else None


def stored_selection(selection: Selection) -> dict[str, Any]:
    """A selection as it stands in `runs.selection` and in run events; money as text, so that it stays
    exact.
    """
    stored = asdict(selection) | {"model_id": str(selection.model_id)}
    stored["fallbacks"] = [str(model_id) for model_id in selection.fallbacks]
    for candidate in stored["candidates"]:
        candidate["model_id"] = str(candidate["model_id"])
        if candidate["expected_cost_usd"] is not None:
            candidate["expected_cost_usd"] = str(candidate["expected_cost_usd"])
    return stored


def selection_from(stored: Mapping[str, Any]) -> Selection:
    """The selection behind `stored_selection`."""
    candidates = [_candidate(candidate) for candidate in stored["candidates"]]
    reasons = [Reason(**reason) for reason in stored["reasons"]]
    exact = {
        "model_id": UUID(stored["model_id"]),
        "reasons": reasons,
        "candidates": candidates,
        "fallbacks": [UUID(model_id) for model_id in stored.get("fallbacks", ())],
    }
    return Selection(**{**stored, **exact})


def _candidate(stored: Mapping[str, Any]) -> Candidate:
    cost = stored["expected_cost_usd"]
    exact = {
        "model_id": UUID(stored["model_id"]),
        "expected_cost_usd": None if cost is None else Decimal(cost),
    }
    return Candidate(**{**stored, **exact})
