"""Which marked days an experiment leaves out, where the outcome is that of the same day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from experiments.acts import finish
from experiments.design import Arm
from experiments.models import Experiment
from experiments.reading import days_of
from experiments.reckoning import result_of
from experiments.result_page import result_page
from lifetracker.days import ONE_DAY, at_hour, midnight
from lifetracker.models import DayMark
from own_metrics.models import OwnMetric, OwnValue
from tests.experiments.lives import START, running
from tests.experiments.test_course import at, marked
from tests.experiments.test_pages import words

pytestmark = pytest.mark.django_db
THIRD = START + timedelta(days=2)


@pytest.fixture
def energy(monkeypatch: pytest.MonkeyPatch) -> Experiment:
    """Return an experiment whose outcome is the energy of the same day, known of each, and whose days are over."""
    at(monkeypatch, START + timedelta(days=60))
    own = OwnMetric.objects.create(name="Energy", unit="points")
    OwnValue.objects.bulk_create(
        OwnValue(metric=own, date=day, value=5 + day.toordinal() % 3, source_id=f"{day}")
        for day in (START + timedelta(days=at) for at in range(-130, 24))
    )
    return running(outcome=f"own.{own.pk}", outcome_lag=0)


@pytest.mark.parametrize(
    ("made", "counts"),
    [
        (at_hour(THIRD, 20), True),
        (midnight(THIRD), True),
        (at_hour(THIRD - ONE_DAY, 23), False),
    ],
)
def test_a_mark_of_the_same_day_leaves_out_no_outcome_of_that_day(
    energy: Experiment, made: datetime, counts: bool
) -> None:
    """In the evening one knows how the day was."""
    marked(THIRD, made)
    found = result_of(energy)
    left_out = int(not counts)
    assert found["days"] == {
        "counted": 24,
        "known": 24 - left_out,
        "marked": left_out,
        "marked_later": int(counts),
        "unmarked_later": 0,
    }
    third = days_of(energy)[2]
    assert (third.mark, third.late_mark) == (("", "sick") if counts else ("sick", ""))
    assert third.is_counted is counts


def mark_ahead(days: list[date]) -> None:
    for day in days:
        marked(day, midnight(day - ONE_DAY), kind="travel")


def test_the_result_says_of_how_many_days_of_each_the_outcome_is_known(
    energy: Experiment, client: Client
) -> None:
    of_a = [one.day for one in days_of(energy) if one.arm is Arm.A]
    mark_ahead(of_a[:4])
    OwnValue.objects.filter(date=of_a[4]).delete()
    finish(energy)
    assert energy.result["by_arm"] == {
        "a": {"counted": 12, "known": 7, "left_out": 4},
        "b": {"counted": 12, "known": 12, "left_out": 0},
    }
    client.force_login(User.objects.create_superuser("robin"))
    page = words(client.get(f"/experiments/{energy.pk}/"))
    assert "Outcome of days of A known on 7 of 12 days, 4 left out by marks" in page
    assert "Outcome of days of B known on 12 of 12 days" in page
    assert "known on 7 of the 12 days of A and on 12 of the 12 days of B that count" in page
    assert "You knew which day it was when you rated it; expecting it to help could do the" in page
    told = client.get(f"/api/experiments/{energy.pk}").json()["result"]["by_arm"]
    assert told == energy.result["by_arm"]


def test_a_few_missing_days_are_no_reason_for_a_caution(energy: Experiment) -> None:
    of_a = [one.day for one in days_of(energy) if one.arm is Arm.A]
    mark_ahead(of_a[:2])
    finish(energy)
    shown = result_page(energy, energy.result)
    assert (shown.known[0][1], shown.broken) == ("known on 10 of 12 days, 2 left out by marks", [])
    # What was reckoned before knows nothing of it.
    old = {name: value for name, value in energy.result.items() if name != "by_arm"}
    assert (result_page(energy, old).known, result_page(energy, old).broken) == ([], [])


def test_the_page_asks_for_a_mark_of_tomorrow(
    energy: Experiment, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, THIRD)
    client.force_login(User.objects.create_superuser("robin"))
    address = f"/admin/lifetracker/daymark/add/?date={THIRD + ONE_DAY}"
    page = client.get(f"/experiments/{energy.pk}/")
    assert f'<a href="{address}">Mark the day</a> before it begins' in page.content.decode()
    DayMark.objects.create(date=THIRD, kind="sick")
    page = words(client.get(f"/experiments/{energy.pk}/"))
    assert "marked as sick too late, and counts" in page
    assert "1 day was marked as illness, travel or holiday only when the outcome could be" in page
    at(monkeypatch, START + timedelta(days=23))
    client.force_login(User.objects.get())
    assert "Mark the day" not in words(client.get(f"/experiments/{energy.pk}/"))


def taken_away(mark: DayMark, how: str) -> None:
    if how == "deleted":
        mark.delete()
    elif how == "deleted with others":
        DayMark.objects.filter(pk=mark.pk).delete()
    elif how == "refused":
        DayMark.objects.filter(pk=mark.pk).answer(DayMark.State.REFUSED)
    elif how == "of another kind":
        mark.kind = DayMark.Kind.OTHER
        mark.save()
    else:
        mark.date = START + timedelta(days=200)
        mark.save()


WAYS = ["deleted", "deleted with others", "refused", "of another kind", "of another day"]


@pytest.mark.parametrize("how", WAYS)
def test_a_mark_that_is_taken_away_too_late_leaves_its_day_out(
    energy: Experiment, client: Client, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """Who marks all days ahead, and unmarks the good ones, would choose them."""
    marked(THIRD, midnight(START), kind="holiday")
    at(monkeypatch, THIRD)
    taken_away(DayMark.objects.get(), how)
    third = days_of(energy)[2]
    assert (third.mark, third.is_counted, third.is_unmarked) == ("holiday", False, True)
    said = "The mark of 1 day was taken away only when the outcome could be known, so that it stays out."
    client.force_login(User.objects.create_superuser("robin"))
    page = words(client.get(f"/experiments/{energy.pk}/"))
    assert said in page
    assert "3 June: marked as holiday, does not count: the mark was taken away too late" in page
    told = client.get(f"/api/experiments/{energy.pk}/schedule").json()["days"]
    assert [one["unmarked_later"] for one in told[:4]] == [False, False, True, False]
    at(monkeypatch, START + timedelta(days=60))
    finish(energy)
    assert energy.result["days"]["known"] == 23
    assert energy.result["days"]["unmarked_later"] == 1
    client.force_login(User.objects.get())
    assert said in words(client.get(f"/experiments/{energy.pk}/"))


@pytest.mark.parametrize("how", WAYS)
def test_a_mark_that_is_taken_away_in_time_leaves_nothing_out(
    energy: Experiment, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    marked(THIRD, midnight(START), kind="holiday")
    at(monkeypatch, THIRD - ONE_DAY)
    taken_away(DayMark.objects.get(), how)
    third = days_of(energy)[2]
    assert (third.mark, third.is_counted, third.is_unmarked) == ("", True, False)


def test_what_was_marked_too_late_and_is_taken_away_says_nothing(
    energy: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    marked(THIRD, midnight(THIRD), kind="holiday")
    DayMark.objects.get().delete()
    third = days_of(energy)[2]
    assert (third.mark, third.late_mark, third.is_counted) == ("", "", True)


def test_a_note_to_a_mark_changes_nothing(energy: Experiment) -> None:
    marked(THIRD, midnight(START), kind="holiday")
    mark = DayMark.objects.get()
    mark.note = "By the sea."
    mark.save()
    third = days_of(energy)[2]
    assert (third.mark, third.is_counted, third.is_unmarked) == ("holiday", False, False)
