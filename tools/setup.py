"""Sets the checkout up: `setup.py run` for using Parley, `dev` for working on it, `test` also with a browser.

Runs on a bare Python 3.11 or newer. What is there already and current is left alone, without any network.
"""
# ruff: noqa: S603

import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

from steps import ROOT, STATE, Failed, alone, fingerprint, is_current, need_room, run, say

VENV = ROOT / ".venv"
WEB = ROOT / "web"
OLDEST_UV = (0, 8)
OLDEST_NODE = (20, 9)
QUIET = {
    "UV_PYTHON_DOWNLOADS": "never",
    "UV_NO_PROGRESS": "1",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_NO_INPUT": "1",
    "npm_config_update_notifier": "false",
    "NEXT_TELEMETRY_DISABLED": "1",
    "NEXT_IGNORE_INCORRECT_LOCKFILE": "1",
}
BUILT_FROM = ("src", "public", "scripts", "package.json", "package-lock.json", "next.config.mjs",
              "tsconfig.json", "postcss.config.mjs", "codegen.ts")  # fmt: skip
GENERATED = WEB / "src" / "gql"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main() -> int:
    profile = sys.argv[1] if len(sys.argv) > 1 else "run"
    try:
        with alone():
            if not works(VENV / "bin" / "python"):
                need_room(2)
            python(profile)
            web()
            if profile == "test":
                browser()
    except Failed as failure:
        say(f"\n{failure}")
        return 1
    except KeyboardInterrupt:
        say("\nStopped. The same command goes on from here.")
        return 130
    except OSError as error:
        say(f"\nThe set-up failed: {error}. Check the disk and the permissions of {ROOT}.")
        return 1
    return 0


def python(profile: str) -> None:
    """The Python environment with exactly the packages of a lock, and the command `parley` in it."""
    stamp = VENV / "parley.stamp"
    # An environment for development also runs Parley: it is kept as it is.
    kept = stamp.read_text().partition(" ")[0] if stamp.is_file() else ""
    lock = ROOT / ("requirements.lock" if profile == "run" and kept != "dev" else "requirements-dev.lock")
    kind = "run" if lock.name == "requirements.lock" else "dev"
    wanted = f"{kind} {fingerprint([lock], str(ROOT), version())}"
    interpreter = VENV / "bin" / "python"
    if is_current(stamp, wanted) and works(interpreter):
        return
    uv = find_uv() or bring_uv()
    stamp.unlink(missing_ok=True)
    if not works(interpreter):
        run("Making the Python environment", [uv, "venv", "--clear", "--python", sys.executable, VENV], QUIET)
    command: list[str | Path] = [uv, "pip", "sync", "--python", interpreter, "--require-hashes", lock]
    # Compiled now: where PYTHONDONTWRITEBYTECODE is set, every start would do it again.
    run("Installing the Python packages", [*command, "--compile-bytecode"], QUIET)
    make_importable()
    stamp.write_text(wanted)


def version() -> str:
    return f"{platform.python_version()} {platform.machine()}"


def works(interpreter: Path) -> bool:
    """Whether the environment's Python starts and is new enough: what it was made from may be gone."""
    check = "import sys; sys.exit(sys.version_info < (3, 11))"
    return succeeds(interpreter, "-c", check)


def find_uv() -> Path | None:
    for place in (STATE / "bin" / "uv", shutil.which("uv")):
        if place is not None and os.access(place, os.X_OK):
            said = subprocess.run([place, "--version"], capture_output=True, text=True, check=False).stdout
            found = re.match(r"uv (\d+)\.(\d+)", said)
            if found and (int(found[1]), int(found[2])) >= OLDEST_UV:
                return Path(place)
    return None


def bring_uv() -> Path:
    """uv in the checkout, with Python's own means: venv, or pip alone where there is no venv."""
    subject = "Bringing uv, which installs the rest"
    listed = str(ROOT / "requirements-uv.txt")
    pinned = ["--require-hashes", "--only-binary", ":all:", "--quiet", "-r", listed]
    uv = STATE / "bin" / "uv"
    if succeeds(sys.executable, "-m", "venv", "--clear", STATE / "python"):
        run(subject, [str(STATE / "python" / "bin" / "python"), "-m", "pip", "install", *pinned], QUIET)
        brought = STATE / "python" / "bin" / "uv"
    elif succeeds(sys.executable, "-m", "pip", "--version"):
        target = STATE / "packages"
        command = [sys.executable, "-m", "pip", "install", "--upgrade", "--target", str(target), *pinned]
        run(subject, command, QUIET)
        brought = target / "bin" / "uv"
    else:
        raise Failed(
            f"{sys.executable} has neither venv nor pip. Install them (Debian, Ubuntu: apt install "
            "python3-venv), or install uv, and run the same command again."
        )
    uv.parent.mkdir(exist_ok=True)
    uv.unlink(missing_ok=True)
    uv.symlink_to(brought)
    return uv


def succeeds(*command: str | Path) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:  # it is not there, or not ours to run
        return False


def make_importable() -> None:
    """The checkout on the environment's path, and the command: nothing to build or fetch."""
    (site,) = VENV.glob("lib/python3.*/site-packages")
    (site / "parley.pth").write_text(f"{ROOT}\n")
    command = VENV / "bin" / "parley"
    # sh first: the path of an interpreter after #! may neither be long nor contain spaces.
    command.write_text(
        f"#!/bin/sh\n'''exec' '{VENV}/bin/python' \"$0\" \"$@\"\n' '''\n"
        "import sys\n\nfrom server.commands import main\n\nsys.exit(main())\n"
    )
    command.chmod(0o755)


def web() -> None:
    """The packages of the web client, and its static export."""
    if not (WEB / "package.json").exists():
        raise Failed("The folder web/ is not complete: package.json is missing. Check the checkout out again.")
    packages, export = WEB / "node_modules" / ".parley-stamp", WEB / "out" / ".parley-stamp"
    locked = fingerprint([WEB / "package.json", WEB / "package-lock.json"], platform.machine(), sys.platform)
    sources = [file for name in BUILT_FROM for file in files_of(WEB / name) if not file.is_relative_to(GENERATED)]
    built = fingerprint([*sources, ROOT / "schema" / "schema.graphql"], locked)
    if is_current(export, built) and is_current(packages, locked):
        return
    npm = node()
    if not is_current(packages, locked):
        packages.unlink(missing_ok=True)
        run(
            "Installing the web client's packages",
            [npm, "--prefix", "web", "ci", "--no-audit", "--no-fund"],
            QUIET,
        )
        packages.parent.mkdir(exist_ok=True)
        packages.write_text(locked)
    if not is_current(export, built):
        export.unlink(missing_ok=True)
        run("Building the web client", [npm, "--prefix", "web", "run", "build"], QUIET)
        export.write_text(built)


def files_of(path: Path) -> list[Path]:
    return [file for file in path.rglob("*") if file.is_file()] if path.is_dir() else [path]


def node() -> str:
    """npm, when it and a Node that is new enough are there."""
    npm = shutil.which("npm")
    found = shutil.which("node")
    wanted = "Install Node.js 20 or newer with npm (22 is a good choice), and run the same command again."
    if npm is None or found is None:
        raise Failed(f"{'Node.js' if found is None else 'npm'} is missing. {wanted}")
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    numbers = re.match(r"v(\d+)\.(\d+)", said)
    if numbers is None or (int(numbers[1]), int(numbers[2])) < OLDEST_NODE:
        raise Failed(f"Node.js here is {said or 'broken'}, which is too old. {wanted}")
    return npm


def browser() -> None:
    """A Chromium for the tests in a browser: one that is installed, else the distribution's package."""
    if "PARLEY_CHROMIUM" in os.environ or any(shutil.which(name) for name in BROWSERS):
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise Failed("The tests need Chromium or Chrome. Install it, and run the same command again.")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    run("Looking for Chromium", ["apt-get", "update", "-q"], quiet)
    run(
        "Installing Chromium",
        ["apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium"],
        quiet,
    )


if __name__ == "__main__":
    sys.exit(main())
