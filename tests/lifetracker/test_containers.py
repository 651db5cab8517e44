"""Dockerfile and compose.yaml, which cannot be built where the tests run: what a linter finds, and
whether what they name is there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands

from tests import processes

ROOT = Path(settings.BASE_DIR)
HADOLINT = Path(sys.executable).with_name("hadolint")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def test_the_dockerfile_has_nothing_to_find() -> None:
    if not HADOLINT.exists():
        pytest.skip("hadolint has no wheel for this machine")
    done = subprocess.run(
        [HADOLINT, "--no-color", "Dockerfile"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, "")


def processes_of_the_procfile() -> dict[str, str]:
    lines = (ROOT / "Procfile").read_text().splitlines()
    return {name: command for name, _, command in (line.partition(": ") for line in lines)}


def as_line(command: list[str]) -> str:
    return command[2] if command[:2] == ["sh", "-c"] else " ".join(command)


def test_procfile_and_compose_run_the_same() -> None:
    procfile = processes_of_the_procfile()
    assert procfile.keys() == {"release", "web", "worker"}
    for name, line in procfile.items():
        assert as_line(SERVICES[name].get("command", ["gunicorn", "lifetracker.wsgi"])) == line
    assert 'CMD ["gunicorn", "lifetracker.wsgi"]' in (ROOT / "Dockerfile").read_text()


def test_the_commands_of_the_procfile_are_there() -> None:
    named = re.findall(r"python manage\.py (\w+)", (ROOT / "Procfile").read_text())
    assert {"migrate", "qcluster"} <= set(named) <= get_commands().keys()


def test_what_waits_names_what_is_there_and_healthy() -> None:
    for service in SERVICES.values():
        for name, waits in service.get("depends_on", {}).items():
            condition = waits["condition"]
            if condition == "service_healthy":
                assert "test" in SERVICES[name]["healthcheck"]
            else:
                assert condition == "service_completed_successfully"
                assert SERVICES[name]["restart"] == "no"
        for volume in service.get("volumes", []):
            # Without a name it is one of the container's own.
            name, named, _folder = volume.partition(":")
            assert not named or name in COMPOSE["volumes"]


def test_the_services_are_reached_by_their_names() -> None:
    for name in ("release", "web", "worker"):
        variables = SERVICES[name]["environment"]
        assert "@database:5432/" in variables["DATABASE_URL"]
        assert variables["REDIS_URL"].endswith("@queue:6379/0")
        assert SERVICES[name]["env_file"] == ".env"
    assert {"database", "queue"} <= SERVICES.keys()
    published = [name for name, service in SERVICES.items() if "ports" in service]
    assert published == ["web"]
    assert SERVICES["web"]["ports"][0].startswith("127.0.0.1:")


def test_every_container_is_locked() -> None:
    for name, service in SERVICES.items():
        assert service["cap_drop"] == ["ALL"], name
        assert "cap_add" not in service, name
        assert service["read_only"] is True, name
        assert service["security_opt"] == ["no-new-privileges:true"], name
    # The others say their user in the Dockerfile.
    assert (SERVICES["database"]["user"], SERVICES["queue"]["user"]) == ("postgres", "redis")
    assert "USER 1000" in (ROOT / "Dockerfile").read_text()


def test_what_runs_on_has_a_health_check() -> None:
    unchecked = {
        name for name, service in SERVICES.items() if service.get("healthcheck", {}).get("disable")
    }
    assert unchecked == {"release"}
    # The image's own, which asks the web process.
    assert "healthcheck" not in SERVICES["web"]
    assert "HEALTHCHECK" in (ROOT / "Dockerfile").read_text()


@pytest.mark.parametrize(("age", "healthy"), [(0, True), (60, True), (180, False), (None, False)])
def test_the_workers_check_asks_how_old_its_sign_of_life_is(
    tmp_path: Path, age: int | None, healthy: bool
) -> None:
    kind, check = SERVICES["worker"]["healthcheck"]["test"]
    named = SERVICES["worker"]["environment"]["WORKER_HEARTBEAT_FILE"]
    assert kind == "CMD-SHELL"
    assert named in check
    file = tmp_path / "alive"
    if age is not None:
        file.touch()
        then = time.time() - age
        os.utime(file, (then, then))
    line = check.replace("$$", "$").replace(named, str(file))
    done = subprocess.run(["/bin/sh", "-c", line], check=False, capture_output=True)
    assert (done.returncode == 0) is healthy


def test_what_is_worked_on_lies_on_the_disk() -> None:
    for name in ("release", "web", "worker"):
        assert "/tmp" in SERVICES[name]["volumes"]  # noqa: S108 - a container's own


def test_no_secret_is_in_the_image_or_in_the_files() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert {".env", "*.sqlite3*", ".git"} <= set(ignored)
    # A variable of the image would stay in it.
    assert not re.search(r"^(ENV|ARG).*SECRET", (ROOT / "Dockerfile").read_text(), re.M)
    text = (ROOT / "compose.yaml").read_text()
    secrets = re.findall(r"(?:PASSWORD|AUTH): (.*)|://\w*:([^@]*)@", text)
    assert len(secrets) == 4
    for pair in secrets:
        assert re.match(r"\$\{(POSTGRES|REDIS)_PASSWORD:\?", "".join(pair))


def test_the_queue_asks_for_its_password(tmp_path: Path) -> None:
    """Its command and its health check, as Compose runs them, at a port of the test."""
    if not shutil.which("redis-server"):
        if "TEST_REDIS_URL" in os.environ:
            pytest.fail("there is no redis-server")
        pytest.skip("there is no redis-server")
    port = processes.free_ports(1)[0]
    script = (
        SERVICES["queue"]["command"][2].replace("$$", "$").replace("save", f"port {port}\nsave")
    )
    check = SERVICES["queue"]["healthcheck"]["test"][1].replace("redis-cli", f"redis-cli -p {port}")
    with_password = {"PATH": os.environ["PATH"], "REDISCLI_AUTH": "x7words"}
    without = {"PATH": os.environ["PATH"]}

    def healthy(env: dict[str, str]) -> bool:
        asked = ["sh", "-c", check]
        return not subprocess.run(asked, env=env, check=False, capture_output=True).returncode

    server = subprocess.Popen(
        ["sh", "-c", script],  # noqa: S607 - whichever sh is there
        env=with_password,
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
    )
    try:
        processes.wait_until(lambda: healthy(with_password))
        assert not healthy(without)
        line = subprocess.run(
            ["ps", "-o", "args=", "-p", str(server.pid)],  # noqa: S607 - whichever ps is there
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        assert "redis-server" in line
        assert "x7words" not in line
    finally:
        server.terminate()
        server.wait()


def test_the_platforms_python_is_the_projects() -> None:
    version = (ROOT / "runtime.txt").read_text().strip()
    assert re.fullmatch(r"python-3\.11\.\d+", version)
    assert "FROM python:3.11-" in (ROOT / "Dockerfile").read_text()
