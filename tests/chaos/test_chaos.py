"""A short drill with every kind of fault; `make chaos` does longer ones."""

import secrets
from pathlib import Path

import pytest

from tests.chaos.drill import Scale, drill
from tests.chaos.report import report

SHORT = Scale(runs=40, faults=7, seconds=25.0)


@pytest.mark.alone
@pytest.mark.timeout(300)
async def test_whatever_happens_every_run_ends_once_and_every_client_has_it_all(tmp_path: Path) -> None:
    outcome = await drill(secrets.randbelow(1_000_000), SHORT, tmp_path)

    told = report(outcome)
    print(told)
    assert not outcome.violations, told
