"""Files that belong to messages: how many, how they are named, and what of them is stored with a message."""

import re
import unicodedata
from typing import Any
from uuid import UUID

MOST_FILES = 20
"""Files of one message."""
LONGEST_NAME = 120
"""Characters of a file's name, its ending included."""
LONGEST_ENDING = 12
UNNAMED = "file"

FORBIDDEN = re.compile(r'[<>:"|?*`]')
"""What some file systems refuse, and what would end a name that stands in quotation marks."""


def cleaned_name(name: str) -> str:
    """The last part of a name that somebody has given, in one line, without characters that are not for the eye.

    Nothing that is left can lead out of a folder, hide what kind of file it is, or be refused by a file system.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode()))[-1]
    # Categories C are controls and marks of direction, which can show "exe.fdp" as "pdf.exe"; Z are blanks.
    seen = (" " if unicodedata.category(c)[0] == "Z" else c for c in last if unicodedata.category(c)[0] != "C")
    plain = " ".join(FORBIDDEN.sub("_", "".join(seen)).split()).strip(". ")
    if len(plain) > LONGEST_NAME:
        stem, ending = _parted(plain)
        plain = stem[: LONGEST_NAME - len(ending)].rstrip(". ") + ending
    return plain or UNNAMED


def with_ending(name: str, endings: tuple[str, ...]) -> str:
    """The name with the first of the endings, unless it has one of them already."""
    if name.lower().endswith(endings):
        return name
    stem, _ = _parted(name)
    return stem[: LONGEST_NAME - len(endings[0])] + endings[0]


def _parted(name: str) -> tuple[str, str]:
    stem, dot, ending = name.rpartition(".")
    return (stem, f".{ending}") if stem and dot and len(ending) < LONGEST_ENDING else (name, "")


def file_part(*, id: UUID | None, name: str, media_type: str, size_bytes: int) -> dict[str, Any]:
    """A file as it is stored with a message; without an id when it is known by name only."""
    data = {"id": None if id is None else str(id), "name": name, "media_type": media_type, "size_bytes": size_bytes}
    return {"type": "file", "data": data}


def files_in(parts: list[dict[str, Any]]) -> list[UUID]:
    """The files that stored parts of a message name."""
    return [UUID(part["data"]["id"]) for part in parts if part["type"] == "file" and part["data"].get("id")]
