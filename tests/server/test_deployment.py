"""What containers run with: compose files, Kubernetes manifests and the Dockerfile fit the settings and are tight."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from server.settings import ROOT, Settings

SETTINGS = {name.upper() for name in Settings.model_fields}
KUBERNETES = ROOT / "deploy" / "kubernetes"
COMMANDS = {"serve", "worker", "migrate"}
OURS = {"migrate", "api", "worker"}


class Loader(yaml.SafeLoader):  # type: ignore[misc]
    """YAML with the tag with which Compose takes back what another file says."""


Loader.add_constructor("!reset", lambda loader, node: None)


def compose() -> dict[str, dict[str, Any]]:
    """The services of a fleet: each as the one file says, and then the other."""
    services: dict[str, dict[str, Any]] = {}
    for name in ("docker-compose.yml", "docker-compose.fleet.yml"):
        for service, said in yaml.load((ROOT / name).read_text(), Loader)["services"].items():  # noqa: S506 - it is a SafeLoader
            earlier = services.setdefault(service, {})
            environment = {**earlier.get("environment", {}), **said.get("environment", {})}
            earlier.update(said, environment=environment)
    return services


def pods() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each container with its pod."""
    for document in yaml.safe_load_all((KUBERNETES / "parley.yaml").read_text()):
        if document["kind"] == "Deployment":
            pod = document["spec"]["template"]["spec"]
            yield from ((pod, container) for container in (*pod["initContainers"], *pod["containers"]))


def test_containers_of_a_pod_can_do_nothing_but_their_work() -> None:
    found = list(pods())
    assert len(found) == 4
    for pod, container in found:
        locked = container["securityContext"]
        assert pod["securityContext"]["runAsNonRoot"]
        assert not pod["automountServiceAccountToken"]
        assert (locked["readOnlyRootFilesystem"], locked["allowPrivilegeEscalation"]) == (True, False)
        assert locked["capabilities"] == {"drop": ["ALL"]}
        assert container["resources"]["limits"]["memory"]
        assert {mount["mountPath"] for mount in container["volumeMounts"]} == {"/data", "/tmp"}  # noqa: S108 - of the container
        assert set(container["args"]) <= COMMANDS


@pytest.mark.parametrize("name", ["postgres", "redis", "pgbouncer", "proxy", *sorted(OURS)])
def test_a_container_of_the_fleet_has_no_more_rights_than_it_needs(name: str) -> None:
    service = compose()[name]
    if name != "postgres":  # its image begins as root, to own its volume
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
    if name in OURS or name in {"pgbouncer", "proxy"}:
        assert service["security_opt"] == ["no-new-privileges:true"]
    if name not in OURS:
        assert re.search(r":[\w.-]*\d", service["image"]), "a version, so that the same is started everywhere"


def test_everything_that_is_set_is_a_setting() -> None:
    told = yaml.safe_load_all((KUBERNETES / "parley.yaml").read_text())
    [configured] = [document["data"] for document in told if document["kind"] == "ConfigMap"]
    secret = dict(
        line.split("=", 1) for line in (KUBERNETES / "secret.env.example").read_text().splitlines() if "=" in line
    )
    assert {*configured, *secret} <= SETTINGS
    for name in OURS:
        assert set(compose()[name]["environment"]) <= SETTINGS
    given = {name.lower(): value for name, value in {**secret, **configured}.items() if value}
    assert Settings(_env_file=None, **given).secure_cookies


def test_every_process_of_the_fleet_knows_the_way_around_the_pooler() -> None:
    for name in OURS:
        environment = compose()[name]["environment"]
        assert "@pgbouncer:" in environment["DATABASE_URL"]
        assert "@postgres:" in environment["DIRECT_DATABASE_URL"]
    assert compose()["api"]["environment"]["PARLEY_WORKER"] == "false"


@pytest.mark.parametrize("file", ["docker-compose.fleet.yml", "docs/deployment.md"])
def test_a_proxy_says_by_which_address_it_was_called(file: str) -> None:
    """With the port, which nginx leaves out of `$host`: a page is ours only if its whole origin is."""
    told = dict(re.findall(r"proxy_set_header ([\w-]+) (\S+);", (ROOT / file).read_text().replace("$$", "$")))
    assert told["Host"] == told["X-Forwarded-Host"] == "$http_host"
    assert told["X-Forwarded-For"] == "$remote_addr"


def test_the_image_runs_as_a_user_without_rights_and_tells_of_its_health() -> None:
    last = (ROOT / "Dockerfile").read_text().rpartition("\nFROM ")[2]
    assert re.search(r"^USER parley$", last, re.MULTILINE)
    assert last.index("USER parley") > last.rindex("\nRUN ")
    assert "/readyz" in last
    assert not re.search(r"^(ARG|ENV) .*(KEY|PASSWORD|SECRET)", last, re.MULTILINE)
