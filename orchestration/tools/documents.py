"""What a fetched document says, as text for a model."""

import codecs
import json
import re
import sys
from pathlib import Path
from typing import NamedTuple

from orchestration.tools.children import run_child
from orchestration.tools.fetching import Page
from orchestration.tools.tool import ToolFailure

READER = Path(__file__).with_name("document_reader.py")
MEMORY = 1_000_000_000
SECONDS = 15
LONGEST = 8_000_000
"""Bytes of JSON that a document may become."""
HTML = frozenset({"text/html", "application/xhtml+xml"})
PDF = "application/pdf"
TEXT = re.compile(
    r"text/.+|(application|image)/(.+\+)?(json|xml)|application/(javascript|x-javascript|x-sh|sql|toml|(x-)?yaml|x-ndjson"
    r"|jsonl|x-tex|rtf)"
)
UNSAID = frozenset({"", "application/octet-stream", "binary/octet-stream"})
DECLARED = re.compile(
    rb"""<meta[^>]+charset\s*=\s*["']?\s*([\w-]{2,40})|<\?xml[^>]+encoding\s*=\s*["']([\w-]{2,40})""", re.IGNORECASE
)
DECLARED_WITHIN = 4_096
ENCODINGS = re.compile(r"utf-(8|16|32)|ascii|latin|iso|cp\d|koi8|mac|shift_jis|euc|gb|big5|johab|hz|tis|hp-roman8")
"""Encodings of text that are linear in time; Python knows others, such as punycode, which are not."""
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


class Document(NamedTuple):
    title: str
    text: str


async def read(page: Page) -> Document:
    """The document as Markdown or plain text; ToolFailure for what is not text, or cannot be read."""
    kind = page.media_type if page.media_type not in UNSAID else _sniffed(page.body)
    if kind == PDF:
        return await read_pdf(page.body)
    if kind in HTML:
        return await _through_reader("html", decoded(page).encode(), "page", page.url)
    if TEXT.fullmatch(kind):
        return Document("", decoded(page))
    raise ToolFailure(f"There is no text at {page.url}, but {kind or 'data'}. Only pages, texts and PDFs can be read.")


async def read_pdf(body: bytes) -> Document:
    """The text of a PDF, page by page; ToolFailure when it cannot be read."""
    return await _through_reader("pdf", body, "PDF")


def decoded(page: Page) -> str:
    """The body as text: by its mark, by what the server says, by what the page says of itself, whatever fits first."""
    declared = DECLARED.search(page.body[:DECLARED_WITHIN])
    said = (declared[1] or declared[2]).decode() if declared else None
    return text_of(page.body, page.charset, said)


def text_of(body: bytes, *charsets: str | None) -> str:
    """Bytes as text: by their mark, by one of the encodings that are said to be theirs, as UTF-8, as Windows does."""
    marked = next((name for mark, name in MARKS.items() if body.startswith(mark)), None)
    for name in (marked, *charsets, "utf-8"):
        if name is not None and (encoding := _known(name)) is not None:
            try:
                return body.decode(encoding)
            except UnicodeDecodeError:
                continue
    return body.decode("cp1252", "replace")


def _known(name: str) -> str | None:
    try:
        encoding = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    if encoding == "iso8859-1":
        return "cp1252"  # as browsers do (WHATWG Encoding, section 4.2)
    return encoding if ENCODINGS.match(encoding) else None


def _sniffed(body: bytes) -> str:
    """What a body is that came without a useful media type."""
    start = body[:512].lstrip().lower()
    if start.startswith(b"%pdf-"):
        return PDF
    if start.startswith((b"<!doctype html", b"<html")):
        return "text/html"
    return "" if b"\0" in body else "text/plain"


async def _through_reader(kind: str, body: bytes, what: str, *more: str) -> Document:
    ended = await run_child(
        sys.executable, "-I", str(READER), kind, *more, given=body, memory=MEMORY, seconds=SECONDS, most_output=LONGEST
    )
    if ended.code != 0 or ended.cut:
        raise ToolFailure(f"The {what} cannot be read: it is damaged, locked or far too large.")
    return Document(**json.loads(ended.output))
