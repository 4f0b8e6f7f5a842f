"""Invitations: a link makes one account, with the role and for the address that the administrator chose."""

import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, update

from persistence.database import Database
from persistence.invitations import InvitationRow
from resolvers.credentials import digest
from tests.browsers import NewBrowser, about_accounts
from tests.people import PASSWORD

INVITE = """mutation ($input: InviteUserInput!) {
    inviteUser(input: $input) { token invitation { id email role expiresAt invitedBy { email } } } }"""
ACCEPT = "mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { viewer { email role } } }"
OFFER = "query ($token: String!) { invitation(token: $token) { email role expiresAt } }"
LISTED = """query ($first: Int, $after: String) { invitations(first: $first, after: $after) {
    edges { node { id email invitedBy { email } } } pageInfo { hasNextPage endCursor } totalCount } }"""
REVOKE = "mutation ($id: ID!) { revokeInvitation(id: $id) { id } }"
UPDATE = "mutation ($input: UpdateUserInput!) { updateUser(input: $input) { user { id } } }"
NODE = "query ($id: ID!) { node(id: $id) { __typename } }"


def accepting(token: str, **changes: str) -> dict[str, str]:
    return {"token": token, "email": "new@example.org", "name": "New", "password": PASSWORD} | changes


async def test_an_invitation_makes_one_account_with_its_role(browser: NewBrowser, people: list[str]) -> None:
    root, new, late = await browser(people[0]), await browser(), await browser()
    invited = (await root.ask(INVITE, input={"role": "ADMIN"})).data["inviteUser"]
    token = invited["token"]

    offered = (await new.ask(OFFER, token=token)).data["invitation"]
    taken = await new.ask(ACCEPT, input=accepting(token, email=people[1]))
    accepted = await new.ask(ACCEPT, input=accepting(token))
    again = await late.ask(ACCEPT, input=accepting(token, email="late@example.org"))

    assert (offered["role"], offered["email"]) == ("ADMIN", None)
    assert taken.code == "CONFLICT"  # and the link still works
    assert accepted.data["acceptInvitation"]["viewer"] == {"email": "new@example.org", "role": "ADMIN"}
    assert (await new.ask("{ viewer { email } }")).data["viewer"]["email"] == "new@example.org"
    assert again.code == "NOT_FOUND"


async def test_only_one_of_many_who_have_the_link_gets_in(browser: NewBrowser, people: list[str]) -> None:
    root = await browser(people[0])
    token = (await root.ask(INVITE, input={})).data["inviteUser"]["token"]
    crowd = [await browser() for _ in range(4)]

    answers = await asyncio.gather(
        *(one.ask(ACCEPT, input=accepting(token, email=f"{n}@example.org")) for n, one in enumerate(crowd))
    )

    assert [answer.code for answer in answers if answer.body.get("errors")] == ["NOT_FOUND"] * 3


async def test_an_invitation_for_an_address_is_for_nobody_else(browser: NewBrowser, people: list[str]) -> None:
    root, new = await browser(people[0]), await browser()
    token = (await root.ask(INVITE, input={"email": " New@Example.org "})).data["inviteUser"]["token"]

    other = await new.ask(ACCEPT, input=accepting(token, email="other@example.org"))
    right = await new.ask(ACCEPT, input={"token": token, "name": "New", "password": PASSWORD})

    assert list(other.error["extensions"]["fields"]) == ["input.email"]
    assert right.data["acceptInvitation"]["viewer"]["email"] == "new@example.org"


async def test_a_revoked_or_expired_invitation_leads_nowhere(
    browser: NewBrowser, people: list[str], db: Database
) -> None:
    root, new = await browser(people[0]), await browser()
    revoked, expired = [(await root.ask(INVITE, input={})).data["inviteUser"] for _ in range(2)]
    await root.ask(REVOKE, id=revoked["invitation"]["id"])
    async with db.write() as session:
        await session.execute(
            update(InvitationRow)
            .values(expires_at=func.now())
            .where(InvitationRow.token_hash == digest(expired["token"]))
        )

    for one in (revoked, expired):
        assert (await new.ask(OFFER, token=one["token"])).code == "NOT_FOUND"
        assert (await new.ask(ACCEPT, input=accepting(one["token"]))).code == "NOT_FOUND"
    assert (await root.ask(REVOKE, id=revoked["invitation"]["id"])).code == "NOT_FOUND"


async def test_an_invitation_ends_with_the_rights_of_who_made_it(browser: NewBrowser, people: list[str]) -> None:
    root, mia, new = await browser(people[0]), await browser(people[1]), await browser()
    mia_id = (await mia.ask("{ viewer { id } }")).data["viewer"]["id"]
    await root.ask(UPDATE, input={"id": mia_id, "role": "ADMIN"})
    invited = (await (await browser(people[1])).ask(INVITE, input={"role": "ADMIN"})).data["inviteUser"]

    await root.ask(UPDATE, input={"id": mia_id, "disabled": True})
    locked_out = (await new.ask(OFFER, token=invited["token"])).code
    refused = (await new.ask(ACCEPT, input=accepting(invited["token"]))).code
    listed = (await root.ask(LISTED)).data["invitations"]
    node = (await root.ask(NODE, id=invited["invitation"]["id"])).data["node"]
    await root.ask(UPDATE, input={"id": mia_id, "disabled": False})

    assert (locked_out, refused) == ("NOT_FOUND", "NOT_FOUND")
    assert (listed["edges"], listed["totalCount"], node) == ([], 0, None)
    assert (await new.ask(ACCEPT, input=accepting(invited["token"]))).data["acceptInvitation"]["viewer"]


async def test_only_a_hash_of_the_token_is_stored(browser: NewBrowser, people: list[str], db: Database) -> None:
    token = (await (await browser(people[0])).ask(INVITE, input={})).data["inviteUser"]["token"]

    async with db.read() as session:
        [row] = await session.scalars(select(InvitationRow))
    assert row.token_hash == digest(token)
    assert token not in str(vars(row))


async def test_members_neither_invite_nor_see_invitations(browser: NewBrowser, people: list[str]) -> None:
    root, mia = await browser(people[0]), await browser(people[1])
    invitation = (await root.ask(INVITE, input={})).data["inviteUser"]["invitation"]

    assert (await mia.ask(INVITE, input={})).code == "FORBIDDEN"
    assert (await mia.ask(LISTED)).code == "FORBIDDEN"
    assert (await mia.ask(REVOKE, id=invitation["id"])).code == "FORBIDDEN"
    assert (await mia.ask(NODE, id=invitation["id"])).data["node"] is None
    assert (await root.ask(NODE, id=invitation["id"])).data["node"] == {"__typename": "Invitation"}


async def test_what_is_wrong_with_an_invitation_is_said(browser: NewBrowser, people: list[str]) -> None:
    root, far = await browser(people[0]), (datetime.now(UTC) + timedelta(days=91)).isoformat()

    wrong = await root.ask(INVITE, input={"email": "nobody", "expiresAt": far})
    known = await root.ask(INVITE, input={"email": people[1]})

    assert list(wrong.error["extensions"]["fields"]) == ["input.email", "input.expiresAt"]
    assert known.code == "CONFLICT"


async def test_invitations_are_listed_in_few_statements(
    browser: NewBrowser, people: list[str], statements: list[str]
) -> None:
    root = await browser(people[0])
    for n in range(5):
        await root.ask(INVITE, input={"email": f"{n}@example.org"})
    statements.clear()

    page = (await root.ask(LISTED, first=3)).data["invitations"]
    counted = sum("invitations" in said for said in statements), about_accounts(statements)
    rest = (await root.ask(LISTED, first=3, after=page["pageInfo"]["endCursor"])).data["invitations"]

    emails = [edge["node"]["email"] for edge in [*page["edges"], *rest["edges"]]]
    assert emails == [f"{n}@example.org" for n in (4, 3, 2, 1, 0)]
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (5, True, False)
    assert page["edges"][0]["node"]["invitedBy"] == {"email": people[0]}
    assert counted == (2, 4)  # the page and its count, where who invited counts; who asks and who invited
