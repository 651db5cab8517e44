"""A database with many records, and the process that fills it and asks for pages: what the measurements of pages have in
common."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import django

from benchmarks.stage import ROOT, Databases

Pages = list[dict[str, Any]]


def ask(module: str, databases: Databases, rows: int, *options: object) -> Pages:
    """Run a module with the number of records and options, over a database of its own, and return what it prints: a line of
    JSON. Raises CalledProcessError if it fails."""
    variables = {
        "DJANGO_SETTINGS_MODULE": "lifetracker.settings",
        # So that no .env of a person is read.
        "DEMO": "true",
        "TIME_ZONE": "UTC",
        "DATABASE_URL": databases.url(f"{module.rpartition('.')[2]}_{rows}"),
        "API_REQUESTS_PER_MINUTE": "0",
    }
    done = subprocess.run(
        [sys.executable, "-m", module, *map(str, (rows, *options))],
        cwd=ROOT,
        env=os.environ | variables,
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    found: Pages = json.loads(done.stdout)
    return found


# --- In the process -------------------------------------------------------------------------------


def fill_database(rows: int) -> None:
    """Make the tables at DATABASE_URL, and fill them. Before it, nothing of Django can be imported."""
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 - only after the setup
    from django.utils import timezone  # noqa: PLC0415

    from benchmarks.many import fill  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    fill(rows, timezone.now())


def browser(**headers: str) -> Any:
    """Return a client that is logged in, and sends these headers."""
    from django.contrib.auth.models import User  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    user = User.objects.filter(username="benchmark").first()
    user = user or User.objects.create_superuser("benchmark")
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    client = Client(SERVER_NAME="localhost", headers={"accept": "text/html"} | sent)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
