"""Fills the database at DATABASE_URL and asks for each page: `python -m benchmarks.pages_child ROWS ROUNDS`
prints what came of it as one line of JSON."""

from __future__ import annotations

import json
import sys
import time
import tracemalloc
from typing import Any

from benchmarks.filled import browser, fill_database

YEARS = "days=3650"
# The deepest page of a list of 100,000; of a shorter one there is none.
LISTS = {
    "recovery": "/api/whoop/recovery",
    "sleep": "/api/whoop/sleep",
    "cycles": "/api/whoop/cycles",
    "WHOOP's workouts": "/api/whoop/workouts",
    "workouts": "/api/workouts",
    "weigh-ins": "/api/weight",
    "time entries": "/api/time-entries",
    "fasts": "/api/fasting",
}
PAGES = {
    "home": "/",
    "fasts, a page": "/fasting/",
    "WHOOP, 30 days": "/whoop/",
    "WHOOP, a year": "/whoop/?range=1y",
    "WHOOP, ten years": "/whoop/?range=all",
    "tokens": "/settings/tokens/",
    **{f"{name}, 7 days": path for name, path in LISTS.items()},
    **{f"{name}, ten years": f"{path}?{YEARS}" for name, path in LISTS.items()},
    **{
        f"{name}, ten years, deepest page": f"{path}?{YEARS}&page=DEEP"
        for name, path in LISTS.items()
    },
    "latest recovery": "/api/whoop/recovery/latest",
    "latest sleep": "/api/whoop/sleep/latest",
    "one time entry": "/api/time-entries/7",
    "time totals, 7 days": "/api/time-entries/totals",
    "time totals by day, ten years": f"/api/time-entries/totals?{YEARS}",
    "time totals by project, ten years": f"/api/time-entries/totals?by=project&{YEARS}",
    "time totals by tag, ten years": f"/api/time-entries/totals?by=tag&{YEARS}",
    "time overlaps, ten years": f"/api/time-entries/overlaps?{YEARS}",
    "weight trend, 7 days": "/api/weight/trend",
    "weight trend, ten years": f"/api/weight/trend?{YEARS}",
    "WHOOP metrics, 7 days": "/api/whoop/metrics",
    "WHOOP metrics, a year": "/api/whoop/metrics?days=365",
    "running fast": "/api/fasting/current",
    "GitHub metrics, 7 days": "/api/github/metrics",
    "GitHub metrics, a year": "/api/github/metrics?days=365",
    "GitHub projects": "/api/github/projects",
    "a GitHub project": "/api/github/project/repository-0",
    "refresh jobs": "/api/github/refresh/jobs",
    "sync runs": "/api/sync/runs",
    "sync runs, failed": "/api/sync/runs?status=failed&source=Toggl",
    "sync coverage": "/api/sync/coverage",
    "WHOOP sync status": "/api/whoop/sync/status",
    "health": "/api/health",
    "connections": "/api/whoop/status",
    "endpoints": "/?as=program",
}
ADMIN = (
    "whoop/whooprecovery",
    "whoop/whoopsleep",
    "whoop/whoopcycle",
    "whoop/whoopworkout",
    "workouts/workout",
    "weight/weighin",
    "weight/measuregroup",
    "time_logs/timeentry",
    "fasting/fastingperiod",
    "github_projects/repository",
    "github_projects/commit",
    "lifetracker/syncrun",
    "lifetracker/rejecteditem",
    "lifetracker/webhookdelivery",
)


OF_RARE = {"repository", "rejecteditem"}


def main(rows: int, rounds: int) -> None:
    fill_database(rows)
    print(json.dumps([measured(name, path, rows, rounds) for name, path in pages().items()]))


def pages() -> dict[str, str]:
    admin = {f"admin: {name.partition('/')[2]}": f"/admin/{name}/" for name in ADMIN}
    deep = {f"{name}, deepest page": f"{path}?p=DEEP" for name, path in admin.items()}
    searched = {f"{name}, a search": f"{path}?q=nowhere" for name, path in admin.items()}
    return {**PAGES, "admin": "/admin/", **admin, **deep, **searched}


def measured(name: str, path: str, rows: int, rounds: int) -> dict[str, Any]:
    """CPU in milliseconds, the best of the rounds; the most memory in MB that one answer takes."""
    from benchmarks.counters import counted  # noqa: PLC0415
    from benchmarks.many import RARE  # noqa: PLC0415

    per_page = 50 if path.startswith("/admin/") else 400
    listed = rows // RARE if OF_RARE & set(path.split("/")) else rows
    client, address = client_for(path), path.replace("DEEP", str(max(listed // per_page, 1)))
    if rounds > 1:  # of a single one nobody asks how warm it was
        client.get(address)
    took = []
    for _ in range(rounds):
        begin = time.process_time()
        answer = client.get(address)
        took.append(time.process_time() - begin)
    with counted() as cost:
        client.get(address)
    tracemalloc.start()
    client.get(address)
    memory = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return {
        "page": name,
        "status": answer.status_code,
        "cpu": min(took) * 1000,
        "statements": cost.statements,
        "steps": cost.steps,
        "bytes": len(answer.content),
        "memory": memory / 1e6,
    }


def client_for(path: str) -> Any:
    is_program = path.startswith("/api/") or "as=program" in path
    accept = "application/json" if is_program else "text/html"
    return browser(accept=accept, accept_encoding="identity")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
