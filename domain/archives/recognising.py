"""Which program wrote an archive, and the chats in it."""

import hashlib
import json
from collections.abc import Callable
from enum import StrEnum
from typing import Any, NamedTuple

from domain.archives import chatgpt, librechat, open_webui, parley
from domain.archives.chat import ArchivedChat, Unreadable


class ImportFormat(StrEnum):
    CHATGPT = "CHATGPT"
    OPEN_WEBUI = "OPEN_WEBUI"
    LIBRECHAT = "LIBRECHAT"
    PARLEY = "PARLEY"


class Reader(NamedTuple):
    is_one: Callable[[dict[str, Any]], bool]
    read: Callable[[dict[str, Any]], ArchivedChat]


READERS = {
    ImportFormat.PARLEY: Reader(parley.is_one, parley.read),
    ImportFormat.CHATGPT: Reader(chatgpt.is_one, chatgpt.read),
    ImportFormat.OPEN_WEBUI: Reader(open_webui.is_one, open_webui.read),
    ImportFormat.LIBRECHAT: Reader(librechat.is_one, librechat.read),
}


class Found(NamedTuple):
    """A chat of an archive that can be imported; its `foreign_id` is never None."""

    source: ImportFormat
    chat: ArchivedChat
    foreign_id: str


def found_in(item: Any, format: ImportFormat | None = None) -> Found:
    """One item of an archive, of the given format or of the one that it looks like; Unreadable says why it is none.

    What has no id of its own gets one of its content, so that it is known again.
    """
    if not isinstance(item, dict):
        raise Unreadable("is not a JSON object")
    matching = [name for name, reader in READERS.items() if format in (None, name) and reader.is_one(item)]
    if not matching:
        raise Unreadable(f"is not a chat of {format}" if format else "is not in a format that can be imported")
    chat = READERS[matching[0]].read(item)
    if not chat.messages:
        raise Unreadable("has no messages")
    return Found(matching[0], chat, chat.foreign_id or _fingerprint(item))


def _fingerprint(item: dict[str, Any]) -> str:
    try:
        return "sha256:" + hashlib.sha256(json.dumps(item, sort_keys=True).encode()).hexdigest()
    except RecursionError:
        raise Unreadable("nests too deep") from None
