"""A whole installation: API processes, of which the first carries runs on as well, workers, PostgreSQL, Redis if
wished, and a model provider."""

import asyncio
import os
import time
from pathlib import Path
from typing import Literal, Self

from persistence.database import Database, connect
from persistence.migrating import migrate
from tests.chaos.answers import Storyteller
from tests.chaos.poolers import Pooler
from tests.chaos.programs import Death, Program, State
from tests.chaos.services import Postgres
from tests.ports import free_port
from tests.redis_servers import RedisServer

Kind = Literal["api", "worker"]
SECRET_KEY = "5a" * 32


class Fleet:
    """Everything runs while the block is open. `began` is the wall clock's time that all reports count from."""

    def __init__(
        self, folder: Path, *, apis: int = 2, workers: int = 3, redis: bool = False, pooler: bool = False
    ) -> None:
        self._folder = folder
        self.upstream = Storyteller()
        self.postgres = Postgres(folder / "postgres")
        self.redis = RedisServer() if redis else None
        self.pooler = Pooler(folder / "pooler", self.postgres.url) if pooler else None
        self._sizes = apis, workers
        self.apis: list[Program] = []
        self.workers: list[Program] = []
        self.urls: list[str] = []
        self.db: Database = connect(self.postgres.url)
        self.troubles: list[str] = []
        self.began = time.time()
        self._watching: asyncio.Task[None] | None = None

    @property
    def programs(self) -> list[Program]:
        return [*self.apis, *self.workers]

    @property
    def carriers(self) -> list[Program]:
        """Those that carry runs on."""
        return [*self.apis[:1], *self.workers]

    @property
    def deaths(self) -> list[Death]:
        return [death for program in self.programs for death in program.deaths]

    def named(self, name: str) -> Program:
        return next(program for program in self.programs if program.name == name)

    def ready(self, kind: Kind, number: int) -> Program | None:
        """A process of this kind that works, the one with this number if it does; None when none does."""
        programs = self.apis if kind == "api" else self.workers
        turned = (programs[(number + step) % len(programs)] for step in range(len(programs)))
        return next((program for program in turned if program.state is State.READY), None)

    def now(self) -> float:
        """Seconds since the beginning."""
        return time.time() - self.began

    async def __aenter__(self) -> Self:
        await self.upstream.start()
        await self.postgres.start()
        await asyncio.to_thread(migrate, self.postgres.url)
        if self.redis is not None:
            await self.redis.start()
        if self.pooler is not None:
            await self.pooler.start()
        self._plan()
        for program in self.programs:
            await program.start()
        self._watching = asyncio.create_task(self._supervise(), name="supervisor")
        await self.until_well()
        self.began = time.time()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._watching is not None:
            self._watching.cancel()
        for program in self.programs:
            await program.close()
        await self.upstream.stop()
        await self.db.close()
        if self.redis is not None:
            await self.redis.kill()
        if self.pooler is not None:
            await self.pooler.stop()
        await self.postgres.stop()

    async def until_well(self) -> None:
        """Return when every process works."""
        for program in self.programs:
            await program.until_ready()

    def _plan(self) -> None:
        apis, workers = self._sizes
        environment = self._environment()
        for number in range(1, apis + 1):
            port = free_port()
            self.urls.append(f"http://127.0.0.1:{port}")
            own = environment | {"PARLEY_PORT": str(port), "PARLEY_WORKER": "true" if number == 1 else "false"}
            self.apis.append(Program(f"api-{number}", "serve", own, ready="Parley is ready"))
        for number in range(1, workers + 1):
            self.workers.append(Program(f"worker-{number}", "worker", environment, ready="The worker is ready"))

    def _environment(self) -> dict[str, str]:
        """Default settings but for what makes this fleet one of its own."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PARLEY_", "OPENAI_"))}
        return {
            **kept,
            "DATABASE_URL": self.postgres.url if self.pooler is None else self.pooler.url,
            "DIRECT_DATABASE_URL": "" if self.pooler is None else self.postgres.url,
            "REDIS_URL": "" if self.redis is None else self.redis.url,
            "OPENAI_BASE_URL": self.upstream.base_url,
            "OPENAI_API_KEY": "sk-test-upstream",
            "PARLEY_DATA": str(self._folder / "data"),
            "PARLEY_SECRET_KEY": SECRET_KEY,
            "PARLEY_LOCAL_MODELS": "false",
            "PARLEY_COMPACT_MINUTES": "600",  # the verdict compares every delta
            "PYTHONWARNINGS": "default",
        }

    async def _supervise(self) -> None:
        """Start again what ended by itself, as an operator's supervisor does; `deaths` remembers it."""
        seen = 0
        while True:
            await asyncio.sleep(0.3)
            deaths = sorted(self.deaths)
            for death in deaths[seen:]:
                program = self.named(death.name)
                if program.state is State.DOWN:
                    await program.start()
            seen = len(deaths)
