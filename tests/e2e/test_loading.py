"""What a browser has to load before the pages that people open most, and what Lighthouse says about them."""

import gzip
import json
import re
import shutil

import pytest

from persistence.database import Database
from resolvers.registration import create_user
from server.settings import ROOT
from tests.conftest import Running
from tests.e2e.test_browser import BROWSERS
from tests.foreign import node_packages, told
from tests.people import PASSWORD

OUT = ROOT / "web" / "out"
FIRST_LOAD = 200 * 1024
"""Bytes of scripts, compressed by gzip, that the page of a chat may name."""
READ = 640 * 1024
"""Bytes of them as a browser reads them, which is what a slow processor feels."""
FILES = 15
"""How many they are: each costs a way to the server and back."""
PERFECT = {"accessibility": 100, "best-practices": 100}

pytestmark = pytest.mark.skipif(
    not (OUT / "index.html").exists(), reason="the web client is not built: run `make setup`"
)


def test_the_scripts_of_the_chat_page_are_few_and_small() -> None:
    html = (OUT / "chat.html").read_text()
    tags = re.findall(r'<script src="/([^"]+)"([^>]*)>', html)
    scripts = {name for name, attributes in tags if "nomodule" not in attributes.lower()}
    texts = [(OUT / name).read_bytes() for name in scripts]
    assert 5 < len(texts) <= FILES
    assert sum(len(gzip.compress(text)) for text in texts) <= FIRST_LOAD
    assert sum(map(len, texts)) <= READ


def test_pages_show_what_they_are_for_before_any_script_has_run() -> None:
    form = (OUT / "sign-in.html").read_text()
    assert 'name="email"' in form
    assert 'name="password"' in form
    # Before there is somebody to take it, the browser would send what is written as a part of an address.
    assert re.search(r'<button[^>]* type="submit"[^>]* disabled=""', form)
    chat = (OUT / "chat.html").read_text()
    assert "<textarea" in chat
    assert "Explain something" in chat
    assert "What would you like to know?" in chat


@pytest.mark.timeout(300)
async def test_lighthouse_finds_nothing_to_mend(served: Running, db: Database) -> None:
    await create_user(db, "ada@example.org", "Ada Lovelace", PASSWORD)
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert browser, "no Chromium: run `make test`, which brings one"
    script = await node_packages() / "lighthouse.mjs"
    said = await told("node", script, browser, served.url, "ada@example.org", PASSWORD, "desktop", "steady")
    assert json.loads(said) == {"/sign-in": PERFECT, "/chat": PERFECT}
