"""The tree of messages against a model of it that is too simple to be wrong: a dictionary of parents."""

import itertools
import random
from dataclasses import dataclass, field
from uuid import UUID

import pytest

from domain.accounts import UserRole
from domain.ids import new_id
from domain.messages import MessageRole, MessageStatus
from persistence import accounts, chats, growing, messages
from persistence.chats import ChatRow
from persistence.database import Database, Session
from persistence.lookups import rows_of
from persistence.messages import MessageRow, PathPage, Place

SEEDS = range(6)
SIZE = 60


@dataclass
class Model:
    """What the tree must be: parents by message, in the order of making."""

    chat: ChatRow
    parents: dict[UUID, UUID | None] = field(default_factory=dict)

    @property
    def ids(self) -> list[UUID]:
        return list(self.parents)

    def path(self, tip: UUID) -> list[UUID]:
        """From the root to a message."""
        above = self.parents[tip]
        return [*(self.path(above) if above else []), tip]

    def newest_below(self, top: UUID) -> UUID:
        return [message for message in self.ids if top in self.path(message)][-1]

    def siblings(self, parent: UUID | None) -> list[UUID]:
        return [message for message, above in self.parents.items() if above == parent]


async def person(session: Session) -> UUID:
    user = await accounts.add(
        session, email=f"{new_id().hex}@example.org", name="Ada", password_hash="-", role=UserRole.MEMBER
    )
    return user.id


async def grown(session: Session, owner_id: UUID, chance: random.Random) -> Model:
    """A tree of random shape: mostly going on where it was, sometimes branching off anywhere, rarely a new root."""
    chat = await chats.add(session, owner_id=owner_id, title="Tree", title_by="user", agent_id=None)
    model, rows = Model(chat), dict[UUID, MessageRow]()
    for number in range(SIZE):
        parent = rows[model.ids[-1]] if rows else None
        if rows and chance.random() < 0.3:
            parent = chance.choice([None, *rows.values()])
        row = await growing.below(
            session, chat, parent=parent, role=MessageRole.USER, content=str(number), status=MessageStatus.COMPLETED
        )
        await growing.add(session, [row])
        rows[row.id], model.parents[row.id] = row, parent.id if parent else None
    await chats.store(session, chat)
    return model


@pytest.fixture(params=SEEDS)
async def trees(request: pytest.FixtureRequest, db: Database) -> list[Model]:
    """Two chats, for no query may look into the other one."""
    chance = random.Random(request.param)
    async with db.write() as session:
        owner_id = await person(session)
        return [await grown(session, owner_id, chance) for _ in range(2)]


def shown(path: list[UUID], page: PathPage) -> list[UUID]:
    """What a page of a branch holds."""
    low = 0 if page.after is None else page.after + 1
    high = len(path) if page.before is None else page.before
    window = path[max(low, 0) : max(high, 0)]
    return window[-page.limit :] if page.backward else window[: page.limit]


async def test_pages_of_a_branch_in_both_directions(trees: list[Model], db: Database) -> None:
    chance = random.Random(1)
    wanted: dict[PathPage, list[UUID]] = {}
    for model in trees:
        for tip in model.ids:
            path = model.path(tip)
            after, before = (chance.choice([None, chance.randrange(len(path) + 2)]) for _ in range(2))
            page = PathPage(tip, chance.randint(1, 12), chance.random() < 0.5, after, before)
            wanted[page] = path

    async with db.read() as session:
        found = await messages.paths(session, list(wanted))

    assert set(found) == set(wanted)
    for page, path in wanted.items():
        assert found[page].length == len(path)
        assert [row.id for row in found[page].messages] == shown(path, page), page


async def test_pages_that_follow_one_another_are_the_whole_branch(trees: list[Model], db: Database) -> None:
    model = trees[0]
    tip = model.ids[-1]
    path = model.path(tip)
    forward: list[UUID] = []
    backward: list[UUID] = []
    async with db.read() as session:
        while len(forward) < len(path):
            page = PathPage(tip, 7, after=len(forward) - 1)
            forward += [row.id for row in (await messages.paths(session, [page]))[page].messages]
        while len(backward) < len(path):
            page = PathPage(tip, 7, backward=True, before=len(path) - len(backward))
            backward = [row.id for row in (await messages.paths(session, [page]))[page].messages] + backward
    assert forward == path == backward


async def test_what_a_model_gets_to_see_is_the_end_of_the_branch(trees: list[Model], db: Database) -> None:
    async with db.read() as session:
        for model in trees:
            for tip in model.ids[::7]:
                found = await messages.path_to(session, tip, limit=5)
                assert [row.id for row in found] == model.path(tip)[-5:]


async def test_the_newest_message_below_another(trees: list[Model], db: Database) -> None:
    async with db.read() as session:
        for model in trees:
            for top in model.ids[::3]:
                assert await messages.newest_below(session, top) == model.newest_below(top)


async def test_siblings_share_a_parent_oldest_first(trees: list[Model], db: Database) -> None:
    wanted = {
        Place(model.chat.id, parent): model.siblings(parent)
        for model in trees
        for parent in {None, *model.parents.values()}
    }
    async with db.read() as session:
        found = await messages.siblings(session, list(wanted))

    assert {place: [row.id for row in rows] for place, rows in found.items()} == wanted


async def test_a_branch_is_dense_and_has_no_more_than_one_child_of_a_message(trees: list[Model], db: Database) -> None:
    async with db.read() as session:
        rows = await messages.by_ids(session, [message for model in trees for message in model.ids])
    by_branch: dict[UUID, list[MessageRow]] = {}
    for row in rows.values():
        by_branch.setdefault(row.branch_id, []).append(row)
    for branch_id, inside in by_branch.items():
        inside.sort(key=lambda row: row.depth)
        assert inside[0].id == branch_id
        assert [row.depth for row in inside] == list(range(inside[0].depth, inside[0].depth + len(inside)))
        assert all(below.parent_id == above.id for above, below in itertools.pairwise(inside))


async def test_the_chat_counts_all_branches_and_ends_in_the_newest_message(trees: list[Model], db: Database) -> None:
    async with db.read() as session:
        found = await rows_of(ChatRow)(session, [model.chat.id for model in trees])
    for model in trees:
        assert found[model.chat.id].message_count == SIZE
        assert found[model.chat.id].head_id == model.ids[-1]


async def test_a_head_that_does_not_exist_has_no_path(db: Database) -> None:
    async with db.read() as session:
        assert await messages.paths(session, [PathPage(new_id(), 10)]) == {}
        assert await messages.path_to(session, new_id(), limit=10) == []
