"""The pictures of the web client in `docs/screens`, taken of a server with two weeks of work behind it.

`make screens`: serves the built client, brings chats, agents, figures and a question that waits for a person, and takes
`web/bench/screens.ts` through the pages, in light and dark, at the width of a desktop and of a phone.
"""

import asyncio
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import aiohttp
import uvloop
from PIL import Image
from sqlalchemy import text

from bench.browser import browser
from bench.imports import ask
from bench.stage import PASSWORD, Stage, stage
from domain.accounts import Scope
from orchestration.metrics import roll_up_once
from persistence.database import Database
from resolvers.registration import create_api_key
from server.settings import ROOT
from tests.upstream import Upstream
from tests.upstream_answers import Reply, chunk, tokens_of, usage_chunk

ADA = "ada@example.org"
SCREENS = ROOT / "docs" / "screens"
PACE = 80
"""Tokens a second."""
ADD = "mutation ($input: AddProviderInput!) { addProvider(input: $input) { provider { id } } }"
ANSWER = """Three hours for 40 GB is about **4 MB a second**: neither the disk nor PostgreSQL is the limit, it is the \
way the rows get there. I would look at two things:

1. **Rows one by one.** Each `INSERT` is a round trip and a commit. `COPY` is one stream.
2. **Indexes during the load.** Drop them, load, build them again.

The first one alone is a few lines:

```python
async with connection.cursor() as cursor:
    async with cursor.copy("COPY readings FROM STDIN") as copy:
        async for row in rows:
            await copy.write_row(row)
```

| Step | Now | Then |
| --- | ---: | ---: |
| Read and parse | 22 min | 22 min |
| Write | 2 h 25 min | 9 min |

Measure the parser next: after this it is the longest step."""
LOOK_UP = {
    "id": "call_1", "index": 0, "type": "function",
    "function": {"name": "web_fetch", "arguments": json.dumps({"url": "https://example.org/prices/2026"})},
}  # fmt: skip
# Two weeks of calls, most of them at noon and on few models; the later, the more.
CALLS = text("""
    WITH pool AS (SELECT id, name, row_number() OVER (ORDER BY quality DESC NULLS LAST, name) - 1 AS place,
                         count(*) OVER () AS many FROM models),
    team AS (SELECT id, row_number() OVER (ORDER BY slug) - 1 AS place, count(*) OVER () AS many
             FROM agents WHERE slug IS NOT NULL),
    drawn AS (SELECT n, random() AS a, random() AS b, random() AS c, random() AS d,
                     exp(5.9 + 0.45 * random_normal()) AS ttft
              FROM generate_series(1, 9000) n),
    placed AS (SELECT *, now() - interval '14 days' * power(a, 1.4)
                   - interval '1 hour' * (12 - 4 * random_normal() - extract(hour FROM now())) AS at FROM drawn)
    INSERT INTO model_calls (id, user_id, model_id, model_name, agent_id, attempt, outcome, input_tokens, output_tokens,
                             cost_usd, ttft_ms, duration_ms, started_at)
    SELECT (lpad(to_hex((1000 * extract(epoch FROM at))::bigint), 12, '0') || '7000'
            || right(replace(gen_random_uuid()::text, '-', ''), 16))::uuid,
        (SELECT id FROM users WHERE email = :email), pool.id, pool.name, team.id, 1,
        CASE WHEN c < 0.012 THEN 'failed' ELSE 'succeeded' END, 300 + 2600 * b, 40 + 700 * d,
        (0.3 + 2 * b) * 0.002 / (1 + pool.place), ttft * (1.6 - 0.2 * pool.place), ttft + 400 + 7000 * d, at
    FROM placed JOIN pool ON pool.place = floor(pool.many * power(c, 2))
        JOIN team ON team.place = floor(team.many * power(d, 1.5))
    WHERE at < now() - interval '1 minute'
""")


def said(words: str) -> Reply:
    tokens = tokens_of(words)
    ending = [chunk(finish="stop"), usage_chunk(412, len(tokens))]
    return Reply([chunk(role="assistant"), *(chunk(content=token) for token in tokens), *ending], rate=PACE)


def answered(body: dict[str, Any]) -> Reply:
    """The answer of the picture; a call of a tool to whoever asks for prices."""
    last = str(body["messages"][-1].get("content"))
    offered = {tool["function"]["name"] for tool in body.get("tools") or ()}
    if "prices" in last and "web_fetch" in offered:
        calling = [chunk(role="assistant"), chunk(tool_calls=[LOOK_UP]), chunk(finish="tool_calls")]
        return Reply([*calling, usage_chunk(9, 9)])
    return said("Faster nightly import" if "title" in last.lower() and "40 GB" not in last[:200] else ANSWER)


async def remember(db: Database) -> None:
    """Two weeks of figures."""
    async with db.write() as session:
        await session.execute(CALLS, {"email": ADA})
    await roll_up_once(db)


async def connect_providers(running: Stage, providers: dict[str, Upstream]) -> None:
    key = await create_api_key(running.db, ADA, "screens", list(Scope))
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {key}"}) as http:
        for name, provider in providers.items():
            given = {"name": name, "kind": "OPENAI", "baseUrl": provider.base_url, "apiKey": "sk-screens"}
            await ask(http, f"{running.url}/graphql", ADD, input=given)


async def take(running: Stage) -> None:
    places = {
        "PARLEY_E2E_URL": running.url,
        "PARLEY_BENCH_PASSWORD": PASSWORD,
        "PARLEY_CHROMIUM": browser(),
        "PARLEY_SCREENS": str(SCREENS),
    }
    playwright = await asyncio.create_subprocess_exec(
        "npm", "run", "--silent", "e2e", "--", "--config", "bench", "--project=screens",
        cwd=ROOT / "web", env={**os.environ, **places},
    )  # fmt: skip
    if code := await playwright.wait():
        raise SystemExit(code)


def make_small() -> None:
    """256 colours are enough for pictures of a page, at a third of the size."""
    for file in SCREENS.glob("*.png"):
        Image.open(file).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(file, optimize=True)


async def main(folder: Path) -> None:
    cloud = Upstream(("gpt-5.1", "gpt-5-mini", "gpt-4.1-nano"))
    studio = Upstream(("qwen3-32b", "mistral-small-3.2-24b", "deepseek-r1-distill-qwen-32b"))
    async with cloud, studio:
        cloud.by_question = studio.by_question = answered
        async with stage(folder, {ADA: "Ada Lovelace"}) as running:
            await connect_providers(running, {"Gateway": cloud, "Studio": studio})
            await remember(running.db)
            await take(running)
    make_small()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="parley-screens-", ignore_cleanup_errors=True) as made:
        uvloop.run(main(Path(made)))
