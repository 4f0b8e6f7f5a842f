"""The web client: a static export, handed out with a content security policy for each page."""

import base64
import hashlib
import mimetypes
import re
from collections.abc import Iterator
from email.utils import formatdate
from functools import lru_cache
from pathlib import Path, PurePosixPath

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

YEAR = "public, max-age=31536000, immutable"
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
SECTIONS = ("chat",)
"""Pages whose addresses go on with an id, which only the browser looks at: one file serves all of them."""

INLINE_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<text>.*?)</script>", re.DOTALL | re.IGNORECASE)

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Parley</title>
<h1>The web client is not built</h1>
<p>Run <code>make setup</code> in the checkout, then load this page again. The API is there already.</p>
"""


def mount_web_client(app: FastAPI, root: Path) -> None:
    """Answer GET and HEAD for every path that no route before has taken."""

    async def client(request: Request) -> Response:
        return await run_in_threadpool(answer, request, root)

    app.add_route("/{path:path}", client, methods=["GET", "HEAD"], include_in_schema=False)


def answer(request: Request, root: Path) -> Response:
    path = request.path_params["path"]
    found = locate(root, path)
    if found is not None:
        return _file(request, root, found, status=200)
    if not root.is_dir():
        return page(request, NOT_BUILT, status=503)
    missing = root / "404.html"
    if missing.is_file():
        return _file(request, root, missing, status=404)
    return PlainTextResponse("There is nothing at this address.", status_code=404, headers=HEADERS)


def locate(root: Path, path: str) -> Path | None:
    """The file of the export that answers a path; None when there is none. Never a file outside of `root`."""
    parts = PurePosixPath(path).parts
    if "\0" in path or "\\" in path or any(part in {"..", "/"} or part.startswith(".") for part in parts):
        return None
    inside = root.resolve()
    for candidate in _candidates(parts):
        file = (root / candidate).resolve()
        if file.is_file() and file.is_relative_to(inside):
            return file
    return None


def _candidates(parts: tuple[str, ...]) -> Iterator[str]:
    path = "/".join(parts)
    if parts:
        yield path
        yield f"{path}.html"
        yield f"{path}/index.html"
    else:
        yield "index.html"
    if len(parts) > 1 and parts[0] in SECTIONS:
        section, last = parts[0], parts[-1]
        if last.startswith("__next."):
            yield f"{section}/{last}"
        yield f"{section}.txt" if last.endswith(".txt") else f"{section}.html"


def _file(request: Request, root: Path, file: Path, *, status: int) -> Response:
    headers = HEADERS | {"Vary": "Accept-Encoding", "Cache-Control": _caching(root, file)}
    media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    if media_type == "text/html":
        host = request.headers.get("host", "")
        headers["Content-Security-Policy"] = policy(_hashes(file, file.stat().st_mtime_ns), host)
    served, encoding = _compressed(request, file)
    if encoding is not None:
        headers["Content-Encoding"] = encoding
    state = served.stat()
    headers["ETag"] = etag = f'"{state.st_mtime_ns:x}-{state.st_size:x}{encoding or ""}"'
    headers["Last-Modified"] = formatdate(state.st_mtime, usegmt=True)
    if status == 200 and etag in _tags(request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    return FileResponse(served, status, headers, media_type, stat_result=state)


def page(request: Request, html: str, *, status: int) -> Response:
    headers = HEADERS | {"Cache-Control": "no-store", "Content-Security-Policy": policy((), "")}
    return Response(html, status, headers, "text/html")


def policy(hashes: tuple[str, ...], host: str) -> str:
    """Only this server's files and the page's own inline scripts; sockets only to the host that was asked."""
    # 'self' covers WebSockets in new browsers only. A Host header is the client's own word, so it is checked.
    sockets = f" ws://{host} wss://{host}" if re.fullmatch(r"[A-Za-z0-9_.:\[\]-]+", host) else ""
    scripts = "".join(f" '{value}'" for value in hashes)
    return "; ".join((
        "default-src 'self'",
        f"script-src 'self'{scripts}",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        f"connect-src 'self'{sockets}",
        "worker-src 'self' blob:",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "object-src 'none'",
    ))  # fmt: skip


@lru_cache(maxsize=256)
def _hashes(file: Path, changed: int) -> tuple[str, ...]:
    """What allows the inline scripts of a page, as the policy wants it, for the file as it was `changed`."""
    html = file.read_text(encoding="utf-8")
    texts = [
        match["text"]
        for match in INLINE_SCRIPT.finditer(html)
        if match["text"] and not re.search(r"\bsrc\s*=", match["attributes"])
    ]
    digests = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts)
    return tuple(dict.fromkeys(f"sha256-{digest}" for digest in digests))


def _caching(root: Path, file: Path) -> str:
    return YEAR if file.is_relative_to((root / "_next" / "static").resolve()) else "no-cache"


def _compressed(request: Request, file: Path) -> tuple[Path, str | None]:
    """The smallest sibling that the browser understands, unless it asks for a part of the file."""
    if "range" not in request.headers:
        accepted = {
            coding.partition(";")[0].strip()
            for coding in request.headers.get("accept-encoding", "").split(",")
            if not re.search(r";\s*q=0(\.0*)?\s*$", coding)
        }
        for encoding, suffix in ENCODINGS:
            sibling = file.with_name(file.name + suffix)
            if encoding in accepted and sibling.is_file() and sibling.stat().st_mtime >= file.stat().st_mtime:
                return sibling, encoding
    return file, None


def _tags(header: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}
