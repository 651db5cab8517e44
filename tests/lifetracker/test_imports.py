"""What a process loads before it does anything: bounded by name, because time depends on the machine."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import load_command_class

from tests.lifetracker.test_rules import own_apps_by_command
from tests.processes import command, environment

# What only pages, the API or the admin need, and what only some sources or commands do. (asyncio is not
# here: Django itself loads it with its queries.)
OF_PAGES = (
    "lifetracker.urls",
    "lifetracker.api.lists",
    "lifetracker.api.runs",
    "lifetracker.api.views",
    "lifetracker.admin",
    "lifetracker.web.cards",
    "lifetracker.web.source_status",
    "unfold.admin",
)
OF_THE_API = (
    "rest_framework.views",
    "rest_framework.serializers",
    "drf_spectacular.openapi",
    "yaml",
)
OF_OTHERS = (
    "redis",
    "sentry_sdk",
    "pyrage",
    "graphql",
    "lifetracker.sandbox",
    "lifetracker.backups",
)
# Not `django.test`: the settings of django_mcpz.oauth take a signal from it, and its models are in every process (22 ms
# and 2.6 MB).
NEEDLESS = (*OF_PAGES, *OF_THE_API, *OF_OTHERS, "django.contrib.postgres")

SHOW = """
import atexit, json, runpy, sys
atexit.register(lambda: print("\\n" + json.dumps(sorted(sys.modules))))
sys.argv = ["manage.py", *{words!r}]
runpy.run_path("manage.py", run_name="__main__")
"""


def loaded_by(*words: str, **variables: str) -> set[str]:
    """All modules of a process at its end."""
    done = subprocess.run(
        [sys.executable, "-c", SHOW.format(words=words)],
        cwd=settings.BASE_DIR,
        env=environment(**variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def needless(loaded: set[str]) -> set[str]:
    return {name for name in NEEDLESS if name in loaded}


@pytest.fixture
def empty_database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'empty.sqlite3'}"


@pytest.mark.parametrize("command", ["sync_whoop", "sync_all", "housekeeping", "metrics"])
def test_a_command_loads_only_what_it_needs(command: str, empty_database: str) -> None:
    loaded = loaded_by(command, DATABASE_URL=empty_database)
    assert {"lifetracker.sync.job", "lifetracker.models"} & loaded, "it began"
    assert not needless(loaded)
    assert "github_projects.analysis" not in loaded


def test_a_worker_loads_only_what_it_needs() -> None:
    imports = "from lifetracker.management.commands import qcluster; from lifetracker import tasks"
    loaded = loaded_by("shell", "--no-imports", "-c", imports)
    assert {"lifetracker.tasks", "django_q.cluster"} <= loaded
    assert not needless(loaded)


def test_with_redis_its_client_is_loaded() -> None:
    imports = "from django_q.brokers import get_broker; get_broker(); from lifetracker.ops.failures import redis_errors; assert redis_errors()"
    assert "redis" in loaded_by(
        "shell", "--no-imports", "-c", imports, REDIS_URL="redis://127.0.0.1:1"
    )


def test_the_pages_are_loaded_before_the_web_process_forks() -> None:
    loaded = loaded_by("shell", "--no-imports", "-c", "import lifetracker.wsgi")
    assert {*OF_PAGES, *OF_THE_API} - {"yaml"} <= loaded


@pytest.mark.parametrize("name", sorted(own_apps_by_command()))
def test_only_what_is_about_checks_runs_them(name: str) -> None:
    command = load_command_class(own_apps_by_command()[name], name)
    assert command.requires_system_checks == []


def test_the_checks_of_the_admin_see_its_pages() -> None:
    """Although nothing else has loaded them."""
    assert "lifetracker.admin" in loaded_by("check", "--tag", "admin")


def test_the_garbage_collector_works_again_once_all_is_loaded() -> None:
    show = "import gc; print(gc.isenabled(), gc.get_freeze_count() > 10_000)"
    code, said, errors = command("shell", "--no-imports", "-c", show)
    assert (code, said, errors) == (0, "True True\n", "")


def test_a_process_that_ends_leaves_nothing_beside_its_database(tmp_path: Path) -> None:
    """Who copies the file has all that is in it."""
    write = "connection.cursor().execute('CREATE TABLE written (number INTEGER)')"
    script = f"import django; django.setup(); from django.db import connection; {write}"
    subprocess.run(
        [sys.executable, "-c", script],
        env=environment(
            DATABASE_URL=f"sqlite:///{tmp_path / 'a.sqlite3'}",
            DJANGO_SETTINGS_MODULE="lifetracker.settings",
        ),
        cwd=settings.BASE_DIR,
        check=True,
    )
    assert [path.name for path in tmp_path.iterdir()] == ["a.sqlite3"]


def test_no_page_loads_what_insights_are_reckoned_with() -> None:
    """numpy takes 20 MB of each process, and the worker starts a command for it."""
    code = "import django; django.setup(); import lifetracker.urls, lifetracker.admin, lifetracker.tasks, sys; "
    code += "from django.contrib import admin; admin.autodiscover(); print({'numpy', 'scipy'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env=environment(DJANGO_SETTINGS_MODULE="lifetracker.settings"),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout == "set()\n"
