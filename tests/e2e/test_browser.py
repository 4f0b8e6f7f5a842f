"""The journeys of people in a real browser, against the real server and a provider that streams a script."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.models import ProviderKind
from persistence import model_registration
from persistence.database import Database, connect
from persistence.model_registration import KnownModel
from server.settings import ROOT, Settings
from tests.conftest import Running, running
from tests.upstream import Upstream
from tests.upstream_answers import STAND_ALONE_MODELS

WEB = ROOT / "web"
BROWSERS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")


@pytest.fixture
async def served(tmp_path: Path, database_url: str, db: Database) -> AsyncIterator[Running]:
    """The server with its web client; models `scripted` and, at an address where nobody listens, `dead`."""
    async with Upstream(STAND_ALONE_MODELS) as upstream:
        settings = Settings(
            _env_file=None,
            parley_data=tmp_path / "data",
            parley_local_models=False,
            parley_sign_up=True,
            parley_shutdown_grace=0,
            openai_base_url=upstream.base_url,
            openai_api_key="sk-test-upstream",
        )
        async with db.write() as session:
            provider = await model_registration.put_provider(
                session, name="Nobody", kind=ProviderKind.OPENAI, base_url="http://127.0.0.1:9/v1", source="user"
            )
            dead = KnownModel(name="dead", display_name="dead", context_window=8192, quality=0.01)
            await model_registration.put_models(session, provider.id, [dead], complete=True)
        async with running(settings, connect(database_url)) as started:
            yield started


@pytest.fixture
async def second_provider() -> AsyncIterator[Upstream]:
    """What an administrator adds in a browser."""
    async with Upstream(("spare",)) as upstream:
        yield upstream


@pytest.mark.timeout(900)
@pytest.mark.skipif(not (WEB / "out" / "index.html").exists(), reason="the web client is not built: run `make setup`")
async def test_people_can_do_what_they_came_for(served: Running, second_provider: Upstream) -> None:
    assert any(shutil.which(browser) for browser in BROWSERS), "no Chromium: run `make test`, which brings one"
    places = {"PARLEY_E2E_URL": served.url, "PARLEY_E2E_PROVIDER": second_provider.base_url}
    journeys = await asyncio.create_subprocess_exec(
        "npm", "run", "--silent", "e2e", cwd=WEB, env={**os.environ, **places, "CI": "1"},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await journeys.communicate()
    assert journeys.returncode == 0, said.decode()[-8000:]
