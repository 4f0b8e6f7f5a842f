"""The web client's files: which file answers which address, and what the browser is told about it."""

import asyncio
import base64
import gzip
import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import uvicorn
from fastapi import FastAPI
from yarl import URL

from server.serving import Server, listen
from server.web_client import mount_web_client

SCRIPT = 'self.__next_f.push([1,"<b>hé</b>"])'
PAGE = f'<!doctype html><script src="/_next/static/a.js" async=""></script><script>{SCRIPT}</script><p>%s</p>'
FILES = {
    "index.html": PAGE % "home",
    "chat.html": PAGE % "chat shell",
    "chat.txt": "chat payload",
    "models.html": PAGE % "models",
    "docs/index.html": PAGE % "docs",
    "404.html": PAGE % "nothing here",
    "_next/static/a.js": "let a = 1",
    "_next/data.json": "{}",
}


@pytest.fixture
def export(tmp_path: Path) -> Path:
    root = tmp_path / "out"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (tmp_path / "secret.html").write_text("secret")
    return root


@pytest.fixture
async def address(export: Path) -> AsyncIterator[str]:
    """A real server that has nothing but the export."""
    app = FastAPI()
    mount_web_client(app, export)
    bound = listen("127.0.0.1", 0)
    server = Server(uvicorn.Config(app, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[bound]))
    yield f"127.0.0.1:{bound.getsockname()[1]}"
    server.should_exit = True
    await serving


@pytest.fixture
async def browser(address: str) -> AsyncIterator[aiohttp.ClientSession]:
    headers = {"Accept-Encoding": "identity"}
    async with aiohttp.ClientSession(f"http://{address}", auto_decompress=False, headers=headers) as session:
        yield session


def link(place: Path, target: Path) -> None:
    place.symlink_to(target)


def take_away(export: Path) -> None:
    export.rename(export.with_name("gone"))


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/", "home"),
        ("/index.html", "home"),
        ("/models", "models"),
        ("/models/", "models"),
        ("/docs", "docs"),
        ("/chat", "chat shell"),
        ("/chat/0198c1d2-1111", "chat shell"),
        ("/chat/a/b", "chat shell"),
        ("/chat/0198c1d2-1111.txt?_rsc=1", "chat payload"),
        ("/_next/static/a.js", "let a = 1"),
    ],
)
async def test_every_address_has_its_file(browser: aiohttp.ClientSession, path: str, words: str) -> None:
    async with browser.get(path) as response:
        assert response.status == 200
        assert words in await response.text()
    async with browser.head(path) as response:
        assert response.status == 200
        assert int(response.headers["Content-Length"]) > 0
        assert await response.read() == b""


@pytest.mark.parametrize("path", ["/nowhere", "/models/7", "/_next/static/b.js", "/favicon.ico"])
async def test_an_unknown_address_is_a_404_page(browser: aiohttp.ClientSession, path: str) -> None:
    async with browser.get(path) as response:
        assert response.status == 404
        assert "nothing here" in await response.text()


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.html",
        "/%2e%2e/secret.html",
        "/..%2fsecret.html",
        "/chat/..%2f..%2fsecret.html",
        "/..%5csecret.html",
        "//secret.html",
        "/secret.html%00.js",
        "/%2fetc/passwd",
        "/link.html",
    ],
)
async def test_nothing_outside_the_export_can_be_read(
    address: str, browser: aiohttp.ClientSession, export: Path, path: str
) -> None:
    link(export / "link.html", export.parent / "secret.html")
    async with browser.get(URL(f"http://{address}{path}", encoded=True)) as response:
        assert response.status == 404
        assert "nothing here" in await response.text()


async def test_a_page_allows_its_own_inline_scripts_and_no_others(address: str, browser: aiohttp.ClientSession) -> None:
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    async with browser.get("/chat/1") as response:
        directives = dict(part.split(" ", 1) for part in response.headers["Content-Security-Policy"].split("; "))
    assert directives["default-src"] == "'self'"
    assert directives["script-src"] == f"'self' 'sha256-{digest}'"
    assert directives["connect-src"] == f"'self' ws://{address} wss://{address}"
    assert directives["frame-ancestors"] == "'none'"
    assert directives["object-src"] == "'none'"
    assert directives["base-uri"] == "'none'"


async def test_a_rebuilt_page_gets_the_hashes_of_its_new_scripts(browser: aiohttp.ClientSession, export: Path) -> None:
    async with browser.get("/models") as response:
        before = response.headers["Content-Security-Policy"]
    (export / "models.html").write_text("<script>other()</script>")
    os.utime(export / "models.html", ns=(1, 1))
    async with browser.get("/models") as response:
        assert response.headers["Content-Security-Policy"] != before


async def test_a_strange_host_header_adds_nothing_to_the_policy(browser: aiohttp.ClientSession) -> None:
    async with browser.get("/", headers={"Host": "evil.example; script-src *"}) as response:
        assert "evil" not in response.headers["Content-Security-Policy"]


async def test_every_answer_carries_the_protective_headers(browser: aiohttp.ClientSession) -> None:
    for path in ("/", "/_next/static/a.js", "/nowhere"):
        async with browser.get(path) as response:
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
            assert "Referrer-Policy" in response.headers
            assert "Permissions-Policy" in response.headers


async def test_hashed_files_are_kept_for_a_year_and_pages_are_asked_for_again(
    browser: aiohttp.ClientSession,
) -> None:
    async with browser.get("/_next/static/a.js") as response:
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    async with browser.get("/_next/data.json") as response:
        assert response.headers["Cache-Control"] == "no-cache"
    async with browser.get("/chat/1") as response:
        assert response.headers["Cache-Control"] == "no-cache"
        etag = response.headers["ETag"]
    async with browser.get("/chat/2", headers={"If-None-Match": f'"x", W/{etag}'}) as response:
        assert response.status == 304
        assert await response.read() == b""


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, br", "br"), ("gzip", "gzip"), ("gzip, br;q=0", "gzip"), ("identity", None)],
)
async def test_compressed_siblings_are_served_to_who_understands_them(
    browser: aiohttp.ClientSession, export: Path, accepted: str, encoding: str | None
) -> None:
    (export / "_next/static/a.js.gz").write_bytes(gzip.compress(b"let a = 1"))
    (export / "_next/static/a.js.br").write_bytes(b"brotli")
    async with browser.get("/_next/static/a.js", headers={"Accept-Encoding": accepted}) as response:
        assert response.headers.get("Content-Encoding") == encoding
        assert response.headers["Vary"] == "Accept-Encoding"
        assert response.content_type in {"text/javascript", "application/javascript"}


async def test_without_a_build_the_page_says_what_to_do(browser: aiohttp.ClientSession, export: Path) -> None:
    take_away(export)
    for path in ("/", "/chat/1"):
        async with browser.get(path) as response:
            assert response.status == 503
            assert "make setup" in await response.text()
