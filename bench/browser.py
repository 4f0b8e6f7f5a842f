"""What the web client takes of a browser and of the server: frames, long chats, resting tabs, and Lighthouse's scores.

`python -m bench.browser [WORDS]`: serves the built client (`make setup`) and drives a headless Chromium through
`web/bench/*.bench.ts`; with WORDS only through those whose names or claims have them, and `lighthouse` for the scores.
The answer that is streamed has KILOBYTES of 200, at a RATE of 200 tokens a second.
"""

import asyncio
import json
import os
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
import uvloop
from aiohttp import web
from sqlalchemy import text

from bench.essay import essay
from bench.stage import PASSWORD, Stage, stage
from server.settings import ROOT
from tests.foreign import node_packages, told
from tests.upstream import Upstream
from tests.upstream_answers import Reply, chunk, tokens_of, usage_chunk

ADA = "ada@example.org"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
TRANSACTIONS = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()"


def written(body: dict[str, Any]) -> Reply:
    """An answer of as many kilobytes as the question says, at a steady pace."""
    asked = re.search(r"(\d+) kB, (\d+) tokens a second", str(body["messages"][-1]["content"]))
    words = tokens_of(essay(int(asked[1]) * 1000 if asked else 400))
    ending = [chunk(finish="stop"), usage_chunk(10, len(words))]
    rate = float(asked[2]) if asked else None
    return Reply([chunk(role="assistant"), *(chunk(content=word) for word in words), *ending], rate=rate)


def busy(processes: list[psutil.Process]) -> float:
    """Seconds of CPU that these have used so far."""
    return sum(sum(process.cpu_times()[:2]) for process in processes if process.is_running())


def usage_of(running: Stage) -> web.Application:
    """Tells what the server, and the machine, have used so far; asked before and after, the difference counts."""

    async def usage(_: web.Request) -> web.Response:
        async with running.db.engine.connect() as connection:
            transactions = (await connection.execute(text(TRANSACTIONS))).scalar_one()
        port = int(running.url.rpartition(":")[2])
        sockets = [one for one in running.process.net_connections("tcp") if one.status == psutil.CONN_ESTABLISHED]
        machine = psutil.cpu_times()
        own = psutil.Process()
        return web.json_response({
            "at": time.time(),
            "transactions": transactions,
            "sockets": sum(one.laddr.port == port for one in sockets),
            "cpu": busy([running.process]),
            "memory": running.process.memory_info().rss,
            "others": sum(machine) - machine.idle - machine.iowait - busy([own, *own.children(recursive=True)]),
            "cores": os.cpu_count(),
        })  # fmt: skip

    app = web.Application()
    app.router.add_get("/usage", usage)
    return app


def browser() -> str:
    found = os.environ.get("PARLEY_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise SystemExit("There is no Chromium here. Install it, or say where it is with PARLEY_CHROMIUM.")
    return found


async def drive(running: Stage, words: list[str]) -> None:
    """Runs the benchmarks in the browser, which print what they find."""
    runner = web.AppRunner(usage_of(running))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    places = {
        "PARLEY_E2E_URL": running.url,
        "PARLEY_BENCH_USAGE": f"http://127.0.0.1:{runner.addresses[0][1]}/usage",
        "PARLEY_BENCH_PASSWORD": PASSWORD,
        "PARLEY_CHROMIUM": browser(),
    }
    playwright = await asyncio.create_subprocess_exec(
        "npm", "run", "--silent", "e2e", "--", "--config", "bench", "--project=measure", *words,
        cwd=ROOT / "web", env={**os.environ, **places},
    )  # fmt: skip
    code = await playwright.wait()
    await runner.cleanup()
    if code:
        raise SystemExit(code)


async def score(running: Stage) -> None:
    """Prints Lighthouse's scores, of 100."""
    script = await node_packages() / "lighthouse.mjs"
    for form in ("desktop", "mobile"):
        said = await told("node", script, browser(), running.url, ADA, PASSWORD, form, "all")
        for page, scores in json.loads(said).items():
            print(f"Lighthouse, {form}, {page}: " + ", ".join(f"{name} {found}" for name, found in scores.items()))


async def main(folder: Path, words: list[str]) -> None:
    async with Upstream(("scripted",)) as upstream:
        upstream.by_question = written
        settings = {"OPENAI_BASE_URL": upstream.base_url, "OPENAI_API_KEY": "sk-bench", "OPENAI_MODELS": "scripted"}
        async with stage(folder, {ADA: "Ada Lovelace"}, **settings) as running:
            if words != ["lighthouse"]:
                await drive(running, words)
            if not words or "lighthouse" in words:
                await score(running)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="parley-bench-", ignore_cleanup_errors=True) as made:
        uvloop.run(main(Path(made), sys.argv[1:]))
