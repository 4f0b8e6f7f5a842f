"""How the server stands, as administrators see it, and nobody else."""

from typing import Any

from sqlalchemy import text

from persistence.database import Database, connect
from server.settings import Settings
from tests.conftest import running
from tests.people import SEND, Person, sign_up

STATUS = """{ systemStatus { version pythonVersion startedAt problems
    workers { id lastHeartbeatAt alive jobs } queue { waiting working oldestWaitingAt }
    database { version revision megabytes connections maxConnections } } }"""
NOBODY = "DELETE FROM procrastinate_workers"
FORGOTTEN = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour')"
HEARD = "UPDATE procrastinate_workers SET last_heartbeat = now()"
WAITING = "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('elsewhere', 'nothing')"
AGED = "UPDATE procrastinate_events SET at = now() - interval '2 minutes'"


async def status(person: Person) -> dict[str, Any]:
    found: dict[str, Any] = (await person.gql(STATUS))["systemStatus"]
    return found


async def test_a_server_that_works_has_no_problems(ada: Person, statements: list[str]) -> None:
    sent = (await ada.gql(SEND, input={"content": "hello"}))["sendMessage"]
    await ada.events(sent["run"]["id"])
    statements.clear()

    seen = await status(ada)

    assert seen["problems"] == []
    assert [worker["alive"] for worker in seen["workers"]] == [True]
    assert (seen["queue"]["waiting"], seen["queue"]["oldestWaitingAt"]) == (0, None)
    database = seen["database"]
    assert database["megabytes"] > 1
    assert 0 < database["connections"] <= database["maxConnections"]
    assert sum("procrastinate_workers" in said or "pg_stat_activity" in said for said in statements) == 2


async def test_a_dead_worker_and_a_job_that_waits_too_long_are_problems(
    settings: Settings, database_url: str, db: Database
) -> None:
    """Without a worker of its own: one would bury the dead."""
    alone = settings.model_copy(update={"parley_worker": False})
    async with running(alone, connect(database_url)) as server, sign_up(server, "ada@example.org", "Ada") as ada:
        async with db.write() as session:
            for statement in (NOBODY, FORGOTTEN, WAITING, AGED):
                await session.execute(text(statement))
        without = await status(ada)
        async with db.write() as session:
            await session.execute(text(HEARD))
        slow = await status(ada)
        async with db.write() as session:
            await session.execute(text(NOBODY))

    assert [worker["alive"] for worker in without["workers"]] == [False]
    assert without["queue"]["waiting"] == 1
    assert without["queue"]["oldestWaitingAt"] is not None
    assert [said.split(",")[0] for said in without["problems"]] == ["No worker is alive"]
    assert [said.split(".")[0] for said in slow["problems"]] == ["A run has waited for more than a minute"]


async def test_only_administrators_see_it(bob: Person) -> None:
    assert (await bob.gql_error(STATUS))["extensions"]["code"] == "FORBIDDEN"
