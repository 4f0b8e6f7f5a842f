"""Prints how long files and functions are, the longest first, and what is over the house's limits."""
# ruff: noqa: T201

import ast
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("domain", "persistence", "orchestration", "schema", "resolvers", "server")
LONGEST_FILE, LONGEST_COMPONENT, LONGEST_FUNCTION = 300, 250, 40


class Size(NamedTuple):
    lines: int
    name: str


def main() -> int:
    modules = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")) if "versions" not in path.parts]
    files = [Size(_length(path), str(path.relative_to(ROOT))) for path in modules]
    functions = [size for path in modules for size in _functions(path)]
    web = [path for path in sorted((ROOT / "web" / "src").rglob("*.ts*")) if "gql" not in path.parts]
    components = [Size(_length(path), str(path.relative_to(ROOT))) for path in web]
    over = [
        *_report("Python files", files, LONGEST_FILE),
        *_report("Functions", functions, LONGEST_FUNCTION),
        *_report("Web files", components, LONGEST_COMPONENT),
    ]
    for size in over:
        print(f"  over the limit: {size.name} ({size.lines} lines)")
    return 1 if over else 0


def _report(subject: str, sizes: list[Size], limit: int) -> list[Size]:
    if not sizes:
        return []
    lines = [size.lines for size in sizes]
    longest = max(sizes)
    print(
        f"{subject}: {len(sizes)}, {sum(lines)} lines, median {statistics.median(lines):g}, "
        f"longest {longest.lines} ({longest.name}), limit {limit}"
    )
    return sorted((size for size in sizes if size.lines > limit), reverse=True)


def _length(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _functions(path: Path) -> Iterator[Size]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Size((node.end_lineno or node.lineno) - node.lineno + 1, f"{path.relative_to(ROOT)}:{node.name}")


if __name__ == "__main__":
    sys.exit(main())
