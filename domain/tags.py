"""Words by which a person sorts their chats."""

from collections.abc import Iterable

from domain.messages import storable

MOST_TAGS = 10
"""Of one chat."""
LONGEST_TAG = 40


def tag_of(text: str) -> str:
    """A tag as it is stored: in lower case, without a # before it, its words one space apart; may be empty."""
    return " ".join(storable(text).lower().removeprefix("#").split())


def tags_of(texts: Iterable[str]) -> list[str]:
    """Each tag once, in the order in which they came; empty ones are left out."""
    return list(dict.fromkeys(tag for text in texts if (tag := tag_of(text))))


def usable(texts: Iterable[str]) -> list[str]:
    """Those that a chat may have, of any that come from elsewhere."""
    return [tag for tag in tags_of(texts) if len(tag) <= LONGEST_TAG][:MOST_TAGS]
