"""How the server stands, as administrators see it."""

from datetime import datetime
from typing import Self

import strawberry

from persistence.system import Standing, Worker


@strawberry.type(description="A process, or a task of one, that carries runs on.")
class SystemWorker:
    id: strawberry.ID = strawberry.field(description="What the queue calls it; it gets a new one when it starts.")
    last_heartbeat_at: datetime = strawberry.field(description="When it was last heard.")
    alive: bool = strawberry.field(description="Whether that is recent enough. What dead ones had goes to others.")
    jobs: int = strawberry.field(description="Runs that it carries on.")

    @classmethod
    def of(cls, worker: Worker, *, alive: bool) -> Self:
        return cls(
            id=strawberry.ID(str(worker.id)),
            last_heartbeat_at=worker.last_heartbeat_at,
            alive=alive,
            jobs=worker.jobs,
        )


@strawberry.type(description="What waits for workers.")
class SystemQueue:
    waiting: int = strawberry.field(description="Jobs that no worker has taken yet.")
    working: int = strawberry.field(description="Jobs that workers carry on.")
    oldest_waiting_at: datetime | None = strawberry.field(description="Since when the oldest waits; null without one.")

    @classmethod
    def of(cls, standing: Standing) -> Self:
        return cls(waiting=standing.waiting, working=standing.working, oldest_waiting_at=standing.oldest_waiting_at)


@strawberry.type(description="Where everything is kept.")
class SystemDatabase:
    version: str = strawberry.field(description="The version of PostgreSQL.")
    revision: str | None = strawberry.field(description="At which revision the schema is.")
    megabytes: float = strawberry.field(description="How much room it takes on disk, in millions of bytes.")
    connections: int = strawberry.field(description="Connections to it, of all processes.")
    max_connections: int = strawberry.field(description="Connections that PostgreSQL allows, to all its databases.")

    @classmethod
    def of(cls, standing: Standing) -> Self:
        return cls(
            version=standing.database_version,
            revision=standing.revision,
            megabytes=round(standing.bytes / 1e6, 1),
            connections=standing.connections,
            max_connections=standing.most_connections,
        )


@strawberry.type(description="How the server stands, just now.")
class SystemStatus:
    version: str = strawberry.field(description="The release of the process that answers.")
    python_version: str = strawberry.field(description="The Python that it runs on.")
    started_at: datetime = strawberry.field(description="When that process began.")
    problems: list[str] = strawberry.field(description="What does not work and what to do, in sentences; none is well.")
    workers: list[SystemWorker] = strawberry.field(description="Those that the queue knows, at most 200.")
    queue: SystemQueue = strawberry.field(description="What waits for them.")
    database: SystemDatabase = strawberry.field(description="Where everything is kept.")
