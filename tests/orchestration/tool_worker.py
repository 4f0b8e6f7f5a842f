"""A worker with tools of the tests: they write into a folder what they did, and one of them takes the worker down.

`python -m tests.orchestration.tool_worker DATABASE FOLDER PROVIDER [PATIENCE]` says `ready` when it takes runs.
PATIENCE are the seconds that people get to answer a tool.
"""

import asyncio
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

from pydantic import BaseModel

from domain.questions import Question
from orchestration.engine import Engine
from orchestration.tools.tool import Call, Tool
from orchestration.tools.toolbox import toolbox
from persistence.database import connect
from server.models import open_pool
from server.settings import Settings


class Arguments(BaseModel):
    text: str = ""


def tools(folder: Path) -> list[Tool]:
    def write(name: str, call: Call, arguments: Arguments) -> int:
        with (folder / name).open("a") as file:
            file.write(f"{call.idempotency_key} {arguments.text}\n")
        return len((folder / name).read_text().splitlines())

    async def note(arguments: Arguments, call: Call) -> str:
        return f"noted {write('note', call, arguments)}"

    async def die_once(arguments: Arguments, call: Call) -> str:
        if write("die_once", call, arguments) == 1:
            while not (folder / "note").exists():
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.3)  # so that its result is in the journal
            os.kill(os.getpid(), signal.SIGKILL)
        return "survived"

    async def pay_once(arguments: Arguments, call: Call) -> str:
        if write("pay", call, arguments) == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return "paid"

    async def sign_once(arguments: Arguments, call: Call) -> str:
        if write("sign", call, arguments) == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return "signed"

    async def ask_first(arguments: Arguments, call: Call) -> str:
        return f"did {arguments.text}, {write('ask_first', call, arguments)} times"

    async def wait(arguments: Arguments, call: Call) -> str:
        while not (folder / "go").exists():
            await asyncio.sleep(0.01)
        return "waited"

    async def enquire(arguments: Arguments, call: Call) -> str:
        write("enquire", call, arguments)
        form = {"type": "object", "properties": {"size": {"type": "integer"}}, "required": ["size"]}
        answer = await call.ask(Question("Which size?", form=form))
        return f"{answer.action.value} {answer.content}"

    return [
        Tool("enquire", "Asks a person.", Arguments, enquire),
        Tool("buy", "Asks a person, too.", Arguments, enquire, idempotent=False),
        Tool("wait", "Waits for the test.", Arguments, wait),
        Tool("note", "Notes a text.", Arguments, note),
        Tool("die_once", "Takes its worker down the first time.", Arguments, die_once),
        Tool("pay", "Takes its worker down after it has paid.", Arguments, pay_once, idempotent=False),
        Tool("ask_first", "Needs an approval.", Arguments, ask_first, idempotent=False, asks=True),
        Tool("sign", "Does both: asks, and takes its worker down.", Arguments, sign_once, idempotent=False, asks=True),
    ]


async def main(url: str, folder: Path, provider: str, patience: str = "600") -> None:
    settings = Settings(
        _env_file=None,
        parley_data=folder / "data",
        parley_local_models=False,
        openai_base_url=provider,
        openai_api_key="sk-test-upstream",
    )
    db = connect(url)
    pool = open_pool(settings, db)
    engine = Engine(db, pool, tools=toolbox(tools(folder)), answer_within=timedelta(seconds=float(patience)))
    await pool.start()
    await engine.open()
    print("ready", flush=True)
    await engine.work(concurrency=10, grace=0)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:]))
