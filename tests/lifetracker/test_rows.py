"""Rows without Django's converters."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.models import Avg, F, Value

from lifetracker.models.expressions import Listed, WallSeconds
from lifetracker.models.rows import BATCH, as_date, as_dates, as_instant, plain_rows, raw_rows
from weight.models import WeighIn

NOON = datetime(2026, 9, 16, 12, tzinfo=UTC)


@pytest.mark.django_db
def test_every_row_comes_in_its_order() -> None:
    moments = [NOON + timedelta(seconds=at) for at in range(BATCH + 1)]
    WeighIn.objects.bulk_create(
        WeighIn(source="Manual", source_id=f"{at}", date=NOON, measured_at=at, weight_kg=70)
        for at in moments
    )
    rows = list(
        raw_rows(WeighIn.objects.order_by("-measured_at").values_list("measured_at", "date"))
    )
    assert [as_instant(moment) for moment, _ in rows] == moments[::-1]
    assert {as_date(day) for _, day in rows} == {NOON.date()}


@pytest.mark.django_db
def test_plain_rows_are_those_of_django() -> None:
    for at, (mine, kg) in enumerate([(True, "70.1250"), (False, "81.5"), (None, "66")]):
        WeighIn.objects.create(
            source="Manual",
            source_id=f"{at}",
            date=NOON.date(),
            measured_at=NOON + timedelta(microseconds=at),
            is_mine=mine,
            weight_kg=kg,
            deleted_at=None if at else NOON,
            raw={"at": at},
        )
    columns = ("measured_at", "is_mine", "weight_kg", "deleted_at", "raw", "source", "date", "pk")
    query = WeighIn.objects.order_by("pk").annotate(middle=Avg("weight_kg"))
    expected = list(query.values_list(*columns, "middle"))
    found = plain_rows(query.values_list(*columns, "middle"))
    assert found == expected
    assert [list(map(type, row)) for row in found] == [list(map(type, row)) for row in expected]
    assert plain_rows(query.filter(pk=-1).values_list(*columns)) == []


@pytest.mark.django_db
def test_of_what_nothing_can_meet_there_are_no_rows() -> None:
    assert list(raw_rows(WeighIn.objects.filter(pk__in=[]).values_list("pk"))) == []
    assert plain_rows(WeighIn.objects.filter(pk__in=[]).values_list("pk")) == []


def test_moments_of_both_databases() -> None:
    for moment in ("2026-09-16 12:00:00", NOON.replace(tzinfo=None), NOON):
        assert as_instant(moment) == NOON
    assert as_date("2026-09-16") == as_date(date(2026, 9, 16)) == NOON.date()
    days = [date(2026, 9, 16), date(2026, 9, 17)]
    assert as_dates(["2026-09-16", "2026-09-17"]) == as_dates(days) == days
    assert as_dates([]) == []


@pytest.mark.django_db
def test_what_a_clock_shows_is_told_to_the_second() -> None:
    """No fraction of a second is rounded up: not of a moment before 1970, and not by the float that it goes through."""
    fractions = (0, 1, 499_999, 500_000, 998_000, 999_400)
    moments = [
        datetime(year, 3, day, 23, 59, second, fraction, tzinfo=UTC)
        for year in (1969, 1970, 2000, 2026, 2199)
        for day, second in ((1, 0), (28, 1), (29, 59))
        for fraction in fractions
    ]
    WeighIn.objects.bulk_create(
        WeighIn(source="Zero", source_id=f"{at}", date=NOON, measured_at=moment, weight_kg=70)
        for at, moment in enumerate(moments)
    )
    shown = WallSeconds(F("measured_at"), Value(-90))
    found = WeighIn.objects.annotate(shown=shown).values_list("measured_at", "shown")
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    expected = {at: (at - epoch) // timedelta(seconds=1) - 90 * 60 for at in moments}
    assert dict(found) == expected


@pytest.mark.django_db
def test_the_values_of_a_group_are_listed() -> None:
    for at, pulse in enumerate([61, 9, None, 61]):
        moment = NOON + timedelta(days=at // 3)
        made = {"source": "Zero", "source_id": f"{at}", "date": moment.date()}
        WeighIn.objects.create(**made, measured_at=moment, weight_kg=70, heart_pulse=pulse)
    rows = WeighIn.objects.order_by().values("date").annotate(pulses=Listed("heart_pulse"))
    found = [sorted(one.split(",")) for one in rows.values_list("pulses", flat=True)]
    assert sorted(found) == [["61"], ["61", "9"]]
