"""Shows that what was installed works: checks, migrations, a sync against the sandbox, a page."""

import os
import platform
import sys
from tempfile import TemporaryDirectory

import django
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client
from django.utils.html import escape

from lifetracker.sandbox.server import Sandbox


def smoke(folder: str) -> None:
    with Sandbox(seed=1, days=40) as running:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "lifetracker.settings",
            "DEMO": "true",
            "DATABASE_URL": f"sqlite:///{folder}/smoke.sqlite3",
            "TOGGL_API_URL": running.toggl.url,
            "TOGGL_API_TOKEN": running.toggl.api_token,
            "TOGGL_REQUESTS_PER_MINUTE": "0",
        }
        django.setup()
        call_command("check", fail_level="WARNING")
        call_command("migrate", verbosity=0)
        call_command("sync_toggl", full=True)
        look_at_pages()


def look_at_pages() -> None:
    """Look at the page of today, and for an entry that was read on the page of all."""
    client = Client(headers={"host": "localhost"})
    client.force_login(get_user_model().objects.create_user("robin"))
    entries = apps.get_model("time_logs", "TimeEntry").objects
    described = entries.exclude(description="").latest("start").description
    for path, expected in {"/": "Time", "/time/entries?range=30d": escape(described)}.items():
        page = client.get(path, headers={"accept": "text/html"})
        if page.status_code != 200:
            sys.exit(f"{path} answers {page.status_code}.")
        if expected not in page.content.decode():
            sys.exit(f"{path} lacks {expected!r}.")


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        smoke(folder)
    print(f"Python {platform.python_version()}: works")
