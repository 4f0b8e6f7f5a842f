"""The types that programs in TypeScript have of the REST addresses."""

import shutil
from pathlib import Path

import pytest

from server.sdl import OPENAPI
from server.settings import ROOT
from tests.conftest import Running
from tests.foreign import node_packages, told
from tests.upstream import Upstream

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
async def audits() -> Path:
    return await node_packages()


async def test_the_types_are_those_of_the_description(audits: Path) -> None:
    generator = str(audits / "node_modules" / ".bin" / "openapi-typescript")

    generated = await told(generator, str(OPENAPI))

    assert generated.strip() == (ROOT / "examples" / "rest.d.ts").read_text().strip(), "run `make graphql`"


async def test_the_example_is_typed_and_prints_the_answer(
    audits: Path, server: Running, key: str, upstream: Upstream, tmp_path: Path
) -> None:
    for name in ("rest.mjs", "rest.d.ts"):
        shutil.copy(ROOT / "examples" / name, tmp_path)
    shutil.copy(audits / "rest.json", tmp_path / "tsconfig.json")
    (tmp_path / "node_modules").symlink_to(audits / "node_modules")
    upstream.reply("The capital of France is Paris.")

    await told(str(tmp_path / "node_modules" / ".bin" / "tsc"), "--project", str(tmp_path))
    environment = {"PARLEY_URL": server.url, "PARLEY_KEY": key}
    said = await told("node", "rest.mjs", cwd=tmp_path, environment=environment)

    assert said == "The capital of France is Paris.\nCOMPLETED, 6 tokens, $0.000067\n"
