"""The conversation as a model gets it: the branch up to the question, cut to the model's context window."""

from agents import TResponseInputItem

from domain.messages import MessageRole, MessageStatus
from persistence.messages import MessageRow

LONGEST = 200
"""Messages that are looked at, the newest ones."""
UNKNOWN_WINDOW = 8_192
BYTES_PER_TOKEN = 3.2
"""A cautious estimate for languages written in Latin letters with common tokenizers; other scripts have more
bytes a character and so stay on the safe side."""
TOKENS_PER_MESSAGE = 6


def estimate_tokens(text: str) -> int:
    """Roughly how many tokens a model counts for a message, from above."""
    return int(len(text.encode("utf-8", "replace")) / BYTES_PER_TOKEN) + TOKENS_PER_MESSAGE


def fitting(path: list[MessageRow], *, instructions: str, window: int | None, answer: int) -> list[TResponseInputItem]:
    """The newest messages of a branch that fit beside instructions and answer (in tokens), oldest first.

    The last message, the question, is always there: whether it fits at all is the selection's business.
    """
    room = (window or UNKNOWN_WINDOW) - answer - estimate_tokens(instructions)
    kept: list[TResponseInputItem] = []
    for row in reversed(path):
        if not row.content or row.status is MessageStatus.IN_PROGRESS:
            continue
        room -= estimate_tokens(row.content)
        if kept and room < 0:
            break
        kept.append(item(row))
    return kept[::-1]


def item(row: MessageRow) -> TResponseInputItem:
    """A message as the SDK takes it."""
    if row.role is MessageRole.ASSISTANT:
        return {"role": "assistant", "content": row.content}
    return {"role": "user", "content": row.content}
