"""One import of an export of Apple Health in a process of its own: `python -m benchmarks.apple_health_child MEGABYTES DAYS` prints what
it cost as one line of JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any, BinaryIO, cast

import django

from benchmarks.child import measured
from benchmarks.stage import ROOT


def main(*arguments: str) -> None:
    django.setup()
    # Only after the setup.
    from apple_health.export.files import Opened  # noqa: PLC0415
    from apple_health.export.job import import_opened, options_now  # noqa: PLC0415

    read = 0

    def progress(done: int, total: int) -> None:
        nonlocal read
        read = done

    def job() -> dict[str, Any]:
        command = [sys.executable, "-m", "benchmarks.apple_health_source", *arguments]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as source:
            if source.stdout is None:
                raise RuntimeError("no pipe")
            opened = Opened("export.xml", cast(BinaryIO, source.stdout), 0)
            outcome = import_opened(opened, options_now(), progress=progress)
        stored = {kind: len(one.created) for kind, one in outcome.stored.items()}
        return {
            "megabytes": read / 1e6,
            "records": outcome.export.found.records,
            "stored": f"new: {stored}",
        }

    print(json.dumps(measured(job)))


if __name__ == "__main__":
    main(*sys.argv[1:])
