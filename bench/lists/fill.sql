-- Copies chats of a benchmark into a database of Parley that `bench/streams/serve.py` has migrated and filled with people:
-- seed.users (id), seed.chats (id, user_id, title, created_at, updated_at) and
-- seed.messages (id, chat_id, role, content, model, created_at), with whole numbers as ids; user 1 gets the first person.
-- Afterwards public.bench_chat_ids (seed_chat, id) has the id that each chat has in the API.

CREATE FUNCTION pg_temp.key(kind int, number bigint, made timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM made) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(kind), 3, '0')
        || '8' || lpad(to_hex(number), 15, '0'))::uuid
$$;

CREATE TEMP TABLE seeded_chats AS
    SELECT c.id AS number, pg_temp.key(1, c.id, c.created_at) AS key, u.id AS owner_id, c.title, c.created_at, c.updated_at
    FROM seed.chats c JOIN users u ON u.email = 'p' || (c.user_id - 1) || '@bench.example';

CREATE TEMP TABLE seeded_messages AS
    SELECT m.chat_id AS chat, pg_temp.key(2, m.id, m.created_at) AS key, upper(m.role) AS role, m.content, m.model, m.created_at,
        row_number() OVER path - 1 AS depth, first_value(pg_temp.key(2, m.id, m.created_at)) OVER path AS branch_id,
        lag(pg_temp.key(2, m.id, m.created_at)) OVER path AS parent_id
    FROM seed.messages m WINDOW path AS (PARTITION BY m.chat_id ORDER BY m.id);

INSERT INTO chats (id, owner_id, title, title_by, message_count, created_at, updated_at)
    SELECT key, owner_id, title, 'user', 0, created_at, updated_at FROM seeded_chats;

INSERT INTO messages (id, chat_id, parent_id, branch_id, depth, role, content, parts, status, model_used, created_at)
    SELECT m.key, c.key, m.parent_id, m.branch_id, m.depth, m.role, m.content,
        jsonb_build_array(jsonb_build_object('type', 'text', 'text', m.content)), 'COMPLETED', m.model, m.created_at
    FROM seeded_messages m JOIN seeded_chats c ON c.number = m.chat ORDER BY m.chat, m.depth;

UPDATE chats SET head_id = last.key, message_count = last.depth + 1
    FROM (SELECT DISTINCT ON (chat) chat, key, depth FROM seeded_messages ORDER BY chat, depth DESC) last
    JOIN seeded_chats c ON c.number = last.chat WHERE chats.id = c.key;

CREATE TABLE public.bench_chat_ids AS SELECT number AS seed_chat, 'chat_' || replace(key::text, '-', '') AS id FROM seeded_chats;
