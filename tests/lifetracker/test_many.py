"""With 100,000 records of each kind no page reads them all: what the database does for it is bounded. Numbers of
statements cannot show that."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone

from benchmarks.counters import counted
from benchmarks.many import fill
from tests import makers
from tests.addresses import addresses, for_programs
from time_logs.models import TimeEntry

pytestmark = pytest.mark.django_db

ROWS = 100_000
# Five or six of a kind a day.
SPAN = timedelta(days=365 * 50)
# Instructions of SQLite, of which a look at each row takes half a million and more; rows of PostgreSQL.
MOST = {"sqlite": 120_000, "postgresql": 6_000}
# What is asked of the whole history, with its reason, and how much that may cost.
WHOLE: dict[str, dict[str, int]] = {
    # `all_time`: each commit is counted once in however many repositories it is. One statement.
    "/api/github/metrics": {"sqlite": 4_000_000, "postgresql": 700_000},
}
# What belongs to no project comes to, in all: each entry and each own commit counts once.
WHOLE["/api/projects/unassigned"] = {"sqlite": 180 * ROWS, "postgresql": 10 * ROWS}
# The days of the last quarter of every metric; and the first day of one that no record has a value of, such as a kind of
# measure that the fill leaves out, for which each record of its kind is looked at.
WHOLE["/api/metrics"] = {"sqlite": 300 * ROWS, "postgresql": 30 * ROWS}
# Forty metrics by 28 days and what they look back on. PostgreSQL, which has no statistics of tables that were just
# filled, looks at each entry for the few that it takes to be billable.
WHOLE["/api/day/2026-09-16"] = {"sqlite": 700_000, "postgresql": ROWS + 20_000}
# Each record of the days of a range, and of the stretch before it.
WHOLE["/whoop/?range=90d&page=2"] = {"sqlite": 400_000, "postgresql": 8_000}
WHOLE["/whoop/?range=1y"] = {"sqlite": 1_500_000, "postgresql": 25_000}
WHOLE["/whoop/?range=all"] = {"sqlite": 300 * ROWS, "postgresql": 8 * ROWS}
# How many pages there are: counted in an index, without a look at the rows.
COUNTED = {"/fasting/", "/fasting/?page=3", "/admin/whoop/whoopworkout/"}
WHOLE |= {path: {"sqlite": 5 * ROWS, "postgresql": 2 * ROWS} for path in COUNTED}
# They ask a service, which here is not set up, or start something.
LEFT_OUT = ("/api/whoop/api/", "/api/whoop/refresh/today", "/logout/", "/admin/logout/", "/oauth/")
# Beside what the walk finds: a year, a page farther on, a filter.
MORE = [
    "/api/time-entries/totals?by=project",
    "/api/weight/trend?days=90",
    "/api/metrics/time.hours?days=30",
    "/api/metrics/whoop.strain?days=30",
    "/api/metrics/series?keys=whoop.hrv,github.commits,fasting.hours&days=30",
    "/api/metrics/weight.trend/records?date=2026-09-16",
    "/api/day/2026-09-16",
    "/api/whoop/recovery?days=365",
    "/api/time-entries?days=30&page=1",
    "/api/sync/runs?source=Toggl",
    "/admin/time_logs/timeentry/?p=3",
    "/admin/whoop/whoopsleep/?p=3",
    "/fasting/?page=3",
    "/whoop/?range=90d&page=2",
    "/whoop/?range=1y",
    "/whoop/?range=all",
    "/api/goals/1/history?periods=4",
]


# Lists that say how long they are. SQLite knows that of a table; PostgreSQL counts, once for a page.
LISTS = ("/admin/", "/api/sync/runs", "/api/github/refresh/jobs")


def most(path: str, vendor: str) -> int:
    if path in WHOLE:
        return WHOLE[path][vendor]
    is_list = vendor == "postgresql" and path.startswith(LISTS)
    return ROWS + MOST[vendor] if is_list else MOST[vendor]


def cost_of(client: Client, path: str) -> int:
    with counted() as cost:
        answer = client.get(path)
        assert answer.status_code < 500, path
    return cost.steps


@pytest.mark.long
def test_no_page_reads_a_whole_table(settings: Any) -> None:
    fill(ROWS, timezone.now(), SPAN, has_payloads=False)
    # The one whose addresses the walk finds.
    makers.goal(pk=1, start=date(1990, 1, 1))
    user = User.objects.create_superuser("robin")
    accepts = {True: "application/json", False: "text/html"}
    clients = {kind: Client(headers={"accept": accept}) for kind, accept in accepts.items()}
    for client in clients.values():
        client.force_login(user)
    found = {
        path: cost_of(clients[for_programs(path)], path)
        for path in [*sorted(set(addresses())), *MORE]
        if not path.startswith(LEFT_OUT)
    }
    assert len(found) > 150
    vendor = connection.vendor
    too_much = {path: cost for path, cost in found.items() if cost > most(path, vendor)}
    assert not too_much, f"These read more than the days that they show: {too_much}"
    # That the counters would tell of one that does.
    with counted() as cost:
        list(TimeEntry.objects.exclude(description="nothing").values_list("pk"))
    assert cost.steps > 4 * MOST[vendor]
