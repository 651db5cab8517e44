"""What a page may cost: statements, whatever there is of records, and bytes. How long it takes is measured in
`benchmarks/page_budgets.py`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from benchmarks.many import fill
from benchmarks.page_budgets import missed
from benchmarks.page_budgets_child import measured
from lifetracker.days import today
from tests import makers
from tests.addresses import own_pages, with_ranges

pytestmark = pytest.mark.django_db

FEW, MANY = 400, 2_000
# Swagger UI alone is larger than all of ours, and nobody opens it on the way.
FOREIGN = "/api/docs"


def costs(client: Client, rows: int) -> dict[str, dict[str, Any]]:
    """Return what each page costs with so many records of each kind, and take the records away again."""
    with transaction.atomic():
        count_from_1()
        fill(rows, timezone.now())
        set_goals(rows // 100)
        made = {
            path: measured(client, path, rounds=0)
            for path in with_ranges(own_pages(client), client)
        }
        transaction.set_rollback(True)
    return made


def count_from_1() -> None:
    """PostgreSQL does not take numbers back that were given, and pages are found by the number of their record."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for sequence in connection.introspection.sequence_list():
            # Unlike `setval`, this is taken back with the records.
            cursor.execute(f"ALTER SEQUENCE {sequence['name']} RESTART")


def set_goals(number: int) -> None:
    """The first is the one whose addresses are found. Each metric has several."""
    metrics = ("time.hours", "workouts.count", "github.commits", "weight.trend")
    for at in range(number):
        metric = metrics[at % len(metrics)]
        kind = "mean" if metric == "weight.trend" else "total"
        since = today() - timedelta(weeks=at)
        makers.goal(pk=at + 1, name=f"{at}", metric=metric, kind=kind, start=since)


@pytest.mark.long
def test_pages_keep_their_budgets(person: Client) -> None:
    few, many = costs(person, FEW), costs(person, MANY)
    assert {"/", "/whoop/", "/whoop/?range=all", "/connections/", "/goals/1/"} <= many.keys()
    over = {path: missed(cost) for path, cost in many.items() if path != FOREIGN}
    assert {path: parts for path, parts in over.items() if parts} == {}
    assert few.keys() == many.keys(), sorted(few.keys() ^ many.keys())
    more = {path: cost["statements"] - few[path]["statements"] for path, cost in many.items()}
    # A part that is shown only where there is something to show may ask once more; a record may not.
    assert {path: number for path, number in more.items() if number > 1} == {}
    # That a page which costs too much would be heard of.
    dear = {"path": "/", "cpu": 0.0, "statements": 21, "first": 151_000, "later": 61_000}
    assert missed(dear) == [
        f"{part} not kept" for part in ("statements", "first load", "later load")
    ]
