#!/usr/bin/env python
"""Life Tracker's command line."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError, ProgrammingError


def prepare_demo() -> None:
    """Settings are read before any command runs, so the demo's come first: its own database, whatever
    `DATABASE_URL` says, and the sandbox, whatever the services' variables say."""
    own = (
        "DATABASE_URL",
        "SECRET_KEY",
        "DEBUG",
        "HTTPS",
        "ALLOWED_HOSTS",
        "TRUSTED_PROXIES",
        "CORS_ORIGINS",
        "WHOOP_",
        "WITHINGS_",
        "TOGGL_",
        "GITHUB_",
        "REDIS_URL",
    )
    for name in [name for name in os.environ if name.startswith(own)]:
        del os.environ[name]
    os.environ["DEMO"] = "true"
    if database := os.environ.get("DEMO_DATABASE_URL"):
        os.environ["DATABASE_URL"] = database


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lifetracker.settings")
    if sys.argv[1:2] == ["demo"]:
        prepare_demo()
    try:
        execute_from_command_line(sys.argv)
    except KeyboardInterrupt:
        sys.exit("Stopped.")
    except ImproperlyConfigured as error:
        sys.exit(f"Configuration: {error}")
    except (OperationalError, ProgrammingError) as error:
        if "--traceback" in sys.argv:
            raise
        sys.exit(
            f"Database: {str(error).splitlines()[0]}\n"
            "If it is new, or the program was updated: python manage.py migrate. "
            "If it cannot be opened or reached, DATABASE_URL is wrong. (--traceback shows more.)"
        )


if __name__ == "__main__":
    main()
