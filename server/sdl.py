"""Writes what the API says of itself to the files that are checked in: `python -m server.sdl`."""

from pathlib import Path

import orjson

from server.app import schema
from server.graphql.schema import sdl
from server.rest.description import Described

FOLDER = Path(__file__).resolve().parent.parent / "schema"
FILE = FOLDER / "schema.graphql"
OPENAPI = FOLDER / "openapi.json"


def openapi() -> str:
    """The description of the REST addresses. The version is left out, so that a release changes nothing here."""
    described = Described().openapi()
    described = {**described, "info": {**described["info"], "version": ""}}
    return orjson.dumps(described, option=orjson.OPT_INDENT_2).decode() + "\n"


def main() -> None:
    FILE.write_text(sdl(schema))
    OPENAPI.write_text(openapi())


if __name__ == "__main__":
    main()
