"""`make chaos`: a drill of any size, from the command line."""

import argparse
import secrets
import sys
import tempfile
from pathlib import Path

import uvloop

from tests.chaos.drill import Scale, drill
from tests.chaos.faults import WEIGHTS
from tests.chaos.report import report

PACE = 0.5
"""Seconds for each run."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--faults", type=int, help="one for every six seconds without it")
    parser.add_argument("--redis", action="store_true", help="with Redis, which is lost now and then")
    parser.add_argument("--pooler", action="store_true", help="with PgBouncer before PostgreSQL")
    parser.add_argument("--rolling", action="store_true", help="an upgrade of each process in the place of faults")
    parser.add_argument("--logs", type=Path, help="folder that gets what each process said")
    asked = parser.parse_args()
    seconds = max(40.0, asked.runs * PACE)
    faults = asked.faults or max(len(WEIGHTS), int(seconds / 6))
    scale = Scale(
        runs=asked.runs, faults=faults, seconds=seconds, workers=2 if asked.rolling else 3,
        redis=asked.redis, pooler=asked.pooler, rolling=asked.rolling,
    )  # fmt: skip
    what = "an upgrade" if scale.rolling else f"{scale.faults} faults"
    print(f"Seed {asked.seed}: {scale.runs} runs and {what} in {seconds:.0f} s …", flush=True)
    with tempfile.TemporaryDirectory(prefix="parley-chaos-", ignore_cleanup_errors=True) as folder:
        outcome = uvloop.run(drill(asked.seed, scale, Path(folder)))
    print(report(outcome))
    if asked.logs is not None:
        asked.logs.mkdir(parents=True, exist_ok=True)
        for program in outcome.fleet.programs:
            lines = [f"{line.at - outcome.fleet.began:8.2f} {line.text}\n" for line in program.lines]
            (asked.logs / f"{program.name}.log").write_text("".join(lines))
    return 1 if outcome.violations else 0


if __name__ == "__main__":
    sys.exit(main())
