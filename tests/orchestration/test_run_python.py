"""Python that models wrote runs, and touches nothing."""

import asyncio
import contextlib
import json
import time
from uuid import uuid4

import psutil
import pytest

from orchestration.tools.run_python import MONTY, RUN_PYTHON
from orchestration.tools.tool import Call, Result

SOMEBODY = Call(uuid4(), uuid4(), uuid4(), "key")


async def python(code: str) -> Result:
    return await RUN_PYTHON.call(json.dumps({"code": code}), SOMEBODY)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("6 * 7", {"value": "42"}),
        ("print('hello')", {"printed": "hello\n"}),
        ("print('a')\nx = [n * n for n in range(4)]\nx", {"printed": "a\n", "value": "[0, 1, 4, 9]"}),
        ("-1", {"value": "-1"}),
        ("x = 1", {"value": "None"}),
        ("'two\\nlines'", {"value": "two\nlines"}),
        ("import json, re, math\njson.dumps(re.findall('[0-9]+', 'a1b22'))", {"value": '["1", "22"]'}),
    ],
)
async def test_code_runs(code: str, told: dict[str, str]) -> None:
    result = await python(code)
    assert result.error is None
    assert json.loads(result.output) == told


@pytest.mark.parametrize(
    "code",
    [
        "open('/etc/passwd').read()", "open('x', 'w')", "from pathlib import Path\nPath('/etc/passwd').read_text()",
        "import os\nos.listdir('/')", "import os\nos.environ['PATH']", "import os\nos.getenv('HOME')",
        "import os\nos.system('id')", "import socket", "import subprocess", "import ctypes",
        "import sys\nsys.modules['os']",
        "__import__('os')", "().__class__.__base__.__subclasses__()", "import urllib.request", "input()",
        "import importlib", "exec('import socket')", "eval('__import__(\"os\")')",
    ],
)  # fmt: skip
async def test_nothing_outside_can_be_reached(code: str) -> None:
    result = await python(code)
    assert result.error is not None
    assert "root:" not in result.words


async def test_errors_say_where() -> None:
    result = await python("print('before')\nx = 1\nx / 0")
    assert "line 3" in (result.error or "")
    assert "ZeroDivisionError: division by zero" in (result.error or "")
    assert "before" in (result.error or "")
    assert "SyntaxError" in ((await python("1 +")).error or "")


@pytest.mark.parametrize(
    ("bomb", "said"),
    [
        ("9**9**9", "memory limit"),
        ("'x' * 10**10", "memory limit"),
        ("a = []\nwhile True: a.append('x' * 100000)", "memory limit"),
        ("def f(): return f()\nf()", "recursion"),
        ("while True: print('x' * 10000)", "prints more than"),
        ("import time\ntime.sleep(100)", "sleep limit"),
    ],
)
async def test_bombs_are_defused(bomb: str, said: str) -> None:
    began = time.perf_counter()
    result = await python(bomb)
    assert said in (result.error or "")
    assert time.perf_counter() - began < 5


async def test_code_of_a_cancelled_run_is_stopped() -> None:
    before = _sandboxes()
    task = asyncio.create_task(python("while True: pass"))
    while not (begun := _sandboxes() - before):
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(30):
        while begun & _sandboxes():
            await asyncio.sleep(0.01)


def _sandboxes() -> set[psutil.Process]:
    return {child for child in psutil.Process().children() if _is_sandbox(child)}


def _is_sandbox(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return bool(process.exe() == str(MONTY.resolve()))
    return False
