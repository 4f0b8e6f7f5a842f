"""Requests that Schemathesis makes up from what the API says of itself: none of them is a fault of the server.

`FUZZ_CASES` and `FUZZ_SEED` ask for more of them, or for others.
"""

import asyncio
import os
import re
import sys
from pathlib import Path

import pytest

from domain.accounts import Scope
from persistence.database import Database
from server.settings import ROOT
from tests.conformance.documents import LEFT_OUT
from tests.conftest import Running
from tests.people import Person
from tests.server.doors.programs import key_of

CASES, SEED = int(os.environ.get("FUZZ_CASES", "0")), os.environ.get("FUZZ_SEED", "1")
OPERATIONS = {"REST": 14, "GraphQL": 98}
"""About as many as there are; each gets its share of the cases, and some have no more to give."""
MADE = re.compile(r"(\d+) generated, (\d+) passed")


@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("door", OPERATIONS if CASES else ["REST"])  # test_fuzz.py asks GraphQL in `make test`
async def test_nothing_that_schemathesis_asks_is_a_fault_of_the_server(
    door: str, server: Running, ada: Person, db: Database, tmp_path: Path
) -> None:
    key = await key_of(db, ada, tuple(Scope))
    if door == "REST":
        what = [str(ROOT / "schema" / "openapi.json"), "--url", server.url]
    else:
        what = [str(ROOT / "schema" / "schema.graphql"), "--url", f"{server.url}/graphql"]
        what += [word for name in sorted(LEFT_OUT) for word in ("--exclude-name", f"Mutation.{name}")]
    asking = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "schemathesis.cli", "run", *what, "--header", f"Authorization: Bearer {key}",
        "--checks", "no_fault_of_the_server", "--phases", "fuzzing", "--suppress-health-check", "all",
        "--max-examples", str(max(1, round(1.5 * CASES / OPERATIONS[door]))), "--seed", SEED, "--continue-on-failure",
        "--request-timeout", "30", "--warnings", "off", "--no-color", "--generation-database", "none",
        cwd=tmp_path, env={**os.environ, "SCHEMATHESIS_HOOKS": "tests.conformance.schemathesis_checks",
                           "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    told, _ = await asking.communicate()
    said = told.decode()

    assert asking.returncode == 0, said[-8_000:]
    made = MADE.search(said)
    assert made is not None, said[-8_000:]
    print(f"{door}: {made[1]} cases")
    assert made[1] == made[2]
    assert int(made[1]) >= max(OPERATIONS[door] * 0.7, CASES)
    async with ada.http.get(f"{ada.url}/readyz") as response:
        assert response.status == 200
