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
    pool = open_pool(settings, db)
    engine = Engine(db, pool)
    doors = Doors(
        version=__version__,
        sign_up_open=settings.parley_sign_up,
        session_lifetime=settings.session_lifetime,
        secure_cookies=settings.secure_cookies,
        models_folder=str(settings.models_folder) if settings.parley_local_models else None,
    )
    origins = OriginRules(settings.origins, trust_forwarded=settings.secure_cookies)
    authentication = Authentication(db, settings.session_lifetime, origins)

    async def context_of(connection: HTTPConnection, response: Response | None, authorization: str | None) -> Context:
        identity = await authentication.identify(connection, authorization)
        return Context(db=db, identity=identity, engine=engine, doors=doors, connection=connection, response=response)

    endpoint = GraphQLEndpoint(schema, context_of=context_of)
    readiness = Readiness()
    revocations = Revocations(db, endpoint, session_lifetime=settings.session_lifetime)

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(db.close)
            await check(db)
            stack.push_async_callback(pool.close)
            await pool.start()
            stack.push_async_callback(engine.close)
            await engine.open({revocations.channel: revocations.notified, MODELS: pool.changed})
            tasks = [asyncio.create_task(revocations.serve(), name="revocations")]
            if settings.parley_worker:
                work = engine.work(concurrency=settings.parley_worker_concurrency, grace=settings.parley_shutdown_grace)
                tasks.append(asyncio.create_task(work, name="worker"))
            stack.push_async_callback(_cancelled, tasks)
            yield

    app = FastAPI(
        title="Parley",
        version=doors.version,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.state.readiness = readiness
    app.router.routes.append(Route("/graphql", endpoint))
    app.router.routes.append(WebSocketRoute("/graphql", endpoint))
    app.include_router(health_routes(db, readiness))
    mount_web_client(app, settings.parley_web)
    return app


async def _cancelled(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
