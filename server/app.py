"""The ASGI application: one GraphQL endpoint, the web client, health, and the engine's life around them."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from fastapi import FastAPI
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute

from orchestration.engine import Engine
from persistence.database import Database
from persistence.migrating import check
from persistence.notifications import MODELS
from resolvers.context import Context, Doors
from resolvers.errors import public
from resolvers.root import Mutation, Query, Subscription
from schema.changes import CHANGE_TYPES
from schema.run_events import EVENT_TYPES
from server.authentication import Authentication
from server.graphql.endpoint import GraphQLEndpoint
from server.graphql.schema import build_schema
from server.health import Readiness, health_routes
from server.models import open_pool
from server.origins import OriginRules
from server.revocations import Revocations
from server.settings import Settings
from server.version import __version__
from server.web_client import mount_web_client

log = logging.getLogger(__name__)

schema = build_schema(Query, Mutation, Subscription, types=[*EVENT_TYPES, *CHANGE_TYPES], mask=public)


def create_app(settings: Settings, db: Database) -> FastAPI:
    """The whole server on a migrated database. Its lifespan starts and stops everything it needs."""
    parts = Parts(settings, db)
    app = FastAPI(
        title="Parley", version=__version__, lifespan=parts.alive, docs_url=None, redoc_url=None, openapi_url=None
    )
    app.state.drain = parts.drain
    app.router.routes.append(Route("/graphql", parts.endpoint))
    app.router.routes.append(WebSocketRoute("/graphql", parts.endpoint))
    app.include_router(health_routes(db, parts.readiness, parts.trouble))
    mount_web_client(app, settings.parley_web)
    return app


class Parts:
    """What a server is made of, put together from its settings."""

    def __init__(self, settings: Settings, db: Database) -> None:
        self._settings, self._db = settings, db
        self._pool = open_pool(settings, db)
        self._engine = Engine(db, self._pool, **settings.engine)
        self._doors = Doors(
            version=__version__,
            sign_up_open=settings.parley_sign_up,
            session_lifetime=settings.session_lifetime,
            secure_cookies=settings.secure_cookies,
            models_folder=str(settings.models_folder) if settings.parley_local_models else None,
        )
        origins = OriginRules(settings.origins, trust_forwarded=settings.secure_cookies)
        self._authentication = Authentication(db, settings.session_lifetime, origins)
        self.endpoint = GraphQLEndpoint(schema, context_of=self._context_of)
        self._revocations = Revocations(db, self.endpoint, session_lifetime=settings.session_lifetime)
        self.readiness = Readiness()
        self._tasks: list[asyncio.Task[None]] = []

    async def _context_of(
        self, connection: HTTPConnection, response: Response | None, authorization: str | None
    ) -> Context:
        return Context(
            db=self._db,
            identity=await self._authentication.identify(connection, authorization),
            engine=self._engine,
            doors=self._doors,
            connection=connection,
            response=response,
        )

    @contextlib.asynccontextmanager
    async def alive(self, app: FastAPI) -> AsyncIterator[None]:
        """Everything runs while this block is open; each part is closed whatever the others do."""
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(self._db.close)
            await check(self._db)
            stack.push_async_callback(self._pool.close)
            self._engine.warm()
            await self._pool.start()
            stack.push_async_callback(self._engine.close)
            await self._engine.open(
                {self._revocations.channel: self._revocations.notified, MODELS: self._engine.pool_changed}
            )
            self._tasks = [asyncio.create_task(self._revocations.serve(), name="revocations")]
            if self._settings.parley_worker:
                self._tasks.append(asyncio.create_task(self._work(), name="worker"))
            stack.push_async_callback(self._stopped)
            yield

    async def trouble(self) -> str | None:
        return await self._engine.trouble()

    def drain(self) -> None:
        """The process is about to stop: it takes no new work, and runs get their grace while connections close."""
        if not self.readiness.draining:  # a second cancellation would cut the first one short
            self.readiness.draining = True
            self.endpoint.connections.leave()
            for task in self._tasks:
                task.cancel()

    async def _stopped(self) -> None:
        self.drain()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _work(self) -> None:
        settings = self._settings
        await self._engine.work(concurrency=settings.parley_worker_concurrency, grace=settings.parley_shutdown_grace)
