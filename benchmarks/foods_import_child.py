"""One import of foods in a process of its own: `python -m benchmarks.foods_import_child FILE` prints what it cost as one line
of JSON."""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stdout
from io import StringIO

import django

from benchmarks.child import measured


def main(*arguments: str) -> None:
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 - only after the setup

    with redirect_stdout(StringIO()):
        result = measured(lambda: call_command("import_foods", *arguments))
    print(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
