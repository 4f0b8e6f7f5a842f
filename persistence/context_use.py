"""How much of a model's context window a branch takes, in one statement for many branches."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text

from persistence.database import Session


class Asked(NamedTuple):
    """The branch that ends in `head_id`, for a model; without one, for the model that answered last on it."""

    head_id: UUID
    model_id: UUID | None = None


class ContextUse(NamedTuple):
    """Tokens of what would go with the next question if all of it did, and of the model's window, if it is known."""

    used_tokens: int
    window_tokens: int | None
    summarized_up_to: UUID | None


# `weigh` is the estimate of orchestration/memory/tokens.py. What people call a conversation are its last messages:
# only those can be sent.
USE = text("""
    WITH RECURSIVE asked AS (
        SELECT nth, head_id, model_id
        FROM unnest(CAST(:heads AS uuid[]), CAST(:models AS uuid[])) WITH ORDINALITY AS a (head_id, model_id, nth)
    ), spans AS (
        SELECT nth, tip.chat_id, tip.branch_id, first.depth AS start, tip.depth AS stop, first.parent_id,
            tip.depth AS head_depth, asked.model_id
        FROM asked JOIN messages tip ON tip.id = asked.head_id JOIN messages first ON first.id = tip.branch_id
        UNION ALL
        SELECT nth, tip.chat_id, tip.branch_id, first.depth, tip.depth, first.parent_id, head_depth, model_id
        FROM spans JOIN messages tip ON tip.id = spans.parent_id JOIN messages first ON first.id = tip.branch_id
    ), reached AS (
        SELECT DISTINCT ON (nth) nth, m.depth, s.message_id, octet_length(s.text) AS size
        FROM spans JOIN summaries s ON s.chat_id = spans.chat_id AND s.made_at IS NOT NULL
            JOIN messages m ON m.id = s.message_id AND m.branch_id = spans.branch_id AND m.depth <= spans.stop
        ORDER BY nth, m.depth DESC
    ), said AS (
        SELECT spans.nth, sum(ceil(octet_length(CASE WHEN m.parts = '[]' THEN m.content ELSE m.parts::text END) / 3.2)
                + 6) AS tokens,
            (array_agg(m.model_used ORDER BY m.depth DESC) FILTER (WHERE m.model_used IS NOT NULL))[1] AS model
        FROM spans LEFT JOIN reached ON reached.nth = spans.nth
            JOIN messages m ON m.branch_id = spans.branch_id AND m.depth BETWEEN
                greatest(spans.start, coalesce(reached.depth + 1, 0), spans.head_depth - :longest + 1)
                AND spans.stop
        GROUP BY spans.nth
    ), fixed AS (
        SELECT spans.nth, ceil(octet_length(a.instructions) / 3.2) + ceil((
            SELECT coalesce(sum(octet_length(text)), 0) FROM memories
            WHERE user_id = c.owner_id AND pinned AND u.memory_enabled
        ) / 3.2) AS tokens
        FROM (SELECT DISTINCT nth, chat_id FROM spans) spans JOIN chats c ON c.id = spans.chat_id
            JOIN users u ON u.id = c.owner_id
            JOIN LATERAL (
                SELECT instructions FROM agents WHERE id = c.agent_id OR slug = 'assistant'
                ORDER BY id = c.agent_id DESC NULLS LAST LIMIT 1
            ) a ON true
    )
    SELECT asked.nth, coalesce(said.tokens, 0) + fixed.tokens + coalesce(ceil(reached.size / 3.2), 0),
        (SELECT context_window FROM models
         WHERE CASE WHEN asked.model_id IS NULL THEN name = said.model ELSE id = asked.model_id END
         ORDER BY enabled DESC, id LIMIT 1),
        reached.message_id
    FROM asked JOIN fixed USING (nth) LEFT JOIN said USING (nth) LEFT JOIN reached USING (nth)
""")


async def of_branches(session: Session, asked: list[Asked], *, longest: int = 200) -> dict[Asked, ContextUse]:
    """What each branch takes, of which at most the `longest` newest messages count; no check of who asks. A head that
    does not exist is absent."""
    values = {"heads": [one.head_id for one in asked], "models": [one.model_id for one in asked], "longest": longest}
    return {
        asked[nth - 1]: ContextUse(int(used), window, reached)
        for nth, used, window, reached in await session.execute(USE, values)
    }
