"""Shows that what was installed works: checks, migrations, a sync against the sandbox, a page."""

import os
import platform
import sys
from tempfile import TemporaryDirectory

import django
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client

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
        look_at_a_page()


def look_at_a_page() -> None:
    client = Client(headers={"host": "localhost"})
    client.force_login(get_user_model().objects.create_user("robin"))
    page = client.get("/", headers={"accept": "text/html"})
    if page.status_code != 200 or b"This week" not in page.content:
        sys.exit(f"The home page answers {page.status_code}, and lacks the entries.")


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        smoke(folder)
    print(f"Python {platform.python_version()}: works")
