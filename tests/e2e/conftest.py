"""What journeys need: the real server with its web client, a provider that streams a script, and its mails."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.models import ProviderKind
from persistence import model_registration
from persistence.database import Database
from persistence.model_registration import KnownModel
from server.settings import Settings
from tests.conftest import Running, reconnect, running
from tests.e2e.scenes import scene
from tests.mail_servers import MailServer, mail_server
from tests.upstream import Upstream
from tests.upstream_answers import STAND_ALONE_MODELS


@pytest.fixture
async def served(tmp_path: Path, mails: MailServer, database_url: str, db: Database) -> AsyncIterator[Running]:
    """The server with its web client; models `scripted` and, at an address where nobody listens, `dead`."""
    async with Upstream(STAND_ALONE_MODELS) as upstream:
        upstream.by_question = scene
        settings = Settings(
            _env_file=None,
            parley_data=tmp_path / "data",
            parley_local_models=False,
            parley_sign_up=True,
            parley_shutdown_grace=0,
            openai_base_url=upstream.base_url,
            openai_api_key="sk-test-upstream",
            parley_public_url="http://parley.test",
            smtp_host="127.0.0.1",
            smtp_port=mails.port,
            smtp_security="none",
            smtp_from="parley@example.org",
        )
        async with db.write() as session:
            provider = await model_registration.put_provider(
                session, name="Nobody", kind=ProviderKind.OPENAI, base_url="http://127.0.0.1:9/v1", source="user"
            )
            dead = KnownModel(name="dead", display_name="dead", context_window=8192, quality=0.01)
            await model_registration.put_models(session, provider.id, [dead], complete=True)
        async with running(settings, reconnect(database_url, "server")) as started:
            yield started


@pytest.fixture
async def mails() -> AsyncIterator[MailServer]:
    """Where the server's mails go."""
    async with mail_server() as started:
        yield started
