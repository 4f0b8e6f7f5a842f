"""What models get of the files in a conversation: pictures, short texts, the beginnings of long ones, and names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from domain.files import files_in
from domain.ids import Kind, global_id
from orchestration.files.pictures import picture
from orchestration.memory.tokens import cut, estimate_tokens
from orchestration.tools import read_file
from persistence import files
from persistence.database import Session
from persistence.files import FileRow
from persistence.messages import MessageRow

Content = str | list[dict[str, Any]]
"""What stands in a message, as the SDK takes it."""

MOST_READ = 20
"""Files whose texts are looked at, the newest ones; of others the name is told."""
LONGEST_READ = 32_000
"""Characters of a text that are looked at."""
MOST_TOLD, SHARE = 8_000, 1 / 3
"""Tokens of all texts together; and of the room of the smallest model that may be called."""
BEGINNING = 600
"""Tokens of a text that is too long to be told whole to a model that can read on by itself."""


class Attached(NamedTuple):
    """The files of a conversation that are still there, and how the texts of the newest ones begin."""

    rows: Mapping[UUID, FileRow]
    texts: Mapping[UUID, str]

    @property
    def wishes(self) -> frozenset[str]:
        """What a model should be able to do to answer."""
        return frozenset({"vision"} if any(row.characters is None for row in self.rows.values()) else ())


NOTHING = Attached({}, {})


async def attached(session: Session, owner_id: UUID, path: Sequence[MessageRow]) -> Attached:
    """Look up the files of a conversation; without any this asks the database nothing."""
    named = [file_id for row in reversed(path) for file_id in files_in(row.parts)]
    if not named:
        return NOTHING
    rows = await files.owned(session, owner_id, named)
    newest = [file_id for file_id in dict.fromkeys(named) if file_id in rows and rows[file_id].characters]
    return Attached(rows, await files.beginnings(session, newest[:MOST_READ], length=LONGEST_READ))


def contents(path: Sequence[MessageRow], found: Attached, *, room: int, reads: bool) -> dict[UUID, Content]:
    """What stands in the messages that have files: the files, then the words. `room` is in tokens; `reads` says that
    the model can read on by itself. The newest files are told at the greatest length, and each only once."""
    telling = _Telling(found, min(int(room * SHARE), MOST_TOLD), reads)
    return {row.id: telling.content(row) for row in reversed(path) if any(map(_is_file, row.parts))}


def followed_by(content: Content, words: str) -> Content:
    """What stands in a message, and words below it."""
    return f"{content}\n\n{words}" if isinstance(content, str) else [*content, _text(words)]


def joined(first: Content, then: Content) -> Content:
    """What stands in two messages, as one."""
    if isinstance(then, str):
        return followed_by(first, then)
    return [*([_text(first)] if isinstance(first, str) else first), *then]


def _is_file(part: Mapping[str, Any]) -> bool:
    return str(part["type"]) == "file"


@dataclass(slots=True)
class _Telling:
    """`left` is how many tokens of texts may still be told."""

    found: Attached
    left: int
    reads: bool
    told: set[UUID] = field(default_factory=set)

    def content(self, row: MessageRow) -> Content:
        parts = [part for stored in row.parts if _is_file(stored) for part in self._file(stored["data"])]
        if row.content:
            parts.append(_text(row.content))
        if all(part["type"] == "input_text" for part in parts):
            return "\n\n".join(part["text"] for part in parts)
        return parts

    def _file(self, data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        file = self.found.rows.get(UUID(data["id"])) if data["id"] else None
        if file is None:
            yield _text(f"[The file “{data['name']}” is not there any more.]")
        elif file.characters is None:
            yield _text(f"Picture “{file.name}”:")
            yield picture(file)
        else:
            yield _text(self._words(file, file.characters))

    def _words(self, file: FileRow, length: int) -> str:
        head = f"File “{file.name}” ({file.media_type}, {length:,} characters, id {global_id(Kind.FILE, file.id)})"
        if length == 0:
            return f"{head} has no text; its pages may be pictures."
        words = self._part_of(file, length)
        if not words:
            return f"{head}.{self._how_to_go_on(0)}"
        cut_off = f"\n[The first {len(words):,} characters.{self._how_to_go_on(len(words))}]"
        note = cut_off if len(words) < length else ""
        return f"{head}:\n<file>\n{words.replace('</file>', '</ file>')}\n</file>{note}"

    def _part_of(self, file: FileRow, length: int) -> str:
        """As much of a text as is told here."""
        begins = "" if file.id in self.told else self.found.texts.get(file.id, "")
        self.told.add(file.id)
        weight = estimate_tokens(begins)
        if len(begins) < length or weight > self.left:
            begins = cut(begins, min(self.left, BEGINNING if self.reads else self.left))
            weight = estimate_tokens(begins)
        self.left = max(self.left - weight, 0)
        return begins

    def _how_to_go_on(self, start: int) -> str:
        return f" Call {read_file.NAME} with its id and start {start} to read on." if self.reads else ""


def _text(words: str) -> dict[str, Any]:
    return {"type": "input_text", "text": words}
