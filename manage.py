#!/usr/bin/env python
"""Life Tracker's command line."""

import gc
import os
import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError, ProgrammingError

from lifetracker.ops.failures import database_failure, file_failure
from lifetracker.ops.machine_zone import machine_zone

DEMO_DATABASE = Path(__file__).resolve().parent / "demo.sqlite3"


def prepare_demo() -> None:
    """Set the demo's settings before any command reads its own: its own database, whatever
    `DATABASE_URL` says. The settings themselves forget what the environment says of the services."""
    own = (
        "DATABASE_URL",
        "SECRET_KEY",
        "DEBUG",
        "HTTPS",
        "ALLOWED_HOSTS",
        "TRUSTED_PROXIES",
        "CORS_ORIGINS",
        "REDIS_URL",
    )
    for name in [name for name in os.environ if name.startswith(own)]:
        del os.environ[name]
    os.environ["DEMO"] = "true"
    if database := os.environ.get("DEMO_DATABASE_URL"):
        os.environ["DATABASE_URL"] = database
    os.environ.setdefault("SANDBOX_HOME", home_of_the_demo())


def home_of_the_demo() -> str:
    """Return the time zone of the machine at the demo's first start, in which its made-up person lives."""
    kept = Path(f"{DEMO_DATABASE}.zone")
    if DEMO_DATABASE.exists() and "DEMO_DATABASE_URL" not in os.environ:
        return kept.read_text().strip() if kept.exists() else "Europe/Berlin"
    return os.environ.get("TIME_ZONE") or machine_zone()


def hint_at_a_key(error: ImproperlyConfigured) -> str:
    """Return a hint for who has no settings yet, or wants a command beside `make demo`, which needs none."""
    if "SECRET_KEY environment" not in str(error):
        return ""
    if not DEMO_DATABASE.exists():
        return "\n`make run` makes a .env with one."
    words = " ".join(sys.argv[1:])
    return f"\n`make run` makes a .env with one. For the data of the demo: DEMO=true .venv/bin/python manage.py {words}"


def main() -> None:
    # What is loaded stays, and need not be looked at meanwhile. `LifetrackerConfig` ends this.
    gc.disable()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lifetracker.settings")
    # Threads of numpy's library for small matrices wait for each other most of the time, which takes a processor too.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if sys.argv[1:2] == ["demo"]:
        prepare_demo()
    try:
        execute_from_command_line(sys.argv)
        sys.stdout.flush()
    except KeyboardInterrupt:
        sys.exit("Stopped.")
    except ImproperlyConfigured as error:
        sys.exit(f"Configuration: {error}{hint_at_a_key(error)}")
    except BrokenPipeError:
        # Whoever reads the output, such as `head`, has enough. Python would complain once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except (OperationalError, ProgrammingError) as error:
        if "--traceback" in sys.argv:
            raise
        sys.exit(database_failure(error))
    except OSError as error:
        sentence = file_failure(error)
        if sentence is None or "--traceback" in sys.argv:
            raise
        sys.exit(sentence)


if __name__ == "__main__":
    main()
