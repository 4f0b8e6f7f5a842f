"""Search: the words of each message, and the queries that find messages by them.

Triggers of the database keep `message_words`, so that no way to write a message can forget it. It is a table of its
own, because an index on the text itself would keep PostgreSQL from updating a message in place when its run ends.
"""

from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from domain.searching import Wanted
from persistence.base import Base, columns, loose
from persistence.database import Session, run
from persistence.messages import MessageRow

NEARBY = 5_000
"""Messages that are looked at one by one before the index is asked. What is common is found among them; what is not is
rare enough for the index, which must always find all there is."""
SKIMMED, SKIMMED_TEXT = 1_000, 10_000
"""The nearest of them are also looked through for parts of words, and how many characters of each."""
MOST_COUNTED = 1_000
LATEST = UUID(int=2**128 - 1)


class MessageWordsRow(Base):
    """The words of a message that has a text, and among them `@` with the owner's id: so the index can combine both."""

    __tablename__ = "message_words"
    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    words: Mapped[Any] = mapped_column(TSVECTOR)


# Without an order, so that nobody's messages are ever looked for among everybody's.
Index("ix_message_words_message_id", MessageWordsRow.message_id, postgresql_using="hash")
Index(
    "ix_message_words_words", MessageWordsRow.words,
    postgresql_using="gin", postgresql_with={"gin_pending_list_limit": 512},
)  # fmt: skip

# Words of a chat that was deleted stay for minutes. Mostly there is none, and then nothing is asked of each message.
_KEPT: LiteralString = """(NOT EXISTS (SELECT FROM chats WHERE owner_id IS NULL) OR EXISTS (
    SELECT FROM messages said JOIN chats c ON c.id = said.chat_id AND c.owner_id IS NOT NULL
    WHERE said.id = message_id))"""

# A query is never a constant here: PostgreSQL then takes it for selective and asks the index, whatever it is.
# The text of a tsquery that ends in a word ends in a quotation mark; with `:*` behind, it matches what begins so.
_HITS = f"""
    WITH asked AS MATERIALIZED (
        SELECT CASE WHEN %(typing)s AND q::text LIKE '%%''' THEN (q::text || ':*')::tsquery ELSE q END AS words
        FROM websearch_to_tsquery('simple', %(words)s) q
    ), near AS MATERIALIZED (
        SELECT message_id FROM (
            SELECT message_id, words, row_number() OVER (ORDER BY message_id DESC) AS nth FROM message_words
            WHERE owner_id = %(owner)s AND message_id < %(before)s ORDER BY message_id DESC LIMIT {NEARBY}
        ) nearby
        WHERE (words @@ (SELECT words FROM asked) OR nth <= {SKIMMED} AND cardinality(%(parts)s::text[]) > 0 AND (
            SELECT left(m.content, {SKIMMED_TEXT}) ILIKE ALL (%(parts)s::text[]) FROM messages m
            WHERE m.id = nearby.message_id)) AND {_KEPT}
        ORDER BY message_id DESC LIMIT %(limit)s
    ), farthest AS MATERIALIZED (
        SELECT message_id FROM message_words WHERE owner_id = %(owner)s AND message_id < %(before)s
        ORDER BY message_id DESC OFFSET {NEARBY - 1} LIMIT 1
    ), indexed AS MATERIALIZED (
        SELECT owner_id, message_id FROM message_words
        WHERE (SELECT count(*) FROM near) < %(limit)s AND (SELECT message_id FROM farthest) IS NOT NULL
            AND (SELECT numnode(words) FROM asked) > 0 AND words @@ (SELECT words && %(mine)s::tsquery FROM asked)
    ), far AS (
        SELECT message_id FROM indexed
        WHERE owner_id = %(owner)s AND message_id < (SELECT message_id FROM farthest) AND {_KEPT}
        {{order}} LIMIT %(limit)s
    ), hits AS (
        SELECT message_id FROM near UNION ALL SELECT message_id FROM far
    )
"""
FIND = (
    _HITS.format(order="ORDER BY message_id DESC")
    + f"""
    SELECT {columns(MessageRow, "m")} FROM (SELECT message_id FROM hits ORDER BY message_id DESC LIMIT %(limit)s) h
    JOIN messages m ON m.id = h.message_id ORDER BY m.id DESC
"""
)
COUNT = _HITS.format(order="") + "SELECT least(count(*), %(limit)s) FROM hits"


class Asked(NamedTuple):
    """What a person looks for, and whose messages are looked at."""

    owner_id: UUID
    wanted: Wanted


async def page(session: Session, asked: Asked, *, limit: int, after: UUID | None) -> list[MessageRow]:
    """Up to `limit` messages that match, newest first, older than the message `after`."""
    values = _values(asked, limit) | {"before": after or LATEST}
    return [loose(MessageRow, row) for row in await run(session, FIND, values)]


async def count(session: Session, asked: Asked) -> int:
    """How many messages match, at most `MOST_COUNTED`."""
    [(found,)] = await run(session, COUNT, _values(asked, MOST_COUNTED) | {"before": LATEST})
    return int(found)


def _values(asked: Asked, limit: int) -> dict[str, Any]:
    owner_id, wanted = asked
    return {
        "owner": owner_id, "mine": f"@{owner_id}", "limit": limit,
        "words": wanted.words, "typing": wanted.typing, "parts": list(wanted.parts),
    }  # fmt: skip
