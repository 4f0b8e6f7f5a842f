"""What a run gives its models to see: gathered when it is claimed, put together when its models are known."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from agents import TResponseInputItem

from orchestration.files.pictures import Pictures
from orchestration.files.showing import Attached, attached, contents
from orchestration.inference.chain import Chain
from orchestration.memory.background import Background
from orchestration.memory.history import LONGEST, conversation, items
from orchestration.memory.memories import Memories
from orchestration.tools import read_file
from orchestration.tools.toolbox import shipped_key
from persistence import memories, messages, summaries
from persistence.agents import AgentRow
from persistence.database import Database, Session
from persistence.memories import MemoryRow
from persistence.messages import MessageRow
from persistence.runs import RunRow
from persistence.summaries import Reach

SHORTEST_SUMMARISED = 4
"""Messages that a path must have for a summary to be on it."""
SHARE_OF_MEMORIES, MOST_OF_MEMORIES = 1 / 3, 1_600
"""Of the room of the smallest model that may be called, and in tokens."""


class Gathered(NamedTuple):
    """The branch up to the question, the summary that reaches furthest on it, what is known of the person, and the
    files on the branch. `reads` says that the agents can read in files by themselves."""

    path: list[MessageRow]
    summary: Reach | None
    memories: list[MemoryRow]
    attached: Attached
    reads: bool


class Given(NamedTuple):
    """The conversation as it goes to the SDK, what models are told beside it, and the memories that are in that."""

    items: list[TResponseInputItem]
    background: Background
    memory_ids: Sequence[UUID]


async def gather(session: Session, run: RunRow, team: Sequence[AgentRow]) -> Gathered:
    path = await messages.path_to(session, run.input_id, limit=LONGEST)
    long = len(path) > SHORTEST_SUMMARISED
    summary = await summaries.reaching(session, run.chat_id, run.input_id) if long else None
    known = await memories.usable(session, run.user_id)
    reads = any(shipped_key(read_file.NAME) in agent.tools for agent in team)
    return Gathered(path, summary, known, await attached(session, run.user_id, path), reads)


async def put_together(
    db: Database, found: Memories, user_id: UUID, gathered: Gathered, chains: Sequence[Chain]
) -> Given:
    """What goes to the models of a run: at most what the largest of them takes; a smaller one is given less of it when
    it is called. The chains hear of the background."""
    rooms, question = [room for chain in chains for room in chain.rooms], gathered.path[-1].content
    most = min(int(min(rooms) * SHARE_OF_MEMORIES), MOST_OF_MEMORIES)
    told = await found.told(user_id, gathered.memories, question, room=most) if gathered.memories else []
    tools = all("tools" in chain.capabilities for chain in chains)
    shown = contents(gathered.path, gathered.attached, room=min(rooms), reads=gathered.reads and tools)
    told_items, recap = conversation(gathered.path, gathered.summary, room=max(rooms), tools=tools, contents=shown)
    background = Background(tuple(row.text for row in told), recap, Pictures(db, user_id))
    for chain in chains:
        chain.background = background
    return Given(told_items, background, [row.id for row in told])


async def joining(
    session: Session, run: RunRow, heard: Sequence[MessageRow], *, room: int, reads: bool
) -> list[TResponseInputItem]:
    """Messages that join a run which is at work, with their files."""
    found = await attached(session, run.user_id, heard)
    return items(heard, contents(heard, found, room=room, reads=reads), tools=False)
