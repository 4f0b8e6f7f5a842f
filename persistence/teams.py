"""Teams: an agent with all others that it leads to, in the versions that a run begins with."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, tuple_

from persistence.agents import ASSISTANT, FIND, AgentRow, AgentVersionRow, Keys, as_it_was
from persistence.base import loose
from persistence.database import Session, run
from persistence.versions import VISIBLE

LARGEST_TEAM = 64
"""Agents that may work on one run."""

TEAM = f"""
    WITH RECURSIVE team (id) AS (
        SELECT %(id)s::uuid
        UNION
        SELECT r.id FROM team
        JOIN agents t ON t.id = team.id
        JOIN agents r ON r.id = ANY(t.handoffs || t.agent_tools)
        WHERE {VISIBLE}
    )
    SELECT a.id, a.version, a.handoffs, a.agent_tools
    FROM (SELECT id FROM team LIMIT {LARGEST_TEAM}) m JOIN agents a ON a.id = m.id
"""


class Member(NamedTuple):
    """An agent that others lead to, and whom it leads to."""

    id: UUID
    version: int
    handoffs: Keys
    agent_tools: Keys


async def reachable(session: Session, user_id: UUID, agent_id: UUID) -> list[Member]:
    """An agent and all that it can bring into a run of this person, nearer ones first where there are too many."""
    found = await run(session, TEAM, {"id": agent_id, "user_id": user_id})
    return [Member(*row) for row in found]


async def pins(session: Session, user_id: UUID, row: AgentRow) -> dict[str, int]:
    """The versions that a run of this agent is to be built from, by agent."""
    if not row.handoffs and not row.agent_tools:
        return {row.id.hex: row.version}
    return {member.id.hex: member.version for member in await reachable(session, user_id, row.id)}


async def team_of(session: Session, agent_id: UUID | None, pinned: Mapping[str, int]) -> list[AgentRow]:
    """The agents of a run in the versions that it began with, first the one that it was started with, or the
    assistant when that is gone with its person."""
    wanted = {UUID(hex=key): version for key, version in pinned.items()}
    ids = [*wanted, *([agent_id] if agent_id is not None and agent_id not in wanted else [])]
    query = FIND + "r.id = ANY(%(ids)s) OR r.slug = %(slug)s"
    rows = [loose(AgentRow, found) for found in await run(session, query, {"ids": ids, "slug": ASSISTANT})]
    first = next((row for row in rows if row.id == agent_id), None) or next(r for r in rows if r.slug == ASSISTANT)
    team = [first, *(row for row in rows if row.id in wanted and row is not first)]
    outdated = [(row.id, wanted[row.id]) for row in team if wanted.get(row.id, row.version) != row.version]
    if not outdated:
        return team
    earlier = await _at(session, outdated)
    return [as_it_was(row, earlier[row.id]) if row.id in earlier else row for row in team]


async def _at(session: Session, wanted: Sequence[tuple[UUID, int]]) -> dict[UUID, AgentVersionRow]:
    pair = tuple_(AgentVersionRow.agent_id, AgentVersionRow.version)
    rows = await session.scalars(select(AgentVersionRow).where(pair.in_(wanted)))
    return {row.agent_id: row for row in rows}
