"""With 100,000 records of each kind no page reads them all: what the database does for it is bounded. Numbers of
statements cannot show that."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone

from benchmarks.counters import counted
from benchmarks.many import fill
from lifetracker.days import monday_of
from lifetracker.models import SyncRun
from tests import makers
from tests.addresses import addresses, for_programs
from time_logs.models import TimeEntry

pytestmark = pytest.mark.django_db

ROWS = 100_000
# Five or six of a kind a day.
SPAN = timedelta(days=365 * 50)
LAST_WEEK = monday_of(datetime.now(UTC).date() - timedelta(weeks=1))
# Instructions of SQLite, of which a look at each row takes half a million and more; rows of PostgreSQL.
MOST = {"sqlite": 120_000, "postgresql": 6_000}
# What is asked of the whole history, with its reason, and how much that may cost.
WHOLE: dict[str, dict[str, int]] = {
    # `all_time`: each commit is counted once in however many repositories it is. One statement.
    "/api/github/metrics": {"sqlite": 4_000_000, "postgresql": 700_000},
}
# What belongs to no project comes to, in all: each entry and each own commit counts once.
WHOLE["/api/projects/unassigned"] = {"sqlite": 200 * ROWS, "postgresql": 10 * ROWS}
# The same of all projects, and for the page of one in the admin.
TOTALS = ("/api/projects", "/api/projects/1", "/admin/projects/project/1/change/")
WHOLE |= dict.fromkeys(TOTALS, WHOLE["/api/projects/unassigned"])
# Twelve weeks: PostgreSQL looks at each entry for those of a project.
WHOLE["/api/projects/1/weeks"] = {"sqlite": 400_000, "postgresql": ROWS + 10_000}
# The days of the last quarter of every metric; and the first day of one that no record has a value of, such as a kind of
# measure that the fill leaves out, for which each record of its kind is looked at.
WHOLE["/api/metrics"] = {"sqlite": 350 * ROWS, "postgresql": 30 * ROWS}
# Fifty metrics by 28 days and what they look back on. PostgreSQL, which has no statistics of tables that were just
# filled, looks at each entry for the few that it takes to be billable.
WHOLE["/api/day/2026-09-16"] = {"sqlite": 900_000, "postgresql": ROWS + 40_000}
# The same, and what happened: each of a few lines.
COPIES = [f"/{what}/2026-09-16{end}" for what in ("day", "week") for end in (".md", "/copy")]
WHOLE |= {path: {"sqlite": 1_000_000, "postgresql": ROWS + 45_000} for path in COPIES}
# The 90 days that say how much strain is usual on days like this one, how many steps, and how long a night, the weeks that
# the goal has had, and the year and more that a trend of the weight begins with.
WHOLE["/"] = {"sqlite": 350_000, "postgresql": 15_000}
# The weeks of meals and weigh-ins that say how much energy is used, and the meals of a quarter that are offered again.
# PostgreSQL joins all items rather than to look for those of 3,000 meals one by one.
WHOLE["/nutrition/"] = {"sqlite": 250_000, "postgresql": ROWS + 10_000}
WHOLE["/nutrition/?day=2026-09-16"] = WHOLE["/nutrition/"]
# Each record of the days of a range, and of the stretch before it.
# PostgreSQL joins all meals rather than to look for those of a food that is eaten often one by one.
WHOLE["/nutrition/foods/1"] = {"sqlite": MOST["sqlite"], "postgresql": ROWS + 10_000}
WHOLE["/nutrition/foods/"] = {"sqlite": MOST["sqlite"], "postgresql": 10_000}
WHOLE["/whoop/?range=90d&page=2"] = {"sqlite": 400_000, "postgresql": 8_000}
WHOLE["/whoop/?range=1y"] = {"sqlite": 1_500_000, "postgresql": 25_000}
WHOLE["/whoop/?range=all"] = {"sqlite": 300 * ROWS, "postgresql": 8 * ROWS}
# Each entry of the days, of the stretch before, and of the weeks that say what is usual.
# The days of the range, the year and more that a trend begins with, and the first weight of each of four weeks.
WHOLE["/weight/"] = {"sqlite": 250_000, "postgresql": 10_000}
WHOLE["/weight/?range=1y"] = {"sqlite": 700_000, "postgresql": 15_000}
# Each weigh-in once, by its month.
WHOLE["/weight/?range=all&page=3"] = {"sqlite": 60 * ROWS, "postgresql": 4 * ROWS}
WHOLE["/time/"] = {"sqlite": 300_000, "postgresql": 8_000}
WHOLE["/time/?range=90d&by=tag"] = {"sqlite": 500_000, "postgresql": 10_000}
WHOLE["/time/?range=1y&columns=week"] = {"sqlite": 1_500_000, "postgresql": 25_000}
# PostgreSQL, which has no statistics of tables that were just filled, looks at each entry for those of a tag.
WHOLE["/time/entries?range=30d&tag=tag+1"] = {"sqlite": MOST["sqlite"], "postgresql": ROWS + 2_000}
# Each entry once, by its project.
WHOLE["/time/?range=all"] = {"sqlite": 100 * ROWS, "postgresql": 6 * ROWS}
# Each commit of the year of the calendar, which every range has, with whether it is in a repository that counts; each of
# the range once more by its hour, and once by its repository.
WHOLE["/github/"] = {"sqlite": 200_000, "postgresql": 10_000}
WHOLE["/github/?range=1y"] = {"sqlite": 600_000, "postgresql": 35_000}
# Each commit once by its day and once by its hour, as it is drawn. How many each repository has was counted by the sync.
WHOLE["/github/?range=all"] = {"sqlite": 140 * ROWS, "postgresql": 4 * ROWS}
# Each entry and each own commit of the range once, by its project; those of a quarter, and of one project also its first
# commit and its last.
WHOLE["/projects/"] = {"sqlite": 250_000, "postgresql": 10_000}
WHOLE["/projects/1/"] = {"sqlite": 500_000, "postgresql": 20_000}
WHOLE["/projects/?range=1y"] = {"sqlite": 900_000, "postgresql": 40_000}
WHOLE["/projects/?range=all"] = {"sqlite": 300 * ROWS, "postgresql": 12 * ROWS}
# The same of one project, and each entry by the index of Toggl's ids.
WHOLE["/projects/1/?range=all"] = {"sqlite": 100 * ROWS, "postgresql": 8 * ROWS}
# The descriptions, sports and notes that search says it looks at: once to find where the newest 50,000 begin, and once to
# look at them; and the words and tags of the newest 10,000 notes of the journal.
WHOLE["/search/?q=work"] = {"sqlite": 3_000_000, "postgresql": 170_000}
# How many pages there are, of both sources of WHOOP: its API and its export.
COUNTED = {"/admin/whoop/whoopworkout/"}
WHOLE |= {path: {"sqlite": 6 * ROWS, "postgresql": 2 * ROWS} for path in COUNTED}
# Each fast of the year, of the year before, and once more by the clock; of the whole history by month.
WHOLE["/fasting/?range=1y"] = {"sqlite": 400_000, "postgresql": 25_000}
WHOLE["/fasting/?range=all&page=3"] = {"sqlite": 130 * ROWS, "postgresql": 8 * ROWS}
# Each night of the days, with whether WHOOP has it too.
WHOLE["/apple-health/"] = {"sqlite": MOST["sqlite"], "postgresql": 10_000}
WHOLE["/apple-health/?range=1y"] = {"sqlite": 1_000_000, "postgresql": 90_000}
WHOLE["/apple-health/?range=all&page=3"] = {"sqlite": 450 * ROWS, "postgresql": 30 * ROWS}
# Each workout of the days, of the stretch before, for the most of each kind, and of the year of the calendar.
WHOLE["/workouts/"] = {"sqlite": 200_000, "postgresql": 40_000}
# Which sports are called the same: the names of all of them.
WHOLE["/workouts/?range=1y&sport=running"] = {"sqlite": 11 * ROWS, "postgresql": 2 * ROWS}
WHOLE["/workouts/1"] = {"sqlite": 7 * ROWS, "postgresql": 2 * ROWS}
WHOLE["/workouts/?range=all&page=3"] = {"sqlite": 120 * ROWS, "postgresql": 10 * ROWS}
# Each record of the week, of the twelve before, and of the four that say what is recorded at all; of a year, those of the
# five before it. PostgreSQL looks for the items of the 500 meals one by one or joins all items, as its sample of the
# tables has it.
WHOLE["/review/"] = {"sqlite": 1_000_000, "postgresql": ROWS + 35_000}
WHOLE["/review/2025"] = {"sqlite": 200 * ROWS, "postgresql": 13 * ROWS}
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
    "/fasting/?range=all&page=3",
    "/fasting/?range=1y",
    f"/connections/?week={LAST_WEEK}",
    f"/connections/?week={LAST_WEEK}&stream=Zero.file",
    f"/connections/?week={LAST_WEEK}&stream=Whoop.sleep",
    "/connections/rejected?page=2",
    "/workouts/?range=1y&sport=running",
    "/workouts/?range=all&page=3",
    "/whoop/?range=90d&page=2",
    "/whoop/?range=1y",
    "/whoop/?range=all",
    "/time/?range=90d&by=tag",
    "/time/?range=1y&columns=week",
    "/time/?range=all",
    "/weight/?range=1y",
    "/weight/?range=all&page=3",
    "/time/entries?range=30d&tag=tag+1",
    "/github/?range=1y",
    "/github/?range=all",
    "/search/?q=work",
    "/apple-health/?range=1y",
    "/apple-health/?range=all&page=3",
    "/api/apple-health/nights?days=30",
    "/projects/?range=1y",
    "/projects/?range=all",
    "/projects/1/?range=all",
    "/github/robin/repository-3",
    "/github/robin/repository-3?range=all",
    "/api/goals/1/history?periods=4",
    "/api/nutrition/meals?days=30",
    "/api/nutrition/day/2026-09-16",
    "/api/nutrition/foods/search?q=food+77",
    "/nutrition/?day=2026-09-16",
    "/review/2025",
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
    # The row of Zero on Connections, which comes with a file.
    ends = {"window_start": timezone.now() - SPAN, "window_end": timezone.now()}
    SyncRun.objects.create(source="Zero", kind="import", status="success", **ends)
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
