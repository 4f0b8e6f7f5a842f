"""What a selection goes by: policies, signals about answers, and the beliefs that they add up to.

A belief fades: its row holds the sums as they were at `updated_at`, and whoever reads or changes them lets them fade
until now. A signal can be taken back or changed, because its row says what it once added.
"""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ForeignKey, Index, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from domain.errors import Conflict, NotFound
from domain.selection import CHOSEN, EVERY_KIND, WEIGHTS, Belief, Beliefs, MessageRating, Policy, SignalKind
from persistence.base import Base, Created, Moment, Word
from persistence.database import Session
from persistence.model_registration import hold_pool, told
from persistence.runs import RunRow


class PolicyRow(Base):
    """A version of the rules. At most one is active; without one the shipped rules are."""

    __tablename__ = "selection_policies"
    version: Mapped[str] = mapped_column(primary_key=True)
    rules: Mapped[dict[str, Any]]
    active: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[Created]
    __table_args__ = (Index("uq_selection_policies_active", "active", unique=True, postgresql_where=text("active")),)

    @property
    def policy(self) -> Policy:
        known = {f.name for f in fields(Policy)}
        return Policy(
            **{name: value for name, value in self.rules.items() if name in known} | {"version": self.version}
        )


class BeliefRow(Base):
    __tablename__ = "selection_beliefs"
    model_id: Mapped[UUID] = mapped_column(ForeignKey("models.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    weight: Mapped[float]
    surprise: Mapped[float]
    updated_at: Mapped[Moment]


class SignalRow(Base):
    """What one signal about one answer has added to the beliefs on its model: that of the run, unless `model_id` names
    another one that has answered beside it."""

    __tablename__ = "selection_signals"
    run_id: Mapped[UUID] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    signal: Mapped[SignalKind] = mapped_column(Word(SignalKind), primary_key=True)
    reward: Mapped[float]
    surprise: Mapped[float]
    updated_at: Mapped[Moment]
    model_id: Mapped[UUID | None]


class RatingRow(Base):
    """A person's thumb on an answer in a chat of theirs."""

    __tablename__ = "message_ratings"
    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    rating: Mapped[MessageRating] = mapped_column(Word(MessageRating))
    created_at: Mapped[Created]
    __table_args__ = (Index("ix_message_ratings_created_at", "created_at"),)


async def active_policy(session: Session) -> Policy:
    row = await session.scalar(select(PolicyRow).where(PolicyRow.active))
    return Policy() if row is None else row.policy


async def policies(session: Session) -> list[PolicyRow]:
    """Versions that were added here, newest first; the shipped one is not among them."""
    return list(await session.scalars(select(PolicyRow).order_by(PolicyRow.created_at.desc()).limit(200)))


async def add_policy(session: Session, policy: Policy) -> PolicyRow:
    """Store a new version; Conflict when there is one of this name."""
    rules = {name: value for name, value in asdict(policy).items() if name != "version"}
    query = insert(PolicyRow).values(version=policy.version, rules=rules).on_conflict_do_nothing().returning(PolicyRow)
    row = None if policy.version == Policy().version else await session.scalar(query)
    if row is None:
        raise Conflict(f"There is a policy {policy.version!r} already. Versions do not change; choose another name.")
    return row


async def use_policy(session: Session, version: str) -> Policy:
    """Make a version the active one, in all processes; NotFound if there is none of this name."""
    await hold_pool(session)  # of two at once, the second must see which one the first has made active
    await session.execute(update(PolicyRow).where(PolicyRow.active).values(active=False))
    policy = Policy()
    if version != policy.version:
        query = update(PolicyRow).where(PolicyRow.version == version).values(active=True).returning(PolicyRow)
        if (row := await session.scalar(query)) is None:
            raise NotFound(f"There is no policy {version[:80]!r}.")
        policy = row.policy
    await told(session)
    return policy


def _fading(since: Any, half_life_days: float) -> Any:
    days = func.extract("epoch", func.now() - since) / 86_400.0
    return func.power(0.5, func.greatest(days, 0) / half_life_days)


async def beliefs(session: Session, half_life_days: float) -> Beliefs:
    """All beliefs as they are now; one row for each model and kind that there is evidence on."""
    left = _fading(BeliefRow.updated_at, half_life_days)
    query = select(BeliefRow.model_id, BeliefRow.kind, BeliefRow.weight * left, BeliefRow.surprise * left)
    return {
        (model_id, kind): Belief(weight, surprise) for model_id, kind, weight, surprise in await session.execute(query)
    }


async def learn(
    session: Session, run_id: UUID, signal: SignalKind, reward: float | None, *, model_id: UUID | None = None
) -> None:
    """Note a signal about the answer of a run (reward from 0 to 1; None takes it back), and believe accordingly. It is
    about the run's model, or about another one that has answered beside it.

    A run without a selection or whose model is gone teaches nothing. Locks the run's row.
    """
    run = await session.scalar(select(RunRow).where(RunRow.id == run_id).with_for_update())
    about = None if run is None else _subject(run, model_id)
    if run is None or (about is None and reward is not None):
        return
    half_life = (await active_policy(session)).half_life_days
    await _take_back(session, run, signal, half_life)
    if about is None or reward is None:
        return
    added = WEIGHTS[signal] * (reward - about.expected)
    values = {"reward": reward, "surprise": added, "updated_at": func.now(), "model_id": model_id}
    await session.execute(insert(SignalRow).values(run_id=run_id, signal=signal, **values))
    await _believe(session, about, WEIGHTS[signal], added, half_life)


async def _take_back(session: Session, run: RunRow, signal: SignalKind, half_life: float) -> None:
    """Forget a signal, and believe as if there had been none."""
    key = (SignalRow.run_id == run.id) & (SignalRow.signal == signal)
    left = _fading(SignalRow.updated_at, half_life)
    query = delete(SignalRow).where(key).returning(SignalRow.surprise * left, left, SignalRow.model_id)
    for surprise, share, model_id in (await session.execute(query)).all():
        if (about := _subject(run, model_id)) is not None:
            await _believe(session, about, -WEIGHTS[signal] * share, -surprise, half_life)


async def learn_unless_by(session: Session, run_id: UUID, signal: SignalKind, reward: float, *, model_id: UUID) -> None:
    """`learn`, unless the run was answered by this very model."""
    answered_by = await session.scalar(select(RunRow.model_id).where(RunRow.id == run_id))
    if answered_by != model_id:
        await learn(session, run_id, signal, reward)


class Subject(NamedTuple):
    """Which model a run says something about, on which kind of task, and what was expected of it."""

    model_id: UUID
    kind: str
    expected: float


def _subject(run: RunRow, model_id: UUID | None = None) -> Subject | None:
    """What a signal about a run's answer is about, or about that of another model in it."""
    model_id = model_id or run.model_id
    if model_id is None or run.selection is None or not (kind := run.selection.get("task_type")):
        return None
    seen = {c["model_id"]: c.get("expected_quality") for c in run.selection["candidates"]}
    expected = seen.get(str(model_id))
    return None if expected is None else Subject(model_id, kind, expected)


async def _believe(session: Session, about: Subject, weight: float, surprise: float, half_life: float) -> None:
    rows = [
        {"model_id": about.model_id, "kind": kind, "weight": weight, "surprise": surprise, "updated_at": func.now()}
        for kind in (EVERY_KIND, about.kind)
    ]
    left = _fading(BeliefRow.updated_at, half_life)
    new = insert(BeliefRow).values(rows)
    changed = new.on_conflict_do_update(
        index_elements=["model_id", "kind"],
        set_={
            "weight": func.greatest(BeliefRow.weight * left + new.excluded.weight, 0),
            "surprise": BeliefRow.surprise * left + new.excluded.surprise,
            "updated_at": func.now(),
        },
    )
    await session.execute(changed)


async def rate(session: Session, message_id: UUID, rating: MessageRating | None) -> None:
    """Put a thumb on an answer, or take it away."""
    if rating is None:
        await session.execute(delete(RatingRow).where(RatingRow.message_id == message_id))
        return
    new = insert(RatingRow).values(message_id=message_id, rating=rating)
    await session.execute(new.on_conflict_do_update(index_elements=["message_id"], set_={"rating": rating}))


async def ratings_of(session: Session, message_ids: list[UUID]) -> dict[UUID, MessageRating]:
    query = select(RatingRow.message_id, RatingRow.rating).where(RatingRow.message_id.in_(message_ids))
    return {row.message_id: row.rating for row in await session.execute(query)}


class Decision(NamedTuple):
    """A past choice with what came of it; `reward` is the mean of its signals, None without any."""

    selection: Mapping[str, Any]
    options: Mapping[str, Any]
    thinking: Any
    reward: float | None
    made_at: datetime


async def decisions(session: Session, *, limit: int) -> list[Decision]:
    """The newest choices that a policy made, newest first."""
    reward = select(func.avg(SignalRow.reward)).where(SignalRow.run_id == RunRow.id).scalar_subquery()
    chosen = RunRow.selection["source"].astext.in_(CHOSEN)
    query = select(RunRow.selection, RunRow.options, RunRow.thinking, reward, RunRow.created_at).where(chosen)
    return [Decision(*row) for row in await session.execute(query.order_by(RunRow.id.desc()).limit(limit))]


async def run_answering(session: Session, question_id: UUID) -> UUID | None:
    """The newest run that answered a question."""
    query = select(RunRow.id).where(RunRow.input_id == question_id).order_by(RunRow.id.desc()).limit(1)
    return await session.scalar(query)
