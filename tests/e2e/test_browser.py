"""The journeys of people in a real browser, against the real server and a provider that streams a script.

Each file of journeys is a test of its own at each width and by keyboard alone, with a server, a database and accounts
of its own, so that they run beside each other and beside all other tests.
"""

import asyncio
import itertools
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from _pytest.mark import ParameterSet

from server.settings import ROOT
from tests.conftest import Running
from tests.mail_servers import MailServer
from tests.mcp_http import Served, http_server
from tests.upstream import Upstream

WEB = ROOT / "web"
JOURNEYS = sorted(path.name.removesuffix(".spec.ts") for path in (WEB / "e2e").glob("*.spec.ts"))
ON_PHONES_TOO = ("people",)
"""Journeys that `make test` makes on a phone, too; `make journeys` makes all of them so, and by keyboard."""
BROWSERS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")


@pytest.fixture
async def outbox(tmp_path: Path, mails: MailServer) -> AsyncIterator[Path]:
    """A folder in which each mail is a file as soon as it comes."""
    folder = tmp_path / "mails"
    folder.mkdir()

    async def fill() -> None:
        for number in itertools.count():
            mail: Any = await mails.mails.get()
            (folder / f"{number}.txt").write_text(f"{mail['To']}\n\n{mail.get_content()}")

    filling = asyncio.create_task(fill())
    yield folder
    filling.cancel()


@pytest.fixture
async def second_provider() -> AsyncIterator[Upstream]:
    """What an administrator adds in a browser."""
    async with Upstream(("spare",)) as upstream:
        yield upstream


@pytest.fixture
async def mcp_server(tmp_path: Path) -> AsyncIterator[Served]:
    """A server of tools, which an administrator adds in a browser; it wants a token."""
    async with http_server(tmp_path, token="of the journeys") as started:
        yield started


def travels() -> list[ParameterSet]:
    """Each file of journeys with each of the projects of `playwright.config.ts`."""
    wide = [pytest.param(journeys, "desktop") for journeys in JOURNEYS]
    marks = {journeys: () if journeys in ON_PHONES_TOO else pytest.mark.journeys for journeys in JOURNEYS}
    narrow = [pytest.param(journeys, "phone", marks=marks[journeys]) for journeys in JOURNEYS]
    return wide + narrow + [pytest.param(journeys, "keyboard", marks=pytest.mark.journeys) for journeys in JOURNEYS]


@pytest.mark.early
@pytest.mark.timeout(600)
@pytest.mark.skipif(not (WEB / "out" / "index.html").exists(), reason="the web client is not built: run `make setup`")
@pytest.mark.parametrize(("journeys", "project"), travels())
async def test_people_can_do_what_they_came_for(
    journeys: str, project: str, served: Running, outbox: Path, second_provider: Upstream, mcp_server: Served
) -> None:
    assert any(shutil.which(browser) for browser in BROWSERS), "no Chromium: run `make test`, which brings one"
    places = {
        "PARLEY_E2E_URL": served.url,
        "PARLEY_E2E_PROVIDER": second_provider.base_url,
        "PARLEY_E2E_MCP": mcp_server.url,
        "PARLEY_E2E_MAILS": str(outbox),
    }
    traces = f"test-results/{journeys}-{project}"  # Playwright empties the folder when it starts
    travelling = await asyncio.create_subprocess_exec(
        "npm", "run", "--silent", "e2e", "--", f"e2e/{journeys}.spec.ts", "--project", project, "--output", traces,
        cwd=WEB, env={**os.environ, **places, "CI": "1"},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await travelling.communicate()
    assert travelling.returncode == 0, said.decode()[-8000:]
