"""`python -m benchmarks.once`: every benchmark once, on tiny input, so that none of them rots unseen. Its
figures say nothing."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.github import call
from benchmarks.stage import ROOT

# Each module that is started by hand, also with the options that make it another one, and what makes its
# input tiny. The longest first.
BENCHMARKS: dict[str, tuple[str, ...]] = {
    "benchmarks": ("--rounds", "1", "--days", "20"),
    "benchmarks.github": (
        *("--rounds", "1", "--commits", "100", "--unchanged", "2"),
        *("--shared", "2", "--delay", "0.01"),
    ),
    "benchmarks.instructions": ("--days", "5", "lean-floor"),
    "benchmarks.startup": ("--rounds", "1", "--days", "10"),
    "benchmarks.backups": ("--days", "10"),
    "benchmarks.load": ("--rounds", "1", "--seconds", "0.4", "--days", "10"),
    "benchmarks.load --while-syncing": ("--rounds", "1", "--days", "10"),
    "benchmarks.deliveries": ("--days", "10"),
    "benchmarks.pages": ("--rows", "50", "--rounds", "1"),
    "benchmarks.page_budgets": ("--rows", "50", "--rounds", "1"),
    "benchmarks.apple_health": ("--megabytes", "2", "--days", "20"),
    "benchmarks.foods_import": ("--foods", "300"),
    "benchmarks.foods_search": ("--foods", "300", "--searches", "10"),
    "benchmarks.metrics": ("--years", "1", "--rounds", "1"),
    "benchmarks.revisions": ("--rounds", "1", "--days", "10"),
    "benchmarks.usual": ("--lives", "1", "--days", "120"),
    "benchmarks.goals": ("--lives", "5"),
    "benchmarks.experiments": ("--runs", "5", "--lives", "1"),
    "benchmarks.changes": ("--lives", "2", "--series", "50"),
    "benchmarks.insights": ("--lives", "2"),
    "benchmarks.insights_demo": ("--starts", "1", "--days", "150", "--zones", "UTC"),
    "benchmarks.guessing": ("--seconds", "1"),
    "benchmarks.limit": ("--days", "10", "--limit", "3", "--window", "1"),
}
# What they start themselves.
PARTS = {
    "benchmarks.apple_health_child",
    "benchmarks.apple_health_source",
    "benchmarks.child",
    "benchmarks.foods_import_child",
    "benchmarks.foods_search_child",
    "benchmarks.github_jobs",
    "benchmarks.insights_demo_child",
    "benchmarks.load_client",
    "benchmarks.metrics_child",
    "benchmarks.once",
    "benchmarks.page_budgets_child",
    "benchmarks.pages_child",
}
# Programs without which one is left out.
NEEDED = {"benchmarks.instructions": "valgrind"}
AT_ONCE = 2


def main() -> None:
    with TemporaryDirectory(prefix="lifetracker-benchmarks-") as folder:
        # On SQLite alone, and migrated once.
        migrated = Path(folder) / "migrated.sqlite3"
        call(f"sqlite:///{migrated}", "migrate", "--verbosity", "0", "--skip-checks")
        variables = {"DATABASE_URL_POSTGRES": "", "BENCHMARK_MIGRATED": str(migrated)}
        with ThreadPoolExecutor(AT_ONCE) as pool:
            works = list(pool.map(partial(runs, os.environ | variables), BENCHMARKS))
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{used.ru_utime + used.ru_stime:.0f} s of CPU")
    sys.exit(not all(works))


def runs(variables: dict[str, str], name: str) -> bool:
    if (program := NEEDED.get(name)) and not shutil.which(program):
        print(f"{name}: left out, because {program} is not installed", flush=True)
        return True
    begin = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", *name.split(), *BENCHMARKS[name]],
        cwd=ROOT,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    ended = "works" if done.returncode == 0 else f"failed:\n{done.stdout}"
    print(f"{name}, {time.monotonic() - begin:.0f} s: {ended}", flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    main()
