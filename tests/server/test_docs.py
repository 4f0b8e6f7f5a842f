"""The documentation keeps up with the code, and holds nothing that is true of one machine only."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from graphql import build_schema, parse, validate

from server.settings import ROOT, Settings
from tests.readme import README, TOUR, blocks, section

SETTINGS = (ROOT / "docs" / "settings.md").read_text()
EXAMPLE = (ROOT / ".env.example").read_text()
MADE = {
    ".git", ".venv", ".uv", ".next", "node_modules", "out", "__pycache__", "test-results", "playwright-report", "gql",
}  # fmt: skip
"""Folders that a checkout gets later."""

REGISTRIES = re.compile(
    r"registry\.(?:npmjs|yarnpkg|npmmirror)\.|pypi\.(?:org|python)|pythonhosted\.|artifactory|^\s*--(?:extra-)?index-url"
    r"|\"resolved\"\s*:",
    re.IGNORECASE | re.MULTILINE,
)
HOMES = re.compile(r"(?<![\w.])(?:/home/\w+/|/Users/\w+/|[A-Z]:\\Users\\)")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def files() -> Iterator[Path]:
    """Every file of the repository that is text."""
    for folder, folders, names in os.walk(ROOT):
        here = Path(folder)
        folders[:] = [
            name
            for name in folders
            if name not in MADE and not name.endswith("_cache") and here / name != ROOT / "data"
        ]
        for name in names:
            path = here / name
            if name != ".env" and not path.is_symlink() and b"\0" not in path.read_bytes()[:1024]:
                yield path


def documents() -> list[Path]:
    return [
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "contract" / "README.md",
        *(ROOT / "docs").rglob("*.md"),
    ]


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_a_setting_is_documented(name: str) -> None:
    described = re.escape(Settings.model_fields[name].description or "-")
    assert re.search(rf"^\| `{name.upper()}` \|.*\| {described} \|$", SETTINGS, re.MULTILINE)
    assert re.search(rf"^# {name.upper()}=", EXAMPLE, re.MULTILINE)


def test_no_setting_is_documented_that_is_not_there() -> None:
    named = set(re.findall(r"^\| `([A-Z_]+)` \|", SETTINGS, re.MULTILINE))
    known = {name.upper() for name in Settings.model_fields}
    assert named - known == {"POSTGRES_PASSWORD", "PARLEY_BIND", "PARLEY_CONTAINER_MODELS"}


def test_documented_defaults_are_the_real_ones() -> None:
    for name, field in Settings.model_fields.items():
        shown = re.search(rf"^\| `{name.upper()}` \| (?:`(.*?)` )?\|", SETTINGS, re.MULTILINE)
        assert shown is not None, name
        if isinstance(field.default, bool):
            assert shown[1] == str(field.default).lower(), name
        elif isinstance(field.default, int | float | str):
            assert shown[1] == str(field.default), name


def test_every_make_target_that_is_named_exists() -> None:
    there = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for path in documents():
        named = re.findall(r"(?:`|^)make ([a-z]+)(?:`|$)", path.read_text(), re.MULTILINE)
        assert set(named) <= there, path


def test_every_command_that_is_named_exists() -> None:
    there = set(re.findall(r'add\("([a-z-]+)"', (ROOT / "server" / "commands.py").read_text()))
    for path in documents():
        named = re.findall(r"\bparley ([a-z]+(?:-[a-z]+)*)", path.read_text())
        assert set(named) <= there, path


def test_links_lead_somewhere() -> None:
    for path in documents():
        for target in LINK.findall(path.read_text()):
            if "://" not in target:
                place, _, fragment = unquote(target).partition("#")
                file = (path.parent / place).resolve() if place else path
                assert file.exists(), f"{path.relative_to(ROOT)}: {target}"
                assert file.is_relative_to(ROOT)
                if fragment:
                    assert fragment in anchors(file), f"{path.relative_to(ROOT)}: {target}"


def anchors(path: Path) -> set[str]:
    """The headings of a document as its renderers name them."""
    headings = re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = LINK.findall((folder / "README.md").read_text())
    assert listed == sorted(path.name for path in folder.glob("0*.md"))


def test_no_file_names_a_registry_or_a_folder_of_one_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in files()
        if path != Path(__file__)
        for match in mentions(path.read_text(errors="replace"))
    ]
    assert found == []


def mentions(text: str) -> Iterator[re.Match[str]]:
    yield from REGISTRIES.finditer(text)
    yield from HOMES.finditer(text)
    if len(ROOT.parts) > 2:  # a checkout in a folder such as /app is named by chance
        yield from re.finditer(re.escape(str(ROOT)) + r"\b", text)


def test_the_readme_shows_code_of_the_examples() -> None:
    for language, file in (("python", "tour.py"), ("js", "tour.mjs")):
        code = (ROOT / "examples" / file).read_text()
        shown = [block.text for block in blocks(README) if block.language == language]
        assert shown
        for text in shown:
            assert unindented(text) in unindented(code), file


def unindented(code: str) -> str:
    return "\n".join(line.strip() for line in code.splitlines())


def test_the_readme_asks_what_the_schema_answers() -> None:
    schema = build_schema((ROOT / "schema" / "schema.graphql").read_text())
    shown = [block.text for block in blocks(section(TOUR)) if block.language == "graphql"]
    assert shown
    for text in shown:
        assert validate(schema, parse(text)) == []
