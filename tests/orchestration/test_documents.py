"""Pages, texts and PDFs become text that a model can read; everything else is refused in words."""

import json
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from orchestration.tools.documents import decoded
from orchestration.tools.fetching import Fetcher, Page
from orchestration.tools.tool import Call, Result
from orchestration.tools.web_fetch import web_fetch
from tests.attachments import pdf_of
from tests.sites import Names, Site

SOMEBODY = Call(uuid4(), uuid4(), uuid4(), "key")
PAGE = """<!doctype html><html><head><title>Bread &amp; butter</title><script>track()</script></head><body>
<nav><a href="/">Home</a></nav>
<main><h1>Bread</h1><p>Mix <b>flour</b> and <a href="/water?cold=1">water</a>.</p>
<table><tr><th>What</th><th>Grams</th></tr><tr><td>Flour</td><td>500</td></tr></table></main>
<aside>Buy our pans!</aside><footer>© Us</footer></body></html>"""


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site() as started:
        yield started


async def read(site: Site, path: str) -> Result:
    fetcher = Fetcher(private_hosts=[f"a.test:{site.port}"], resolver=Names(a_test=[["127.0.0.1"]]))
    return await web_fetch(fetcher).call(json.dumps({"url": f"http://a.test:{site.port}{path}"}), SOMEBODY)


async def test_a_page_is_markdown_of_what_it_says(site: Site) -> None:
    site.page("/bread", PAGE)
    result = await read(site, "/bread")
    assert result.error is None
    assert result.output.startswith(f"Title: Bread & butter\nAddress: http://a.test:{site.port}/bread\n\n# Bread")
    assert f"Mix **flour** and [water](http://a.test:{site.port}/water?cold=1)." in result.output
    assert "| Flour | 500 |" in result.output
    for frame in ("track", "Home", "pans", "© Us"):
        assert frame not in result.output


async def test_a_pdf_is_read_page_by_page(site: Site) -> None:
    site.page("/a.pdf", pdf_of("Hello PDF", "Second page"), media_type="application/octet-stream")
    result = await read(site, "/a.pdf")
    assert result.output.startswith("Title: Two pages\n")
    assert "[page 1]\nHello PDF\n\n[page 2]\nSecond page" in result.output


async def test_json_and_text_stay_as_they_are(site: Site) -> None:
    site.page("/a.json", '{"a": [1, 2]}', media_type="application/json")
    site.page("/feed", "<rss/>", media_type="application/rss+xml; charset=utf-8")
    site.page("/a.txt", "plain <b>text</b>", media_type="text/plain")
    site.page("/untyped", "no type", media_type="application/octet-stream")
    for path, text in {"/a.json": '{"a": [1, 2]}', "/feed": "<rss/>", "/a.txt": "plain <b>text</b>"}.items():
        assert (await read(site, path)).output.endswith(f"\n\n{text}")
    assert (await read(site, "/untyped")).output.endswith("\n\nno type")


@pytest.mark.parametrize(
    ("status", "media_type", "body", "said"),
    [
        (200, "image/png", b"\x89PNG", "image/png"),
        (200, "application/zip", b"PK", "application/zip"),
        (200, "application/octet-stream", b"\0\1\2", "no text"),
        (200, "application/pdf", b"%PDF-1.7 broken", "The PDF cannot be read"),
        (200, "text/html", b"<html><script>app()</script></html>", "has no text"),
        (404, "text/html", b"", "There is no page"),
        (403, "text/html", b"", "not open to everybody"),
        (500, "text/html", b"", "status 500"),
    ],
)
async def test_what_cannot_be_read_is_said(site: Site, status: int, media_type: str, body: bytes, said: str) -> None:
    site.page("/it", body, status=status, media_type=media_type)
    result = await read(site, "/it")
    assert said in (result.error or "")


@pytest.mark.parametrize(
    "nest", ["<div>" * 100_000, "<b>" * 50_000 + "x", "<ul><li>" * 20_000, "<table><tr><td>" * 5_000, "<" * 900_000]
)
async def test_a_page_that_is_meant_to_break_parsers_breaks_nothing(site: Site, nest: str) -> None:
    site.page("/nest", nest)
    result = await read(site, "/nest")
    assert "unexpectedly" not in result.words


@pytest.mark.parametrize(
    ("body", "charset", "text"),
    [
        ("Grüße".encode(), None, "Grüße"),
        ("Grüße".encode("latin-1"), "iso-8859-1", "Grüße"),
        ("Grüße".encode("cp1252"), None, "Grüße"),
        ("Grüße".encode("cp1252"), "utf-8", "Grüße"),
        ("“Grüße”".encode("cp1252"), "latin1", "“Grüße”"),
        ("日本".encode("shift_jis"), "Shift_JIS", "日本"),
        ("Привет".encode("koi8-r"), "koi8-r", "Привет"),
        ("Grüße".encode("utf-16"), None, "Grüße"),
        ("Grüße".encode("utf-8-sig"), "utf-16", "Grüße"),
        ("Grüße".encode(), "no-such-charset", "Grüße"),
        ("Grüße".encode(), "rot13", "Grüße"),
        ("Grüße".encode(), "punycode", "Grüße"),
        ("Grüße".encode(), "unicode_escape", "Grüße"),
        ("Grüße".encode(), "zip", "Grüße"),
        (b'<meta charset="iso-8859-2">' + "Dvořák".encode("iso-8859-2"), None, '<meta charset="iso-8859-2">Dvořák'),
    ],
)
def test_text_is_decoded_whatever_is_said_of_it(body: bytes, charset: str | None, text: str) -> None:
    assert decoded(Page("http://a.test/", 200, "text/plain", charset, body)) == text
