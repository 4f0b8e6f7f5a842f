"""What OpenAPI says of the addresses."""

from typing import Any

from fastapi import FastAPI

from server.rest.problems import MEDIA
from server.rest.routes import router
from server.version import __version__


class Described(FastAPI):
    """FastAPI with the addresses, and a description that knows that failures are problem details."""

    def __init__(self, **more: Any) -> None:
        super().__init__(title="Parley", version=__version__, docs_url=None, redoc_url=None, **more)
        self.include_router(router)

    def openapi(self) -> dict[str, Any]:
        """The description, made once. FastAPI puts every model under the media type of good answers."""
        if self.openapi_schema is None:
            for operations in super().openapi()["paths"].values():
                for operation in operations.values():
                    content = operation["responses"]["default"]["content"]
                    content[MEDIA] = content.pop("application/json")
        described: dict[str, Any] = super().openapi()
        return described
