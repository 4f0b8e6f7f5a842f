"""The tour: other people's clients with an API key, as files and as the README tells it."""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from resolvers.registration import create_api_key
from server.settings import ROOT
from tests.conftest import Running
from tests.people import Person
from tests.readme import TOUR, blocks, section
from tests.upstream import Upstream

ANSWER = "The capital of France is Paris."
PROGRAMS = {
    "curl": ["sh", "examples/tour.sh"],
    "Python": [sys.executable, "-W", "error", "examples/tour.py"],
    "JavaScript": ["node", "examples/tour.mjs"],
}
STORED = "{ chats { edges { node { lastMessage { role content status } } } } }"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The examples as after their installation, with the packages that the web client has as well."""
    place = tmp_path / "checkout"
    shutil.copytree(ROOT / "examples", place / "examples", ignore=shutil.ignore_patterns("node_modules"))
    (place / "examples" / "node_modules").symlink_to(ROOT / "web" / "node_modules")
    (place / ".venv" / "bin").mkdir(parents=True)
    command = place / ".venv" / "bin" / "parley"
    command.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m server.commands "$@"\n')
    command.chmod(0o755)
    return place


async def said_by(command: list[str], folder: Path, environment: Mapping[str, str]) -> str:
    """What a program prints; its end must be a good one."""
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env={**os.environ, **environment}, stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, complained = await process.communicate()
    assert process.returncode == 0, (said + complained).decode()
    return said.decode()


async def stored(person: Person) -> list[dict[str, str]]:
    chats = (await person.gql(STORED))["chats"]["edges"]
    return [edge["node"]["lastMessage"] for edge in chats]


@pytest.mark.parametrize("client", PROGRAMS)
async def test_a_program_with_a_key_asks_and_hears_the_answer(
    client: str, server: Running, ada: Person, upstream: Upstream, checkout: Path
) -> None:
    upstream.reply(ANSWER, delay=0.01)
    key = await create_api_key(server.db, ada.email, "tour")

    said = await said_by(PROGRAMS[client], checkout, {"PARLEY_URL": server.url, "PARLEY_KEY": key})

    assert "Paris." in said
    assert "COMPLETED" in said
    assert await stored(ada) == [{"role": "ASSISTANT", "content": ANSWER, "status": "COMPLETED"}]


@pytest.mark.parametrize("client", PROGRAMS)
async def test_a_program_with_a_wrong_key_fails(client: str, server: Running, checkout: Path) -> None:
    with pytest.raises(AssertionError, match=r"(?i)unauthenticated|401|403|key is unknown|forbidden"):
        await said_by(PROGRAMS[client], checkout, {"PARLEY_URL": server.url, "PARLEY_KEY": "wrong"})


async def test_the_stream_of_curl_is_the_answer_in_pieces(
    server: Running, ada: Person, upstream: Upstream, checkout: Path
) -> None:
    upstream.reply(ANSWER, delay=0.03)
    key = await create_api_key(server.db, ada.email, "tour")

    said = await said_by(PROGRAMS["curl"], checkout, {"PARLEY_URL": server.url, "PARLEY_KEY": key})

    frames = [json.loads(line[6:]) for line in said.splitlines() if line.startswith("data: {")]
    events = [frame["data"]["runEvents"] for frame in frames]
    assert "".join(event.get("text", "") for event in events) == ANSWER
    assert [event["sequence"] for event in events] == list(range(1, len(events) + 1))
    assert events[-1]["message"]["content"] == ANSWER


@pytest.mark.timeout(120)
async def test_the_tour_of_the_readme_works_as_it_stands(
    server: Running, ada: Person, upstream: Upstream, checkout: Path, database_url: str
) -> None:
    shell = "set -eu\n" + "".join(block.text for block in blocks(section(TOUR)) if block.language == "sh")
    assert "you@example.org" in shell
    answers = [ANSWER] * shell.count("examples/tour.") + ["Hello!"]
    for _ in answers:
        upstream.reply(ANSWER)
    environment = {
        "PARLEY_URL": server.url,
        "DATABASE_URL": database_url,
        "PARLEY_DATA": str(checkout / "data"),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    }

    said = await said_by(["sh", "-c", shell.replace("you@example.org", ada.email)], checkout, environment)

    assert said.count("COMPLETED") >= len(answers) - 1
    assert '"status":"QUEUED"' in said  # the bare request of curl does not wait for its answer
    assert len(await stored(ada)) == len(answers)


def test_the_examples_pin_what_the_web_client_uses() -> None:
    lock, web = (json.loads((ROOT / place / "package-lock.json").read_text()) for place in ("examples", "web"))
    for name, package in lock["packages"].items():
        if name:
            assert "resolved" not in package
            if name in web["packages"]:
                assert package["version"] == web["packages"][name]["version"], name
    assert {"node_modules/graphql", "node_modules/graphql-ws"} <= lock["packages"].keys() & web["packages"].keys()
