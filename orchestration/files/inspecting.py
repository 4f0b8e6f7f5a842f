"""What a file is, by its contents, and what is kept of it: a picture made anew, or the bytes and what they say."""

import asyncio
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import puremagic

from domain.errors import BadUserInput
from domain.files import with_ending
from domain.messages import storable
from orchestration.tools.children import run_child
from orchestration.tools.documents import PDF, read_pdf, text_of
from orchestration.tools.tool import ToolFailure

CLEANER = Path(__file__).with_name("picture_cleaner.py")
TOO_MANY_PIXELS = 3
MEMORY, SECONDS, REAL_SECONDS = 1_500_000_000, 15, 45.0
"""What making a picture anew may take: address space, processor time and, as any file, time on the clock."""
LARGEST_PICTURE = 30_000_000
"""Bytes that a picture may become."""
LONGEST_TEXT = 4_000_000
"""Characters of a file's text that are kept."""

PICTURES = {
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
}
"""Pictures that models can see, and how their names end."""
TEXTS = {".md": "text/markdown", ".markdown": "text/markdown", ".csv": "text/csv", ".json": "application/json"}
"""Media types of texts by their names' endings. All others are plain text, pages and drawings with scripts too."""
ACCEPTED = "PNG, JPEG, GIF, WebP, PDF, and any kind of plain text"

MARKS = (b"\xff\xfe", b"\xfe\xff")
"""What texts in UTF-16 begin with."""
UNPRINTABLE = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f\x7f]")
LOOKED_AT = 65_536
MOST_UNPRINTABLE = 0.005
"""Of the bytes of a text: some have a stray control character."""


@dataclass(frozen=True, slots=True)
class Inspected:
    """What is kept of a file. `text` is what it says, None for a picture."""

    name: str
    media_type: str
    data: bytes
    text: str | None = None


async def inspected(name: str, data: bytes) -> Inspected:
    """Recognise a file by its contents, whatever its name says; BadUserInput for all that is not accepted."""
    if not data:
        raise _refused("is empty")
    known = _known(data)
    try:
        async with asyncio.timeout(REAL_SECONDS):
            if known in PICTURES:
                return await _picture(name, data)
            if known == PDF:
                document = await read_pdf(data)
                return Inspected(with_ending(name, (".pdf",)), PDF, data, _kept(document.text))
            if is_text(data):
                return Inspected(name, _kind_of_text(name), data, _kept(await asyncio.to_thread(text_of, data)))
    except ToolFailure as failure:
        raise _refused(f"cannot be kept. {failure}") from None
    except TimeoutError:
        raise _refused("takes too long to read") from None
    raise _refused(f"is {_named(data)}, which is not accepted. These are: {ACCEPTED}")


def is_text(data: bytes) -> bool:
    """Whether the bytes can be meant to be read by people."""
    if data.startswith(MARKS):
        return True
    start = data[:LOOKED_AT]
    return b"\0" not in data and len(UNPRINTABLE.findall(start)) <= MOST_UNPRINTABLE * len(start)


async def _picture(name: str, data: bytes) -> Inspected:
    ended = await run_child(
        sys.executable, "-I", str(CLEANER), given=data, memory=MEMORY, seconds=SECONDS, most_output=LARGEST_PICTURE
    )
    if ended.code == TOO_MANY_PIXELS:
        raise _refused("has more than 50 million pixels. Make it smaller first")
    if ended.code != 0 or ended.cut:
        raise _refused("is a picture that cannot be read: it is damaged or far too large")
    head, _, made = ended.output.partition(b"\n")
    media_type = json.loads(head)["media_type"]
    return Inspected(with_ending(name, PICTURES[media_type]), media_type, made)


def _known(data: bytes) -> str | None:
    """The media type of a kind that is accepted and told by its first bytes."""
    kinds = {found.mime_type for found in _recognised(data)}
    return next((kind for kind in (*PICTURES, PDF) if kind in kinds), None)


def _named(data: bytes) -> str:
    """What a file seems to be, in words for people."""
    found = _recognised(data)
    return found[0].name if found and found[0].name else "of an unknown kind"


def _recognised(data: bytes) -> list[puremagic.PureMagicWithConfidence]:
    try:
        return puremagic.magic_string(data[:LOOKED_AT])
    except puremagic.PureError:
        return []


def _kind_of_text(name: str) -> str:
    return TEXTS.get(Path(name.lower()).suffix, "text/plain")


def _kept(text: str) -> str:
    return storable(text[:LONGEST_TEXT])


def _refused(reason: str) -> BadUserInput:
    return BadUserInput({"file": reason})
