"""Serves Parley for a benchmark: `python bench/streams/serve.py PORT UPSTREAM DSN KEYS [--worker]`.

Migrates the database, makes people with one API key each, writes the keys to the file KEYS, one a line, and serves on
127.0.0.1:PORT with the models of the OpenAI-compatible endpoint UPSTREAM. With --worker the API carries no runs on and
a worker process beside it does. Runs until SIGINT or SIGTERM, or until one of its processes ends. It imports nothing
of Parley, so that its own memory does not count.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

PYTHON = Path(sys.executable)
PARLEY = PYTHON.with_name("parley")
PEOPLE = Path(__file__).with_name("people.py")
CONCURRENCY = 1_000
"""Runs that one worker carries on at once: more than the streams of any scenario."""


def models_of(upstream: str) -> list[str]:
    """Every model that the endpoint lists: the server itself would leave out names that do not look like chat.

    None when nobody listens there: lists of chats need no model.
    """
    try:
        with urllib.request.urlopen(upstream.rstrip("/") + "/models", timeout=10) as answer:  # noqa: S310 - our own upstream
            return [model["id"] for model in json.loads(answer.read())["data"]]
    except urllib.error.URLError:
        return []


def environment(asked: argparse.Namespace) -> dict[str, str]:
    data = asked.keys.resolve().with_name("data")
    data.mkdir(exist_ok=True)
    return {
        "DATABASE_URL": asked.dsn,
        "OPENAI_BASE_URL": asked.upstream,
        "OPENAI_MODELS": ",".join(models_of(asked.upstream)),
        "PARLEY_DATA": str(data),
        "PARLEY_HOST": "127.0.0.1",
        "PARLEY_LOCAL_MODELS": "false",
        "PARLEY_LOG_LEVEL": "WARNING",
        "PARLEY_PORT": str(asked.port),
        "PARLEY_WORKER": "false" if asked.worker else "true",
        "PARLEY_WORKER_CONCURRENCY": str(CONCURRENCY),
        **os.environ,
    }


def serve(environment: dict[str, str], *, worker: bool) -> int:
    """Run `parley serve`, and `parley worker` where asked for, until they are told to stop or one of them ends."""
    commands = ["serve", "worker"] if worker else ["serve"]
    running = [subprocess.Popen([PARLEY, command], env=environment) for command in commands]

    def stop(*_: object) -> None:
        for process in running:
            process.terminate()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
    stop()
    return max(abs(process.wait()) for process in running)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("port", type=int)
    parser.add_argument("upstream", help="base URL of an OpenAI-compatible endpoint, with /v1")
    parser.add_argument("dsn", help="an empty database, postgresql://…")
    parser.add_argument("keys", type=Path, help="the file that the API keys are written to")
    parser.add_argument("--worker", action="store_true", help="carry runs on in a process of its own")
    parser.add_argument("--people", type=int, default=1_250, help="accounts to make; each stream should be one's own")
    asked = parser.parse_args()
    with asked.keys.open("wb") as keys:
        subprocess.run([PYTHON, PEOPLE, asked.dsn, str(asked.people)], stdout=keys, check=True)
    return serve(environment(asked), worker=asked.worker)


if __name__ == "__main__":
    sys.exit(main())
