"""Hours by stretch and by name are those that the API has for the same days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from lifetracker.days import ONE_DAY, days_from, midnight
from time_logs import group_sums
from time_logs.group_sums import Days, of_name
from time_logs.models import TimeEntry

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2026, 3, 16), date(2026, 4, 12)
BEGIN = midnight(FIRST)
NAMES = [("", ""), ("Hafenmuseum", "Ticketing"), ("Hafenmuseum", "Audio guide")]
TAGS: list[list[str]] = [[], ["deep"], ["deep", "call"], ["deep", "deep"]]
#: From a day before the stretches to a day after them; of seconds with fractions; longer than a day too.
tracked = st.lists(
    st.tuples(
        st.integers(-86400, 29 * 86400),
        st.integers(1, 200_000_000_000).map(lambda length: timedelta(microseconds=length)),
        st.sampled_from(NAMES),
        st.sampled_from(TAGS),
    ),
    min_size=1,
    max_size=8,
)


@pytest.fixture(autouse=True)
def berlin(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where clocks are put forward on 29 March."""
    settings.TIME_ZONE = "Europe/Berlin"
    later = midnight(LAST) + timedelta(days=9)
    monkeypatch.setattr(timezone, "now", lambda: later)


def store(entries: Iterable[Any]) -> None:
    TimeEntry.objects.all().delete()
    for seconds, length, (client, project), tags in entries:
        start = BEGIN + timedelta(seconds=seconds)
        TimeEntry.objects.create(
            start=start,
            end=start + length,
            client=client,
            project=project,
            project_ref=project[:1],
            tags=tags,
            description=project.upper(),
        )


def stretches(lengths: list[int]) -> list[Days]:
    found, first = [], FIRST
    for length in lengths:
        last = min(first + timedelta(days=length - 1), LAST)
        found.append(Days(first, last))
        first = last + ONE_DAY
        if first > LAST:
            break
    return found


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(entries=tracked, lengths=st.lists(st.integers(1, 9), min_size=1, max_size=28))
def test_they_are_those_of_the_api(entries: list[Any], lengths: list[int]) -> None:
    store(entries)
    check(stretches(lengths))
    with pytest.MonkeyPatch.context() as patch:
        # As for many years.
        patch.setattr(group_sums, "LONG_DAYS", -1)
        check(stretches(lengths))


def check(spans: list[Days]) -> None:
    rows = TimeEntry.objects.all()
    every = rows.per_stretch("ref", spans)
    asked = sorted({ref for sums in every.values() for ref in sums})[::2]
    some = rows.per_stretch("ref", spans, asked)
    for first, sums in every.items():
        assert some[first] == {ref: length for ref, length in sums.items() if ref in asked}
    for by in ("ref", "project", "client", "tag"):
        for first, sums in rows.per_stretch(by, spans).items():
            last = next(span.last for span in spans if span.first == first)
            assert {key: length for key, length in sums.items() if length} == rows.per(
                by, first, last
            )


def test_days_are_those_of_the_days_and_texts_too() -> None:
    store([(3600 * at, timedelta(minutes=55), NAMES[at % 3], []) for at in range(100)])
    rows, days = TimeEntry.objects.all(), days_from(FIRST, LAST)
    sums = rows.per_stretch("description", [Days(day, day) for day in days])
    per_day = rows.per_day(FIRST, LAST)
    assert {day: sum(inside.values()) for day, inside in sums.items() if inside} == per_day
    assert set(sums[FIRST]) == {"", "TICKETING", "AUDIO GUIDE"}


def test_what_runs_or_is_deleted_counts_for_nothing() -> None:
    TimeEntry.objects.create(start=BEGIN)
    TimeEntry.objects.create(start=BEGIN, end=BEGIN + timedelta(hours=1), deleted_at=timezone.now())
    assert TimeEntry.objects.all().per_stretch("project", [Days(FIRST, LAST)]) == {FIRST: {}}


def test_no_stretch_is_asked_for() -> None:
    assert TimeEntry.objects.all().per_stretch("project", []) == {}


@pytest.mark.parametrize("by", ["ref", "project", "client", "tag", "description"])
def test_it_takes_one_statement(by: str, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    store([(3600 * at, timedelta(hours=2), NAMES[at % 3], TAGS[at % 4]) for at in range(30)])
    with django_assert_num_queries(1):
        TimeEntry.objects.all().per_stretch(by, stretches([7, 7, 7, 7]))


@pytest.mark.parametrize(
    ("by", "key", "count"),
    [
        ("project", ("Hafenmuseum", "Ticketing"), 1),
        ("client", "Hafenmuseum", 2),
        ("client", "", 1),
        ("tag", "deep", 2),
        ("tag", "call", 1),
        ("tag", "", 1),
        ("tag", "dee", 0),
        ("description", "AUDIO GUIDE", 1),
    ],
)
def test_the_entries_of_a_name(by: str, key: Any, count: int) -> None:
    hour = timedelta(hours=1)
    store((at * 7200, hour, NAMES[at], TAGS[at]) for at in range(3))
    only = of_name(by, key)
    assert TimeEntry.objects.all().meeting(only).count() == count
    days, _ = TimeEntry.objects.all().per_day_and_running(FIRST, LAST, only)
    assert sum(days.values()) == count * 3600
