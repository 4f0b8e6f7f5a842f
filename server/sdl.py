"""Writes the schema's definition to the file that is checked in: `python -m server.sdl`."""

from pathlib import Path

from server.app import schema
from server.graphql.schema import sdl

FILE = Path(__file__).resolve().parent.parent / "schema" / "schema.graphql"


def main() -> None:
    FILE.write_text(sdl(schema))


if __name__ == "__main__":
    main()
