"""Rows of several tables in one statement."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.db.models import Subquery
from pytest_django import DjangoAssertNumQueries

from experiments.models import Experiment
from insights.models import Finding
from lifetracker.models import DayMark
from lifetracker.models.together import Few, read_together
from tests import makers

pytestmark = pytest.mark.django_db

DAY = date(2026, 9, 16)


@pytest.fixture(autouse=True)
def knows_json() -> None:
    """Django tries once in a process whether SQLite does."""
    assert connection.features.supports_json_field


def test_rows_of_several_tables_come_in_one_statement(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    marks = [DayMark.objects.create(date=DAY, kind=kind) for kind in ("travel", "sick")]
    small, unknown = (
        makers.finding(action="a", effect=-0.1),
        makers.finding(1, action="ä “quoted”", effect=None, is_yes_no=True),
    )
    experiment = Experiment.objects.create(
        question="Does it?", outcome="whoop.hrv", start=DAY, outcome_lag=0
    )
    asked = {
        "marks": Few(DayMark.objects.order_by("-pk"), frozenset({"date", "kind"})),
        "one": Few(
            Finding.objects.filter(pk=Subquery(Finding.objects.order_by("pk").values("pk")[:1])),
            frozenset({"effect"}),
        ),
        "findings": Few(Finding.objects.all(), frozenset({"action", "effect", "is_yes_no"})),
        "none": Few(DayMark.objects.none(), frozenset({"date"})),
        "nothing": Few(DayMark.objects.filter(kind="holiday"), frozenset({"date"})),
        "experiments": Few(Experiment.objects.live(), frozenset({"start", "stopped_on"})),
    }
    with django_assert_num_queries(1):
        found = read_together(asked)
        assert [(one, one.date, one.kind) for one in found["marks"]] == [
            (mark, DAY, mark.kind) for mark in marks
        ]
        assert [(one.pk, one.effect) for one in found["one"]] == [(small.pk, -0.1)]
        assert [(one.action, one.effect, one.is_yes_no) for one in found["findings"]] == [
            ("a", -0.1, False),
            ("ä “quoted”", None, True),
        ]
        assert found["none"] == found["nothing"] == []
        (read,) = found["experiments"]
        assert (read.start, read.stopped_on) == (DAY, None)
    assert found["findings"] == [small, unknown]
    # What was not asked for is read when it is.
    with django_assert_num_queries(1):
        assert read.question == experiment.question


def test_nothing_asked_for_is_no_statement(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    nothing = {"none": Few(DayMark.objects.none(), frozenset({"date"}))}
    with django_assert_num_queries(0):
        assert read_together({}) == {}
        assert read_together(nothing) == {"none": []}
