"""`.env.example` names every setting, with the words that the setting has for itself."""

import re
from pathlib import Path

from server.settings import ROOT, Settings

EXAMPLE = Path(ROOT / ".env.example").read_text()
FOR_COMPOSE = {"POSTGRES_PASSWORD", "PARLEY_BIND", "PARLEY_CONTAINER_MODELS"}


def test_every_setting_is_explained() -> None:
    for name, field in Settings.model_fields.items():
        assert re.search(rf"^# {re.escape(field.description or '-')}\n# {name.upper()}=", EXAMPLE, re.MULTILINE), name


def test_nothing_else_is_named() -> None:
    named = set(re.findall(r"^(?:# )?([A-Z_]+)=", EXAMPLE, re.MULTILINE))
    assert named - FOR_COMPOSE == {name.upper() for name in Settings.model_fields}


def test_what_compose_asks_for_is_named() -> None:
    compose = "".join(path.read_text() for path in ROOT.glob("docker-compose*.yml"))
    asked = set(re.findall(r"\$\{([A-Z_]+)", compose))
    assert all(f"{name}=" in EXAMPLE for name in asked)
