"""Dockerfile and compose.yaml, which cannot be built where the tests run: what a linter finds, and
whether what they name is there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands

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
            assert volume.partition(":")[0] in COMPOSE["volumes"]


def test_the_services_are_reached_by_their_names() -> None:
    for name in ("release", "web", "worker"):
        variables = SERVICES[name]["environment"]
        assert "@database:5432/" in variables["DATABASE_URL"]
        assert variables["REDIS_URL"] == "redis://queue:6379/0"
        assert SERVICES[name]["env_file"] == ".env"
    assert {"database", "queue"} <= SERVICES.keys()
    published = [name for name, service in SERVICES.items() if "ports" in service]
    assert published == ["web"]
    assert SERVICES["web"]["ports"][0].startswith("127.0.0.1:")


def test_no_secret_is_in_the_image_or_in_the_files() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert {".env", "*.sqlite3*", ".git"} <= set(ignored)
    # A variable of the image would stay in it.
    assert not re.search(r"^(ENV|ARG).*SECRET", (ROOT / "Dockerfile").read_text(), re.M)
    secrets = re.findall(r"PASSWORD: (.*)|://\w+:([^@]*)@", (ROOT / "compose.yaml").read_text())
    assert len(secrets) == 2
    assert all("".join(pair).startswith("${POSTGRES_PASSWORD:?") for pair in secrets)


def test_the_platforms_python_is_the_projects() -> None:
    version = (ROOT / "runtime.txt").read_text().strip()
    assert re.fullmatch(r"python-3\.11\.\d+", version)
    assert "FROM python:3.11-" in (ROOT / "Dockerfile").read_text()
