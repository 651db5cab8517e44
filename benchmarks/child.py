"""One job in a process of its own, so that CPU time and memory are those of this job alone:
`python -m benchmarks.child JOB`.

A job is a class: its `__init__` is not measured, its call is, and returns facts for the report.
Standard output carries `ready` before the measured part, which begins with a line on standard
input, and one line of JSON after it.
"""

from __future__ import annotations

import io
import json
import os
import re
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import django
from django.db import connection


def main(name: str) -> None:
    django.setup()
    from benchmarks.jobs import JOBS  # noqa: PLC0415 - models can be imported only now

    job = JOBS[name]()
    connection.ensure_connection()
    print("ready", flush=True)
    sys.stdin.readline()
    with redirect_stdout(io.StringIO()):  # the lines of a management command are not ours
        result = measured(job)
    print(json.dumps(result))


def measured(job: Any) -> dict[str, Any]:
    loaded = megabytes("VmRSS")
    server = server_cpu()
    wall, cpu = time.perf_counter(), time.process_time()
    facts = job()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return {
        "wall": wall,
        "cpu": cpu,
        "server": server_cpu() - server,
        "loaded": loaded,
        "peak": megabytes("VmHWM"),
        "facts": facts,
    }


def megabytes(name: str) -> float:
    """A value of /proc/self/status, whose peak begins with this program. `ru_maxrss` may be
    inherited from the parent."""
    status = Path("/proc/self/status").read_text()
    found = re.search(rf"^{name}:\s+(\d+) kB", status, re.MULTILINE)
    if not found:
        raise LookupError(f"/proc/self/status has no {name}")
    return int(found[1]) / 1024


def server_cpu() -> float:
    """CPU seconds of the PostgreSQL process that serves this connection; 0 where this machine has
    none."""
    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stat = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    if not stat.exists() or "(postgres" not in (text := stat.read_text()):
        return 0.0
    user, system = text.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main(sys.argv[1])
