"""The ASGI application: one GraphQL endpoint, the web client, health, and the engine's life around them."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from fastapi import FastAPI
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute

from domain.ids import Kind, global_id
from domain.log_ids import note
from domain.rates import Allowance
from orchestration.engine import Engine
from orchestration.mcp.serving import Serving
from persistence.database import Database
from persistence.migrating import check
from persistence.notifications import MODELS
from resolvers.codes import reseal
from resolvers.context import Context, Doors
from resolvers.errors import public
from resolvers.proving import OIDC_PATH
from resolvers.root import Mutation, Query, Subscription
from resolvers.visits import visit_of
from schema.changes import CHANGE_TYPES
from schema.context import Identity
from schema.run_events import EVENT_TYPES
from server.authentication import Authentication
from server.entrance import Entrance
from server.exports import export_routes
from server.files import FileDoors
from server.graphql.admission import Admission
from server.graphql.endpoint import GraphQLEndpoint
from server.graphql.schema import build_schema
from server.graphql.trusted import Manifest, TrustedDocuments
from server.health import Readiness, health_routes
from server.key_uses import KeyUses
from server.mail import SmtpMailer
from server.mcp.endpoint import McpEndpoint
from server.mcp.operations import Operations
from server.models import open_embedder, open_pool
from server.openai_api.endpoints import OpenAIDoors
from server.origins import OriginRules
from server.prometheus import Prometheus, Timed
from server.provider import Provider
from server.rates import Meter, RateLimits
from server.request_ids import RequestIds
from server.rest.description import Described
from server.rest.operations import RestDoors
from server.revocations import Revocations
from server.settings import Settings
from server.single_sign_on import SingleSignOn
from server.tracing import TracedRequests, traced
from server.transport import StrictTransport
from server.version import __version__
from server.vital import Vital
from server.web_client import mount_web_client

log = logging.getLogger(__name__)

schema = build_schema(Query, Mutation, Subscription, types=[*EVENT_TYPES, *CHANGE_TYPES], mask=public)


def create_app(settings: Settings, db: Database) -> FastAPI:
    """The whole server on a migrated database. Its lifespan starts and stops everything it needs."""
    parts = Parts(settings, db)
    app = Described(lifespan=parts.alive)
    app.state.drain, app.state.failed = parts.drain, parts.vital.failed
    # First: to look through all the others takes a sixth of a small request.
    app.router.routes.insert(0, Route("/graphql", parts.endpoint))
    app.router.routes.append(WebSocketRoute("/graphql", parts.endpoint))
    app.router.routes.extend([*parts.sign_in_routes(), *parts.export_routes()])
    app.router.routes.extend(parts.openai.routes)
    app.state.rest = parts.rest
    app.router.routes.append(Route("/mcp", parts.mcp))
    app.include_router(health_routes(db, parts.readiness, parts.trouble))
    if settings.parley_metrics_token is not None:
        prometheus = Prometheus(db, settings.parley_metrics_token.get_secret_value())
        app.router.routes.append(Route("/metrics", prometheus.endpoint))
        app.add_middleware(Timed, answered=prometheus.answered)
    parts.files.mount(app)
    mount_web_client(app, settings.parley_web)
    if settings.secure_cookies:
        app.add_middleware(StrictTransport)
    if settings.collector is not None:
        app.add_middleware(TracedRequests)
    app.add_middleware(RequestIds)
    return app


class Parts:
    """What a server is made of, put together from its settings."""

    def __init__(self, settings: Settings, db: Database) -> None:
        self._settings, self._db = settings, db
        self._pool = open_pool(settings, db)
        self._engine = Engine(db, self._pool, embedder=open_embedder(settings, self._pool), **settings.engine)
        self._doors = _doors(settings)
        self._mailer = SmtpMailer(smtp) if (smtp := settings.smtp) else None
        origins = OriginRules(settings.origins, trust_forwarded=self._doors.behind_proxy)
        self._key_uses = KeyUses(db)
        authentication = Authentication(db, settings.session_lifetime, self._key_uses, origins)
        self._entrance = Entrance(authentication, self._charge)
        self.files = FileDoors(db, self._engine.files, self._entrance)
        self._meter = Meter(db, RateLimits(**settings.rates))
        manifests = [Manifest(file) for file in settings.trusted_documents]
        admission = Admission(
            schema,
            charge=self._charge,
            streams=settings.parley_subscriptions_per_viewer,
            introspection=settings.parley_introspection,
        )
        self.endpoint = GraphQLEndpoint(
            schema,
            context_of=self._context_of,
            admission=admission,
            trusted=TrustedDocuments(manifests, only=settings.parley_trusted_only),
        )
        operations = Operations(schema, admission)
        self.openai = OpenAIDoors(self._context_of, self._charge, self.endpoint.connections)
        self.rest = RestDoors(schema, admission, self._context_of, self.endpoint.connections)
        self._serving = Serving(operations.offers, operations.run, __version__)
        self.mcp = McpEndpoint(
            self._serving, lambda request: self._context_of(request, None, None), self.endpoint.connections
        )
        self._revocations = Revocations(db, self.endpoint, session_lifetime=settings.session_lifetime)
        self.vital = Vital()
        self.readiness = Readiness(self.vital)
        self._tasks: list[asyncio.Task[None]] = []

    async def _context_of(
        self, connection: HTTPConnection, response: Response | None, authorization: str | None
    ) -> Context:
        identity = await self._entrance.identify(connection, authorization)
        if identity is not None:
            note(viewer=global_id(Kind.USER, identity.user_id))
        return Context(
            db=self._db,
            identity=identity,
            tools=self._engine.tool_facts,
            engine=self._engine,
            doors=self._doors,
            keys=self._pool.keys,
            mailer=self._mailer,
            connection=connection,
            response=response,
        )

    async def _charge(self, connection: HTTPConnection, identity: Identity | None, points: int) -> Allowance:
        visit = visit_of(connection, trust_forwarded=self._doors.behind_proxy)
        return await self._meter.charge(identity, visit.network, points)

    @contextlib.asynccontextmanager
    async def alive(self, app: FastAPI) -> AsyncIterator[None]:
        """Everything runs while this block is open; each part is closed whatever the others do."""
        async with contextlib.AsyncExitStack() as stack:
            await stack.enter_async_context(traced(self._settings.collector))
            stack.push_async_callback(self._db.close)
            await check(self._db)
            if self._pool.rotates:
                async with self._db.write() as session:
                    await reseal(session, self._pool.keys)
            if self._mailer is not None:
                stack.push_async_callback(self._mailer.close)
            stack.push_async_callback(self._pool.close)
            self._engine.warm()
            await self._pool.start()
            stack.push_async_callback(self._engine.close)
            await self._engine.open(
                {self._revocations.channel: self._revocations.notified, MODELS: self._engine.pool_changed}
            )
            stack.push_async_callback(self._key_uses.write)
            self._tasks = [
                asyncio.create_task(self._revocations.serve(), name="revocations"),
                asyncio.create_task(self._key_uses.serve(), name="key uses"),
            ]
            if self._settings.parley_worker:
                self._tasks.append(asyncio.create_task(self._work(), name="worker"))
            self.vital.watch([*self._tasks, *self._engine.vital])
            stack.push_async_callback(self._stopped)
            await stack.enter_async_context(self._serving.open())
            yield

    def sign_in_routes(self) -> list[Route]:
        """Where browsers pass that sign in with the provider of the settings; none without one."""
        settings = self._settings
        if settings.oidc_issuer is None or settings.oidc_client_id is None or settings.parley_public_url is None:
            return []
        secret = settings.oidc_client_secret
        provider = Provider(
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id,
            client_secret=secret.get_secret_value() if secret else None,
            back=f"{settings.parley_public_url.rstrip('/')}{OIDC_PATH}/back",
        )
        is_open = settings.oidc_sign_up or settings.parley_sign_up
        return SingleSignOn(provider, self._db, self._doors, self._pool.keys, is_open=is_open).routes

    def export_routes(self) -> list[Route]:
        return export_routes(self._db, self._entrance, self._doors)

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


def _doors(settings: Settings) -> Doors:
    return Doors(
        version=__version__,
        sign_up_open=settings.parley_sign_up,
        session_lifetime=settings.session_lifetime,
        secure_cookies=settings.secure_cookies,
        behind_proxy=settings.secure_cookies,
        models_folder=str(settings.models_folder) if settings.parley_local_models else None,
        sign_in_tries=settings.parley_sign_in_tries,
        public_url=settings.parley_public_url,
        sign_in_provider=settings.oidc_name if settings.oidc_issuer else None,
    )
