"""The door to how the server stands: for administrators."""

import platform
from collections.abc import Iterator
from datetime import UTC, datetime

import strawberry

from domain.accounts import Scope, UserRole
from orchestration.runs.queue import STALLED
from persistence import system
from persistence.system import Standing, Worker
from resolvers.context import Info
from schema.system import SystemDatabase, SystemQueue, SystemStatus, SystemWorker

LONG_WAIT_S = 60
"""A job that waits longer than this is worth a word: the workers have too much to do, or too little strength."""
FULL = 0.9
"""Of the connections that PostgreSQL allows: beyond this, processes may soon get none."""
_STARTED_AT = datetime.now(UTC)


@strawberry.type
class SystemQueries:
    @strawberry.field(
        description="How the server stands just now: workers, queue and database, and what does not work. Only for an "
        "ADMIN."
    )
    async def system_status(self, info: Info) -> SystemStatus:
        info.context.require(Scope.READ, UserRole.ADMIN)
        async with info.context.db.read() as session:
            known, standing = await system.workers(session), await system.standing(session)
        problems = list(_problems(known, standing))
        if (trouble := await info.context.engine.trouble()) is not None:
            problems.append(f"{trouble}.")
        return SystemStatus(
            version=info.context.doors.version,
            python_version=platform.python_version(),
            started_at=_STARTED_AT,
            problems=problems,
            workers=[SystemWorker.of(one, alive=_alive(one)) for one in known],
            queue=SystemQueue.of(standing),
            database=SystemDatabase.of(standing),
        )


def _alive(worker: Worker) -> bool:
    return worker.silent_s <= STALLED


def _problems(known: list[Worker], standing: Standing) -> Iterator[str]:
    if not any(map(_alive, known)):
        yield "No worker is alive, so nothing is answered. Start `parley worker`, or serve with PARLEY_WORKER=true."
    elif standing.oldest_waits_s > LONG_WAIT_S:
        yield "A run has waited for more than a minute. Start more workers, or raise PARLEY_WORKER_CONCURRENCY."
    if standing.connections >= FULL * standing.most_connections:
        yield "PostgreSQL has few connections left. Raise its `max_connections`, or run fewer processes."
    if not standing.has_models:
        yield "There is no model to answer with. Add a provider, download a model, or switch one on."
