"""Pictures in a conversation: only named, until a model is called that sees them.

So what is stored with each turn of a run stays small, and a model that does not see gets words in their place.
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from persistence import file_contents, files
from persistence.database import Database
from persistence.files import FileRow

Item = Mapping[str, Any]
REFERENCE = "parley-file:"
MOST_PICTURES, MOST_BYTES = 10, 20_000_000
"""That go to a model in one call, the newest ones."""
UNSEEN = "[You cannot see this picture: say so if it matters, and that a model with vision can.]"
LEFT_OUT = "[This picture is not shown again.]"
GONE = "[This picture has been deleted.]"


def picture(row: FileRow) -> dict[str, Any]:
    """A picture as a part of a message, in the words of the SDK."""
    return {"type": "input_image", "detail": "auto", "image_url": f"{REFERENCE}{row.id.hex}"}


def described(items: Sequence[Item]) -> list[Item]:
    """A conversation for a model that does not see."""
    return [_replaced(item, dict.fromkeys(_named([item]), UNSEEN)) for item in items]


class Pictures:
    """Those of one person."""

    def __init__(self, db: Database, owner_id: UUID) -> None:
        self._db, self._owner_id = db, owner_id

    async def put_in(self, items: Sequence[Item]) -> list[Item]:
        """A conversation with its pictures in it, for a model that sees."""
        named = list(dict.fromkeys(reversed(_named(items))))
        if not named:
            return list(items)
        newest = [UUID(hex=name.removeprefix(REFERENCE)) for name in named[:MOST_PICTURES]]
        async with self._db.read() as session:
            rows = await files.owned(session, self._owner_id, newest)
        found = dict.fromkeys(named, LEFT_OUT)
        left = MOST_BYTES
        for file_id in newest:
            row = rows.get(file_id)
            data = b"" if row is None or row.size_bytes > left else await file_contents.whole(self._db, file_id)
            left -= len(data)
            name = f"{REFERENCE}{file_id.hex}"
            if row is not None and data:
                found[name] = f"data:{row.media_type};base64,{base64.b64encode(data).decode()}"
            elif row is None:
                found[name] = GONE
        return [_replaced(item, found) for item in items]


def _named(items: Sequence[Item]) -> list[str]:
    """References to pictures, oldest first."""
    return [part["image_url"] for item in items for part in _parts(item) if _is_reference(part)]


def _parts(item: Item) -> list[Item]:
    content = item.get("content")
    return [part for part in content if isinstance(part, Mapping)] if isinstance(content, list) else []


def _is_reference(part: Item) -> bool:
    return part.get("type") == "input_image" and str(part.get("image_url", "")).startswith(REFERENCE)


def _replaced(item: Item, found: Mapping[str, str]) -> Item:
    """The item with what each of its pictures stands for: a picture, or words. Words alone become one text: not every
    model takes a message in parts."""
    if not any(map(_is_reference, _parts(item))):
        return item
    parts = [_shown(part, found[part["image_url"]]) if _is_reference(part) else part for part in _parts(item)]
    if all(part.get("type") == "input_text" for part in parts):
        return {**item, "content": "\n\n".join(part["text"] for part in parts)}
    return {**item, "content": parts}


def _shown(part: Item, stands_for: str) -> Item:
    if stands_for.startswith("data:"):
        return {**part, "image_url": stands_for}
    return {"type": "input_text", "text": stands_for}
