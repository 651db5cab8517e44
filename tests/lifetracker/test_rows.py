"""Rows without Django's converters."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from lifetracker.models.rows import BATCH, as_date, as_instant, raw_rows
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
def test_of_what_nothing_can_meet_there_are_no_rows() -> None:
    assert list(raw_rows(WeighIn.objects.filter(pk__in=[]).values_list("pk"))) == []


def test_moments_of_both_databases() -> None:
    for moment in ("2026-09-16 12:00:00", NOON.replace(tzinfo=None), NOON):
        assert as_instant(moment) == NOON
    assert as_date("2026-09-16") == as_date(date(2026, 9, 16)) == NOON.date()
