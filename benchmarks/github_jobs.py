"""What `benchmarks.github` measures, each in a process of its own: `python -m
benchmarks.github_jobs mine|refresh|wait`, which prints one line of JSON."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import django


def mine() -> dict[str, Any]:
    """One large repository, from its first commit to its numbers; the parts apart, because plain git
    neither fetches nor counts lines of code."""
    from github_projects import mining  # noqa: PLC0415 - models can be imported only now
    from github_projects.models import Repository  # noqa: PLC0415
    from github_projects.services.git_history import Clone  # noqa: PLC0415
    from lifetracker.models import SyncRun  # noqa: PLC0415

    run = SyncRun.objects.create(source="GitHub", kind="incremental")
    repository = Repository.objects.create(
        source="GitHub",
        source_id="1",
        name="large",
        full_name="robin/large",
        default_branch="main",
        tip_oid="not mined yet",
        todo=run,
        raw={},
    )
    lines = []
    count = Clone.lines_of_code

    def timed(self: Any, *arguments: Any) -> Any:
        began = time.perf_counter()
        found = count(self, *arguments)
        lines.append(time.perf_counter() - began)
        return found

    listed = []
    unknown = mining.unknown

    def noted(oids: list[str]) -> list[str]:
        listed.append(time.perf_counter())
        return unknown(oids)

    Clone.lines_of_code = timed  # type: ignore[method-assign]
    mining.unknown = noted
    began = time.perf_counter()
    mining.Mining(run.pk, mining.PARALLEL, lambda: None).work()
    ended = time.perf_counter()
    repository.refresh_from_db()
    if repository.failure:
        raise RuntimeError(repository.failure)
    return {
        "commits": repository.commit_count,
        "fetching": listed[0] - began,
        "lines": lines[0],
        "mining": ended - listed[0] - lines[0],
    }


def refresh() -> dict[str, Any]:
    from lifetracker.streams import sources  # noqa: PLC0415
    from lifetracker.sync import Order, sync  # noqa: PLC0415

    began = time.perf_counter()
    run = sync(sources["GitHub"], Order())
    return {"seconds": time.perf_counter() - began, "requests": run.requests}


def wait() -> dict[str, Any]:
    """The workers begin by themselves with what was never read; from the job's start to its end."""
    from lifetracker.models import SyncRun  # noqa: PLC0415

    while True:
        run = SyncRun.objects.filter(source="GitHub", finished_at__isnull=False).first()
        if run and run.status != "success":
            raise RuntimeError(run.error)
        if run:
            return {"seconds": (run.finished_at - run.started_at).total_seconds()}
        time.sleep(0.05)


if __name__ == "__main__":
    django.setup()
    print(json.dumps({"mine": mine, "refresh": refresh, "wait": wait}[sys.argv[1]]()))
