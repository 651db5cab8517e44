"""The metrics of the diary, by days computed by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lifetracker.days import ONE_DAY
from lifetracker.metrics.reasons import Reasons
from lifetracker.metrics.registry import metrics
from lifetracker.metrics.series import Series, read_series
from lifetracker.metrics.verified import Verified
from nutrition.models import CompleteDay, Meal, MealItem
from nutrition.nutrients import COLUMNS
from tests.nutrition.eating import at, complete, days_of, eat, night

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2026, 3, 10), date(2026, 3, 13)
DAYS = days_of(FIRST, 4)
#: The day on which clocks in Berlin jump from 2 to 3.
SHORT_DAY = date(2026, 3, 29)


@pytest.fixture(autouse=True)
def _berlin(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"


def series(*names: str, first: date = FIRST, last: date = LAST) -> dict[str, Series]:
    found = read_series([metrics[f"nutrition.{name}"] for name in names], first, last)
    return {key.removeprefix("nutrition."): one for key, one in found.items()}


def values(name: str, first: date = FIRST, last: date = LAST) -> list[float | None]:
    return series(name, first=first, last=last)[name].values


# --- What was eaten -------------------------------------------------------------------------------


def test_only_complete_days_count() -> None:
    eat("2026-03-10T08:00", kcal=400, protein=20)
    eat("2026-03-10T19:00", kcal=700, protein=35)
    eat("2026-03-11T12:00", kcal=780, protein=31)
    # The third day was one of fasting, and of the fourth nobody knows anything.
    complete(DAYS[0], DAYS[2])
    found = series("kcal", "protein")
    assert found["kcal"].values == [1100, None, 0, None]
    assert found["protein"].values == [55, None, 0, None]
    assert found["kcal"].so_far == {DAYS[1]: 780}
    assert found["kcal"].known_days == 2


def test_what_a_day_lacks_is_said() -> None:
    eat("2026-03-11T12:00", kcal=780)
    eat("2026-03-12T12:00", kcal=500)
    complete(DAYS[2])
    verified = Verified()
    wanted = [metrics["nutrition.kcal"], metrics["nutrition.fibre"]]
    reasons = Reasons(verified, read_series(wanted, FIRST, LAST, verified))
    assert reasons.why(wanted[0], DAYS[1]) == "Not marked complete."
    assert reasons.why(wanted[0], DAYS[3]) == "There is no record of this day."
    assert reasons.why(wanted[0], DAYS[2]) == ""
    assert reasons.why(wanted[1], DAYS[2]) == "The records of this day give no such value."


def test_an_item_that_does_not_know_a_nutrient_makes_its_day_unknown() -> None:
    eat("2026-03-10T08:00", kcal=400, fibre=3)
    eat("2026-03-10T12:00", kcal=300)
    complete(DAYS[0])
    found = series("kcal", "fibre")
    assert found["kcal"].values[0] == 700
    assert found["fibre"].values[0] is None


def test_a_sum_of_which_a_part_is_unknown_makes_its_day_unknown() -> None:
    eat("2026-03-10T08:00", kcal=400, fibre=3)
    eat("2026-03-10T12:00", kcal=300, fibre=2, at_least=["fibre"])
    eat("2026-03-11T12:00", kcal=300, fibre=2, at_least=["salt", "fibre"])
    complete(DAYS[0])
    found = series("kcal", "fibre", "salt")
    assert found["kcal"].values[0] == 700
    assert found["fibre"].values[0] is None
    assert found["fibre"].so_far == {DAYS[0]: 5, DAYS[1]: 2}
    assert found["salt"].so_far == {DAYS[1]: None}


def test_each_nutrient_has_its_own_column() -> None:
    amounts = {name: float(number) for number, name in enumerate(COLUMNS, 1)}
    eat("2026-03-10T08:00", **amounts)
    eat("2026-03-10T12:00", **amounts)
    complete(DAYS[0])
    found = series(*COLUMNS)
    assert {name: one.values[0] for name, one in found.items()} == {
        name: 2 * amount for name, amount in amounts.items()
    }


def test_what_is_deleted_or_has_not_come_counts_for_nothing(settings: Any) -> None:
    eat("2026-03-10T08:00", kcal=400)
    deleted = eat("2026-03-10T09:00", kcal=50)
    MealItem.objects.filter(pk=deleted.pk).update(deleted_at=timezone.now())
    gone = eat("2026-03-10T10:00", kcal=70)
    Meal.objects.filter(pk=gone.meal.pk).update(deleted_at=timezone.now())
    complete(DAYS[0])
    assert values("kcal")[0] == 400
    assert values("first_meal")[0] == values("last_meal")[0] == 8
    ahead = timezone.localdate() + ONE_DAY
    eat(timezone.now() + ONE_DAY, kcal=400)
    CompleteDay.objects.create(date=ahead)
    assert values("kcal", ahead, ahead) == [None]


def test_a_day_is_the_same_alone() -> None:
    eat("2026-03-10T08:00", kcal=400)
    eat("2026-03-12T00:10", kcal=90)
    complete(*DAYS[:3])
    whole = values("kcal")
    assert whole == [400, 0, 90, None]
    assert [values("kcal", day, day)[0] for day in DAYS] == whole


def test_one_statement_reads_all_of_a_day() -> None:
    eat("2026-03-10T08:00", kcal=400)
    complete(DAYS[0])
    names = (*COLUMNS, "first_meal", "last_meal", "eating_window")
    verified = Verified()
    verified.of(metrics["nutrition.kcal"])
    with CaptureQueriesContext(connection) as statements:
        read_series([metrics[f"nutrition.{name}"] for name in names], FIRST, LAST, verified)
    assert len([one for one in statements if "nutrition_" in one["sql"]]) == 1
    with CaptureQueriesContext(connection) as statements:
        read_series([metrics["nutrition.last_meal_to_sleep"]], FIRST, LAST, verified)
    assert len([one for one in statements if "nutrition_" in one["sql"]]) == 1


# --- When it was eaten ----------------------------------------------------------------------------


def test_times_are_those_of_complete_days_with_meals() -> None:
    eat("2026-03-10T08:30", kcal=1)
    eat("2026-03-10T13:00", kcal=1, at_least=["fat"])
    eat("2026-03-10T19:45")
    eat("2026-03-11T09:00")
    complete(DAYS[0], DAYS[2])
    found = series("first_meal", "last_meal", "eating_window")
    assert found["first_meal"].values == [8.5, None, None, None]
    assert found["last_meal"].values == [19.75, None, None, None]
    assert found["eating_window"].values == [11.25, None, None, None]
    assert found["first_meal"].so_far == {DAYS[1]: 9}


def test_a_meal_after_midnight_is_the_first_one_of_its_day() -> None:
    eat("2026-03-10T19:00")
    eat("2026-03-11T00:10")
    eat("2026-03-11T18:00")
    complete(*DAYS[:2])
    assert values("first_meal")[:2] == [19, pytest.approx(10 / 60)]
    assert values("eating_window")[:2] == [0, pytest.approx(17 + 50 / 60)]


def test_on_a_day_of_23_hours_the_window_is_what_passed() -> None:
    eat("2026-03-29T01:30")
    eat("2026-03-29T12:30")
    complete(SHORT_DAY)
    found = series("first_meal", "last_meal", "eating_window", first=SHORT_DAY, last=SHORT_DAY)
    assert [one.values[0] for one in found.values()] == [1.5, 12.5, 10]


def test_times_are_those_of_clocks_where_it_was_eaten() -> None:
    # At noon in New York it is 17:00 in Berlin.
    eat("2026-03-10T08:00")
    eat(datetime(2026, 3, 10, 16, tzinfo=UTC), offset=-240)
    complete(DAYS[0])
    found = series("first_meal", "last_meal", "eating_window")
    assert [one.values[0] for one in found.values()] == [8, 12, 9]


def untimed(moment: str, **values: Any) -> None:
    """Have a meal of which only the day is known, as from a file."""
    meal = eat(moment, **values).meal
    meal.is_time_known = False
    meal.save()


def test_a_meal_without_a_time_leaves_the_times_of_its_day_unknown() -> None:
    eat("2026-03-10T08:30", kcal=400)
    untimed("2026-03-10T16:00", kcal=300)
    complete(DAYS[0])
    found = series("kcal", "first_meal", "last_meal", "eating_window")
    assert [one.values[0] for one in found.values()] == [700, None, None, None]


def test_the_mean_time_goes_round_midnight() -> None:
    assert metrics["nutrition.last_meal"].circular
    assert metrics["nutrition.kcal"].additive


# --- Before sleep ---------------------------------------------------------------------------------


def gaps(first: date = FIRST, last: date = LAST) -> list[float | None]:
    return values("last_meal_to_sleep", first, last)


def sleep(start: str, end: str, **about: Any) -> None:
    night(at(start), at(end), date.fromisoformat(end[:10]), **about)


def test_from_the_last_meal_to_the_night_that_follows() -> None:
    eat("2026-03-10T12:00")
    eat("2026-03-10T19:30")
    sleep("2026-03-10T23:00", "2026-03-11T07:00")
    complete(DAYS[0])
    assert gaps() == [None, 3.5, None, None]
    assert gaps(DAYS[1], DAYS[1]) == [3.5]


def test_a_meal_without_a_time_may_have_been_the_last_one() -> None:
    eat("2026-03-10T19:30")
    untimed("2026-03-10T16:00")
    sleep("2026-03-10T23:00", "2026-03-11T07:00")
    complete(DAYS[0])
    assert gaps()[1] is None


def test_a_meal_after_midnight_is_the_last_one_before_a_late_night() -> None:
    eat("2026-03-10T19:00")
    eat("2026-03-11T00:10")
    eat("2026-03-11T12:00")
    sleep("2026-03-11T01:00", "2026-03-11T08:00")
    complete(DAYS[0])
    # Of the hour after midnight the diary is not complete yet.
    found = series("last_meal_to_sleep")["last_meal_to_sleep"]
    assert found.values[1] is None
    assert found.so_far == {DAYS[1]: pytest.approx(50 / 60)}
    complete(DAYS[1])
    assert gaps()[1] == pytest.approx(50 / 60)


def test_all_days_since_the_last_meal_must_be_complete() -> None:
    eat("2026-03-10T19:00")
    sleep("2026-03-11T00:30", "2026-03-11T08:00")
    complete(DAYS[1])
    assert gaps()[1] is None
    complete(DAYS[0])
    assert gaps()[1] == 5.5


def test_after_a_day_of_fasting_there_is_no_last_meal() -> None:
    eat("2026-03-10T19:00")
    sleep("2026-03-10T23:00", "2026-03-11T07:00")
    sleep("2026-03-11T23:00", "2026-03-12T07:00")
    complete(*DAYS[:3])
    assert gaps() == [None, 4, None, None]
    verified = Verified()
    metric = metrics["nutrition.last_meal_to_sleep"]
    reasons = Reasons(verified, read_series([metric], FIRST, LAST, verified))
    assert reasons.why(metric, DAYS[2]) == "The records of this day give no such value."


def test_what_was_eaten_a_day_before_the_night_is_no_last_meal() -> None:
    eat("2026-03-10T19:00")
    sleep("2026-03-11T19:00", "2026-03-12T07:00")
    complete(*DAYS[:3])
    assert gaps()[2] == 24
    Meal.objects.update(eaten_at=at("2026-03-10T18:59"))
    assert gaps()[2] is None


def test_naps_and_nights_without_a_score_are_no_night() -> None:
    eat("2026-03-10T12:00")
    sleep("2026-03-10T14:00", "2026-03-10T15:00", nap=True)
    sleep("2026-03-10T23:00", "2026-03-11T07:00", score_state="PENDING_SCORE")
    complete(*DAYS[:2])
    assert gaps() == [None] * 4


def test_of_a_night_in_two_parts_the_first_counts() -> None:
    eat("2026-03-10T20:00")
    sleep("2026-03-10T23:00", "2026-03-11T02:00")
    sleep("2026-03-11T04:00", "2026-03-11T08:00")
    complete(*DAYS[:2])
    assert gaps()[1] == 3


def test_what_passed_counts_in_the_night_on_which_clocks_change() -> None:
    eat("2026-03-29T01:00")
    sleep("2026-03-29T03:30", "2026-03-29T10:00", offset=120)
    complete(SHORT_DAY - ONE_DAY, SHORT_DAY)
    assert gaps(SHORT_DAY, SHORT_DAY) == [1.5]


def test_a_night_over_the_date_line_needs_the_days_of_both_clocks() -> None:
    # Eaten in Auckland on the 11th; asleep in Honolulu, where it was still the 10th.
    eat(datetime(2026, 3, 10, 20, tzinfo=UTC), offset=780)
    start = datetime(2026, 3, 11, 8, tzinfo=UTC)
    night(start, start + timedelta(hours=8), DAYS[1], offset=-600)
    complete(DAYS[1])
    assert gaps()[1] is None
    complete(DAYS[0])
    assert gaps()[1] == 12


# --- The day of the API ---------------------------------------------------------------------------


def test_the_day_of_the_api_has_what_was_eaten(person: Client) -> None:
    eat("2026-03-10T08:30", kcal=400)
    eat("2026-03-10T19:00", kcal=700)
    eat("2026-03-11T12:00", kcal=780)
    complete(DAYS[0])
    whole, open_day = (
        {
            metric["key"]: metric
            for domain in person.get(f"/api/day/{day}").json()["domains"]
            for metric in domain["numbers"]
        }
        for day in DAYS[:2]
    )
    assert whole["nutrition.kcal"]["value"] == 1100
    assert whole["nutrition.eating_window"]["value"] == 10.5
    assert open_day["nutrition.kcal"]["value"] is None
    assert open_day["nutrition.kcal"]["so_far"] == 780
    assert open_day["nutrition.kcal"]["reason"] == "Not marked complete."
