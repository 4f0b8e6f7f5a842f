"""Bringing a large export of ChatGPT in: what it takes, and what others feel of it meanwhile.

`python -m bench.imports [MEGABYTES]`, 200 by default: writes such a conversations.json, divides it with the web
client's own code in Node.js, and sends the pieces one after the other to a server of its own, as the web client does.
Somebody else asks for the viewer all the time.
"""

import asyncio
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import uvloop

from bench.stage import stage
from resolvers.registration import create_api_key
from server.settings import ROOT
from tests.archives import IMPORT

TURNS, WORDS = 24, 220
"""Messages of a conversation, and words of a message: 40 kB with all that ChatGPT writes around them."""
DIVIDE = """
  const fs = require("fs"), ts = require("typescript");
  const written = fs.readFileSync(process.argv[1], "utf8");
  const source = ts.transpileModule(written, { compilerOptions: { module: "commonjs" } });
  const module_ = { exports: {} };
  new Function("module", "exports", source.outputText)(module_, module_.exports);
  const { pieces, oversized } = module_.exports.archiveOf(fs.readFileSync(process.argv[2], "utf8"));
  const out = fs.createWriteStream(process.argv[3]);
  for (const { content } of pieces) out.write(JSON.stringify({ content }) + "\\n");
  out.end();
  console.log(JSON.stringify([pieces.length, oversized.length, Math.round(process.memoryUsage().rss / 1e6)]));
"""


def conversation(dice: random.Random, number: int, vocabulary: list[str]) -> dict[str, Any]:
    mapping: dict[str, Any] = {"root": {"id": "root", "message": None, "parent": None, "children": ["n0"]}}
    for turn in range(TURNS):
        said = {
            "id": f"n{turn}", "author": {"role": "assistant" if turn % 2 else "user", "name": None, "metadata": {}},
            "create_time": 1_700_000_000.0 + number * 1_000 + turn, "status": "finished_successfully", "end_turn": True,
            "content": {"content_type": "text", "parts": [" ".join(dice.choices(vocabulary, k=WORDS))]},
            "metadata": {"model_slug": "gpt-4o", "message_type": "next", "request_id": f"{number}-{turn}"},
        }  # fmt: skip
        mapping[f"n{turn}"] = {
            "id": f"n{turn}", "message": said, "parent": f"n{turn - 1}" if turn else "root",
            "children": [f"n{turn + 1}"] if turn + 1 < TURNS else [],
        }  # fmt: skip
    return {
        "title": f"Conversation {number}", "create_time": 1_700_000_000.0, "update_time": 1_700_000_000.0 + number,
        "mapping": mapping, "current_node": f"n{TURNS - 1}", "conversation_id": f"c-{number}",
    }  # fmt: skip


def write(file: Path, megabytes: int) -> int:
    """Returns how many conversations there are."""
    dice, count = random.Random(1), 0  # noqa: S311 - words
    vocabulary = ["".join(dice.choices("abcdefghijklmnoprstuvwz", k=dice.randint(2, 11))) for _ in range(20_000)]
    with file.open("w") as out:
        out.write("[")
        while out.tell() < megabytes * 1_000_000:
            out.write("," * bool(count) + json.dumps(conversation(dice, count, vocabulary)))
            count += 1
        out.write("]")
    return count


async def ask(http: aiohttp.ClientSession, url: str, query: str, **variables: Any) -> Any:
    async with http.post(url, json={"query": query, "variables": variables}) as response:
        answer = await response.json()
        assert "errors" not in answer, answer
        return answer["data"]


async def somebody_else(url: str, key: str, waits: list[float]) -> None:
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {key}"}) as http:
        while True:
            began = time.perf_counter()
            await ask(http, url, "{ viewer { id } }")
            waits.append((time.perf_counter() - began) * 1000)
            await asyncio.sleep(0.02)


async def bring(url: str, keys: list[str], pieces: list[str], process: psutil.Process) -> None:
    waits, took, imported, most = list[float](), list[float](), 0, 0
    asking = asyncio.create_task(somebody_else(url, keys[1], waits))
    began, cpu = time.perf_counter(), sum(process.cpu_times()[:2])
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {keys[0]}"}) as http:
        for line in pieces:
            start = time.perf_counter()
            imported += (await ask(http, url, IMPORT, input=json.loads(line)))["importChats"]["imported"]
            took.append(time.perf_counter() - start)
            most = max(most, process.memory_info().rss)
    seconds, cpu = time.perf_counter() - began, sum(process.cpu_times()[:2]) - cpu
    asking.cancel()
    waits.sort()
    print(
        f"{imported:,} chats in {len(took)} requests and {seconds:.0f} s, {max(took):.1f} s the longest; {cpu:.0f} s of"
        f" the server's CPU, {most / 1e6:.0f} MB at most; somebody else waited {statistics.median(waits):.0f} ms,"
        f" {waits[int(len(waits) * 0.99)]:.0f} ms in one of a hundred cases, {waits[-1]:.0f} ms at most"
    )


def divided(folder: Path) -> list[str]:
    """The pieces of an export, as the web client makes them."""
    export, pieces = folder / "conversations.json", folder / "pieces"
    count = write(export, int(sys.argv[1]) if len(sys.argv) > 1 else 200)
    divide = ["node", "-e", DIVIDE, str(ROOT / "web/src/features/library/pieces.ts"), str(export), str(pieces)]
    began = time.monotonic()
    told = subprocess.run(divide, cwd=ROOT / "web", capture_output=True, text=True, check=True).stdout
    made, oversized, megabytes = json.loads(told)
    print(
        f"{export.stat().st_size / 1e6:.0f} MB, {count:,} chats: {made} pieces, {oversized} too large;"
        f" {time.monotonic() - began:.0f} s and {megabytes} MB in Node.js"
    )
    return pieces.read_text().splitlines()


async def measure(folder: Path) -> None:
    pieces = divided(folder)
    people = {"ada@example.org": "Ada", "bob@example.org": "Bob"}
    async with stage(folder, people) as running:
        keys = [await create_api_key(running.db, email, "bench") for email in people]
        await bring(f"{running.url}/graphql", keys, pieces, running.process)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="parley-bench-", ignore_cleanup_errors=True) as made:
        uvloop.run(measure(Path(made)))
