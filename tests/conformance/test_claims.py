"""What docs/conformance.md claims is tried is tried: each test that it names is there."""

import re
from pathlib import Path

from server.settings import ROOT

PAGE = (ROOT / "docs" / "conformance.md").read_text()
CLAIM = re.compile(r"`([\w.]+\.(?:py|tsx?|spec\.ts))`: ((?:`[^`]+`(?:, )?)+)")
FEWEST = 24


def files(name: str) -> list[Path]:
    folder = ROOT / "tests" if name.endswith(".py") else ROOT / "web"
    return [path for path in folder.rglob(name) if not {"node_modules", "reference_servers"} & set(path.parts)]


def test_each_attack_names_tests_that_are_there() -> None:
    rows = PAGE.partition("## Attacks that are tried")[2].split("\n| ")[3:]
    assert len(rows) >= FEWEST
    for row in rows:
        claims = CLAIM.findall(row)
        assert claims, row
        for file, names in claims:
            text = "\n".join(path.read_text() for path in files(file))
            for name in re.findall("`([^`]+)`", names):
                wanted = rf"def {name}\(" if file.endswith(".py") else re.escape(f'"{name}"')
                assert re.search(wanted, text), f"{file}: {name}"
