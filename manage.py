#!/usr/bin/env python
"""Life Tracker's command line."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lifetracker.settings")
    if sys.argv[1:2] == ["demo"]:
        # Settings are read before any command runs, and the demo must never open a person's own database.
        os.environ["DEMO"] = "true"
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"Configuration: {error}")


if __name__ == "__main__":
    main()
