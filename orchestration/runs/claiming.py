"""How a worker takes a run: what it is built from, and what an earlier attempt has left."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from domain.models import Selection
from domain.runs import ApprovalDecision, EventKind, RunEvent, RunStatus
from domain.tools import Standing
from orchestration.inference.selection import Ready, Selector
from orchestration.memory.context import Gathered, gather
from orchestration.runs.attempts import Attempt, Kept
from orchestration.runs.drafts import Draft
from orchestration.runs.log import EventLog
from orchestration.runs.questions import GONE
from orchestration.runs.selecting import at_once
from persistence import approvals, changes, events, journal, progress, runs, teams, tool_policies, workflows
from persistence.agents import AgentRow
from persistence.approvals import ApprovalRow
from persistence.changes import Change, ChangeKind
from persistence.database import Database, Session
from persistence.journal import unpacked
from persistence.models import stored_selection
from persistence.runs import RunRow
from persistence.workflows import Pinned, WorkflowRow


class Left(NamedTuple):
    """What earlier attempts have left: their work, the journal of the turn, what people have decided since and counts
    still, and the sequence that the log stands at. A run begins after the event that says it is queued."""

    kept: Kept
    entries: dict[str, dict[str, Any]]
    decided: Sequence[ApprovalRow]
    sequence: int


class Basis(NamedTuple):
    """What an attempt at a run is built from. A first attempt also gets its model: between its claim and the first
    token there is only the model."""

    team: Sequence[AgentRow]
    workflow: WorkflowRow | None
    standing: Standing
    gathered: Gathered
    left: Left
    selection: Selection | None


class Claimed(NamedTuple):
    """A run that has been taken. `told` are its first words, `reserved` is the sequence up to which the log may write
    ahead."""

    run: RunRow
    basis: Basis
    told: list[RunEvent]
    reserved: int


async def claim(db: Database, writer: EventLog, selector: Selector, run_id: UUID) -> Claimed | None:
    """Take a run; None when there is nothing to do."""
    ready = await selector.ready()
    async with db.write() as session:
        run = await runs.claim(session, run_id)
        if run is None:
            return None
        claimed = await begin(session, writer, run, await basis_of(session, ready, run))
        changed = [Change(ChangeKind.RUN, run.id, run.chat_id)]
        if run.attempt > 1:  # what a lost worker's calls have asked, nobody waits for any more
            closed = await approvals.close_questions(session, run.id, GONE)
            changed += [Change(ChangeKind.APPROVAL, key, run.chat_id) for key in closed]
        await changes.record(session, run.user_id, changed)
    return claimed


async def basis_of(session: Session, ready: Ready, run: RunRow) -> Basis:
    """Read what an attempt needs, with everything that an earlier one has left of the run and what people have decided
    since."""
    team = await teams.team_of(session, run.agent_id, run.agent_versions)
    workflow = await _workflow(session, run)
    standing = await _standing(session, run, team, workflow)
    gathered = await gather(session, run, team)
    left = await _left(session, run) if run.attempt > 1 else Left(Kept(), {}, (), sequence=1)
    selection = at_once(ready, run, team[0], workflow, gathered)
    return Basis(team, workflow, standing, gathered, left, selection)


async def begin(session: Session, writer: EventLog, run: RunRow, basis: Basis) -> Claimed:
    """Store that an attempt is under way, in the transaction that has claimed the run."""
    told, reserved = await _say(session, writer, run, basis.team[0], basis.selection, basis.left.sequence)
    return Claimed(run, basis, told, reserved)


async def attempt_at(db: Database, writer: EventLog, claimed: Claimed) -> Attempt:
    """The attempt at a run whose claim has been committed; watchers hear of it."""
    run, basis, left = claimed.run, claimed.basis, claimed.basis.left
    log = writer.open(run.id, run.attempt, left.sequence + len(claimed.told), reserved=claimed.reserved)
    attempt = Attempt(run, basis.team, basis.gathered, log, left.kept, left.entries)
    attempt.standing, attempt.workflow, attempt.selection = basis.standing, basis.workflow, basis.selection
    attempt.approved = {row.call_id: row for row in left.decided if row.decision is ApprovalDecision.APPROVE}
    if run.attempt > 1:
        await _take_over(db, attempt)
        attempt.log.say(EventKind.STATUS, status=RunStatus.IN_PROGRESS.value)
    writer.published(claimed.told)
    return attempt


async def _standing(session: Session, run: RunRow, team: Sequence[AgentRow], workflow: WorkflowRow | None) -> Standing:
    """What the person has said of tools, if the run may come to use any."""
    if workflow is None and not any(row.tools or row.mcp_tools or row.mcp_servers for row in team):
        return Standing()
    return await tool_policies.standing(session, run.user_id, chat_id=run.chat_id, run_id=run.id)


async def _say(
    session: Session, writer: EventLog, run: RunRow, agent: AgentRow, selection: Selection | None, sequence: int
) -> tuple[list[RunEvent], int]:
    """Store the model of an attempt and its first words after this sequence. Returns those words and the sequence up to
    which the log may write ahead."""
    stored = None if selection is None else stored_selection(selection)
    told = [] if run.attempt > 1 else _first_words(run, agent, stored, sequence)
    reserved = sequence + len(told) + writer.reserve if selection and writer.reserve else 0
    if selection is not None and stored is not None:
        await progress.choose(session, run, stored, selection.model_id, step=agent.name, reserved=reserved)
        run.model_id = selection.model_id
    await events.add(session, told)
    return told, reserved


async def _left(session: Session, run: RunRow) -> Left:
    entries = await journal.of(session, run.id)
    # A worker was lost in a call that a person had approved: to make it again is theirs to approve anew.
    used_up = {entry["approval"] for entry in entries.values() if entry.get("begun") and entry.get("approval")}
    return Left(
        Kept() if run.state is None else Kept.from_stored(unpacked(run.state)),
        entries,
        [row for row in await approvals.decided(session, run.id) if row.id.hex not in used_up],
        await events.position(session, run.id),
    )


def _first_words(run: RunRow, agent: AgentRow, selection: dict[str, Any] | None, sequence: int) -> list[RunEvent]:
    """What a run says after this sequence before its model is called, as far as it is known."""
    said: list[tuple[EventKind, UUID | None, dict[str, Any]]]
    said = [(EventKind.STATUS, None, {"status": RunStatus.IN_PROGRESS.value})]
    if selection is not None:
        said.append((EventKind.SELECTION, None, {"selection": selection}))
        said.append((EventKind.AGENT, None, {"agent_id": str(agent.id), "name": agent.name}))
        said.append((EventKind.MESSAGE_STARTED, run.message_id, {}))
    now = datetime.now(UTC)
    return [
        RunEvent(run.id, number, kind, now, message_id, None, data)
        for number, (kind, message_id, data) in enumerate(said, sequence + 1)
    ]


async def _workflow(session: Session, run: RunRow) -> WorkflowRow | None:
    """What the run goes by, in the version that it began with."""
    if run.workflow_id is None or run.workflow_version is None:
        return None
    key = Pinned(run.workflow_id, run.workflow_version)
    return (await workflows.pinned(session, [key])).get(key)


async def _take_over(db: Database, attempt: Attempt) -> None:
    """Take back what an earlier attempt has said without making it durable, and say again what is durable."""
    run = attempt.run
    async with db.read() as session:
        if run.cancel_requested_at is not None:  # its worker could not stop it: what it had said is the answer
            said = await events.streamed(session, run.id)
            attempt.draft = Draft.of_events(said, run.message_id)
            attempt.sequence = said[-1].sequence if said else 0
        half_said = await events.half_said(session, run.id, attempt.sequence)
    if half_said:
        reason = "Another worker continues the run."
        attempt.log.say(EventKind.MESSAGE_DISCARDED, run.message_id, reason=reason)
        for kind, words in attempt.draft.said():
            attempt.log.stream(kind, run.message_id, words)
