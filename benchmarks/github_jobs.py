"""What `benchmarks.github` measures, each in a process of its own: `python -m
benchmarks.github_jobs analyze|refresh|wait`, which prints one line of JSON."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

import django


def analyze() -> dict[str, Any]:
    """One large repository, from its first commit to its numbers; the parts apart, because plain git
    neither fetches nor counts lines of code."""
    from github_projects import analyzer, commit_rows  # noqa: PLC0415 - models can be imported only now
    from github_projects.models import Repository  # noqa: PLC0415
    from github_projects.services.clone import Clone  # noqa: PLC0415
    from lifetracker.models import SyncRun  # noqa: PLC0415

    run = SyncRun.objects.create(source="GitHub", kind="incremental")
    repository = Repository.objects.create(
        source="GitHub",
        source_id="1",
        name="large",
        full_name="robin/large",
        default_branch="main",
        tip_oid=os.environ["BENCHMARK_TIP"],
        pending_run=run,
        raw={},
    )
    lines = []
    count = Clone.count_lines

    def timed(self: Any, *arguments: Any) -> Any:
        began = time.perf_counter()
        found = count(self, *arguments)
        lines.append(time.perf_counter() - began)
        return found

    listed = []
    not_stored = commit_rows.not_stored

    def noted(oids: list[str]) -> list[str]:
        listed.append(time.perf_counter())
        return not_stored(oids)

    Clone.count_lines = timed  # type: ignore[method-assign, assignment]
    analyzer.not_stored = noted  # type: ignore[attr-defined]  # where it is used
    began = time.perf_counter()
    analyzer.RepositoryAnalyzer(run.pk, analyzer.PARALLEL, lambda: None).work()
    ended = time.perf_counter()
    repository.refresh_from_db()
    if repository.failure:
        raise RuntimeError(repository.failure)
    return {
        "commits": repository.commit_count,
        "fetching": listed[0] - began,
        "lines": lines[0],
        "analysis": ended - listed[0] - lines[0],
    }


def refresh() -> dict[str, Any]:
    from lifetracker.sync.job import sync  # noqa: PLC0415
    from lifetracker.sync.plans import SyncRequest  # noqa: PLC0415
    from lifetracker.sync.streams import sources  # noqa: PLC0415

    began = time.perf_counter()
    run = sync(sources["GitHub"], SyncRequest())
    return {"seconds": time.perf_counter() - began, "requests": run.requests}


def wait() -> dict[str, Any]:
    """The workers begin by themselves with what was never read; from the job's start to its end."""
    from lifetracker.models import SyncRun  # noqa: PLC0415

    while True:
        run = SyncRun.objects.filter(source="GitHub", finished_at__isnull=False).first()
        if run and run.status != "success":
            raise RuntimeError(run.error)
        if run and run.started_at and run.finished_at:
            return {"seconds": (run.finished_at - run.started_at).total_seconds()}
        time.sleep(0.05)


if __name__ == "__main__":
    django.setup()
    print(json.dumps({"analyze": analyze, "refresh": refresh, "wait": wait}[sys.argv[1]]()))
