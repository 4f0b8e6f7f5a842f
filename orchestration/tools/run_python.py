"""Running Python in a sandbox: an interpreter of its own, which has no files, no network and no processes."""

import re
import sysconfig
from pathlib import Path

from pydantic import BaseModel, Field

from orchestration.tools.children import Ended, run_child
from orchestration.tools.tool import Call, Tool, ToolFailure

MONTY = Path(sysconfig.get_path("scripts")) / "monty"
SECONDS = 10
HEAP = "128MB"
MEMORY = 1_000_000_000
"""Bytes of address space, which is more than the heap: the interpreter itself, and its stacks."""
MOST_OUTPUT = 1_000_000
VALUE = re.compile(r"^[\d.]+\S{1,2} ❯ (.*)\Z", re.DOTALL | re.MULTILINE)  # noqa: RUF001
"""How the interpreter reports the value of the last line, or an error: after the time it took."""


class Arguments(BaseModel):
    code: str = Field(
        description="Python code. Print what you want to see; the value of the last line is shown as well. There are "
        "no files, no network and no packages. Modules: math, json, re, datetime, random, decimal, collections, "
        "itertools, csv. `yield` and inheritance may be missing; use lists and functions.",
        max_length=20_000,
    )


async def _run(arguments: Arguments, _: Call) -> dict[str, str]:
    if not MONTY.exists():
        raise ToolFailure("This server has no Python sandbox. Go on without it.")
    ended = await run_child(
        str(MONTY), "--max-feed-duration", str(SECONDS), "--max-memory", HEAP, "--max-total-sleep", "1",
        f"-c={arguments.code}", memory=MEMORY, seconds=SECONDS + 2, most_output=MOST_OUTPUT,
    )  # fmt: skip
    return _told(ended)


def _told(ended: Ended) -> dict[str, str]:
    if ended.cut:
        raise ToolFailure(f"The code prints more than {MOST_OUTPUT:,} characters. Print less.")
    printed, said = ended.output.decode(errors="replace"), ended.errors.decode(errors="replace")
    value = VALUE.search(said)
    if ended.code != 0:
        error = (value[1] if value else said).strip().removeprefix("error:").strip()
        raise ToolFailure(f"{error or 'The sandbox gave up.'}{f' Printed before: {printed}' if printed else ''}")
    noted = said[: value.start()] if value else said
    told = {"printed": printed + noted, "value": value[1].rstrip("\n") if value else "None"}
    return {name: words for name, words in told.items() if words not in {"", "None"}} or {"value": "None"}


RUN_PYTHON = Tool(
    name="run_python",
    description="Run Python code in a sandbox, for what the calculator cannot do: loops, text, data.",
    arguments=Arguments,
    run=_run,
    timeout=20.0,
)
