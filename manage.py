#!/usr/bin/env python
"""Life Tracker's command line."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError, ProgrammingError


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lifetracker.settings")
    if sys.argv[1:2] == ["demo"]:
        # Settings are read before any command runs, and the demo must never open a person's own
        # database.
        os.environ["DEMO"] = "true"
    try:
        execute_from_command_line(sys.argv)
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
