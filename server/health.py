"""Health for operators and load balancers: alive, and ready to serve."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter
from starlette.responses import JSONResponse

from persistence.database import Database, Unavailable
from persistence.migrating import UnknownSchema, check
from server.vital import Vital


class Readiness:
    """`draining` is set when the process begins to stop: load balancers then send nothing new. `vital` knows whether
    all parts are there that the process cannot do without."""

    def __init__(self, vital: Vital) -> None:
        self.draining, self.vital = False, vital


def health_routes(db: Database, readiness: Readiness, trouble: Callable[[], Awaitable[str | None]]) -> APIRouter:
    """`trouble` tells what does not work although the process can serve."""
    router = APIRouter()

    @router.get("/healthz", include_in_schema=False)
    async def healthz() -> JSONResponse:
        """The process is alive."""
        return JSONResponse({"status": "ok"})

    @router.get("/readyz", include_in_schema=False)
    async def readyz() -> JSONResponse:
        """The process can serve: its database answers and has the schema that this version knows.

        Without Redis it can: everything goes through PostgreSQL then. So that is told, and no reason to be left out.
        """
        if readiness.vital.failed.is_set():
            return JSONResponse({"status": "unavailable", "reason": "a part of the server has ended"}, status_code=503)
        if readiness.draining:
            return JSONResponse({"status": "draining"}, status_code=503)
        try:
            await check(db)
        except UnknownSchema as error:
            return JSONResponse({"status": "unavailable", "reason": str(error)}, status_code=503)
        except Unavailable:
            reason = "the database cannot be reached"
            return JSONResponse({"status": "unavailable", "reason": reason}, status_code=503)
        if (degraded := await trouble()) is not None:
            return JSONResponse({"status": "ready", "degraded": degraded})
        return JSONResponse({"status": "ready"})

    return router
