"""New passwords by link: from an administrator, and by mail through a real SMTP server."""

import re
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, update

from persistence.database import Database
from persistence.password_resets import PasswordResetRow
from server.settings import Settings
from tests.browsers import NewBrowser
from tests.graphql.test_invitations import ACCEPT, INVITE
from tests.mail_servers import MailServer, mail_server

CREATE = "mutation ($userId: ID!) { createPasswordReset(userId: $userId) { token expiresAt } }"
REQUEST = "mutation ($input: RequestPasswordResetInput!) { requestPasswordReset(input: $input) { ok } }"
RESET = "mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { ok } }"
WHO = "{ viewer { id email } }"
NEW = "an entirely new password"


@pytest.fixture
async def mail() -> AsyncIterator[MailServer]:
    async with mail_server() as started:
        yield started


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """With a mail server for the tests that have one."""
    if "mail" not in request.fixturenames:
        return settings
    started: MailServer = request.getfixturevalue("mail")
    change = {
        "smtp_host": "127.0.0.1", "smtp_port": started.port, "smtp_security": "none",
        "smtp_from": "parley@example.org", "parley_public_url": "http://chat.test/",
    }  # fmt: skip
    return settings.model_copy(update=change)


async def test_an_administrators_link_sets_a_password_once(browser: NewBrowser, people: list[str]) -> None:
    root, mia, new = await browser(people[0]), await browser(people[1]), await browser()
    mia_id = (await mia.ask(WHO)).data["viewer"]["id"]
    older = (await root.ask(CREATE, userId=mia_id)).data["createPasswordReset"]["token"]
    token = (await root.ask(CREATE, userId=mia_id)).data["createPasswordReset"]["token"]

    short = await new.ask(RESET, input={"token": token, "newPassword": "short"})
    replaced = await new.ask(RESET, input={"token": older, "newPassword": NEW})
    right = await new.ask(RESET, input={"token": token, "newPassword": NEW})
    again = await new.ask(RESET, input={"token": token, "newPassword": NEW})

    assert list(short.error["extensions"]["fields"]) == ["input.newPassword"]
    assert (replaced.code, again.code) == ("NOT_FOUND", "NOT_FOUND")
    assert right.data == {"resetPassword": {"ok": True}}
    assert "parley_session" not in right.cookies
    assert (await mia.ask(WHO)).code == "UNAUTHENTICATED"
    assert (await new.sign_in(people[1])).code == "UNAUTHENTICATED"
    assert (await new.sign_in(people[1], NEW)).data


async def test_a_link_that_has_expired_sets_nothing(browser: NewBrowser, people: list[str], db: Database) -> None:
    root = await browser(people[0])
    root_id = (await root.ask(WHO)).data["viewer"]["id"]
    token = (await root.ask(CREATE, userId=root_id)).data["createPasswordReset"]["token"]
    async with db.write() as session:
        await session.execute(update(PasswordResetRow).values(expires_at=func.now()))

    assert (await root.ask(RESET, input={"token": token, "newPassword": NEW})).code == "NOT_FOUND"
    assert (await root.ask(RESET, input={"token": "x" * 5000, "newPassword": NEW})).code == "NOT_FOUND"


async def test_a_member_makes_no_link(browser: NewBrowser, people: list[str]) -> None:
    root, mia = await browser(people[0]), await browser(people[1])
    root_id = (await root.ask(WHO)).data["viewer"]["id"]

    assert (await mia.ask(CREATE, userId=root_id)).code == "FORBIDDEN"
    assert (await root.ask(CREATE, userId=root_id.replace("user", "chat"))).code == "NOT_FOUND"


async def test_without_a_mail_server_no_mail_is_promised(browser: NewBrowser, people: list[str]) -> None:
    client = await browser()

    assert (await client.ask(REQUEST, input={"email": people[1]})).code == "FORBIDDEN"
    assert (await client.ask("{ server { sendsMail } }")).data["server"] == {"sendsMail": False}


async def test_a_forgotten_password_is_mailed_to_its_owner_only(
    mail: MailServer, browser: NewBrowser, people: list[str]
) -> None:
    mail.greylisting = 1
    client = await browser()

    nobody = await client.ask(REQUEST, input={"email": "nobody@example.org"})
    known = await client.ask(REQUEST, input={"email": f" {people[1].upper()} "})
    sent = await mail.next()

    assert nobody.body == known.body == {"data": {"requestPasswordReset": {"ok": True}}}
    assert (sent["To"], sent["From"], sent["Auto-Submitted"]) == (people[1], "parley@example.org", "auto-generated")
    [token] = re.findall(r"^http://chat\.test/new-password#(\S+)", sent.get_content(), re.MULTILINE)
    assert (await client.ask(RESET, input={"token": token, "newPassword": NEW})).data
    assert (await client.sign_in(people[1], NEW)).data
    assert mail.mails.empty()  # nothing went to nobody, who asked first


async def test_mails_for_an_address_are_few_whether_it_has_an_account_or_not(
    mail: MailServer, browser: NewBrowser, people: list[str]
) -> None:
    client = await browser()

    for email in (people[1], "nobody@example.org"):
        answers = [await client.ask(REQUEST, input={"email": email}) for _ in range(4)]
        assert [answer.data["requestPasswordReset"]["ok"] for answer in answers[:3]] == [True] * 3
        assert answers[3].code == "RATE_LIMITED"
    wrong = await client.ask(REQUEST, input={"email": "nobody"})
    assert list(wrong.error["extensions"]["fields"]) == ["input.email"]


async def test_an_invitation_is_mailed(mail: MailServer, browser: NewBrowser, people: list[str]) -> None:
    root, new = await browser(people[0]), await browser()

    await root.ask(INVITE, input={"email": "new@example.org"})
    sent = await mail.next()

    [token] = re.findall(r"^http://chat\.test/invitation#(\S+)", sent.get_content(), re.MULTILINE)
    accepted = await new.ask(ACCEPT, input={"token": token, "name": "New", "password": NEW})
    assert accepted.data["acceptInvitation"]["viewer"]["email"] == "new@example.org"
