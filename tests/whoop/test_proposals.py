"""Which days WHOOP's records propose as days of illness or travel, by examples computed by hand and by the sandbox's
life."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.utils import timezone

from lifetracker.metrics.proposals import Outcome, propose_day_marks, rules
from lifetracker.metrics.statistics import Usual, deviation_from
from lifetracker.metrics.travel import Night, jet_lag_days, stays_away
from lifetracker.models import DayMark
from lifetracker.sandbox.life import HOME, Day
from lifetracker.sandbox.server import Sandbox
from lifetracker.sync.plans import SyncRequest
from lifetracker.sync.streams import sources
from lifetracker.tasks import enqueue, execute_run
from tests.conftest import NOW, run, store_tokens, use
from whoop.metrics import hrv, resting_heart_rate
from whoop.models import WhoopRecovery, WhoopSleep
from whoop.proposals import SIGNS, recorded_nights, utc

Kind, State = DayMark.Kind, DayMark.State
NUMBERS = count(1)
LAST = date(2026, 3, 14)
BERLIN, NEW_YORK = 60, -300


def days_before(number: int, day: date = LAST) -> date:
    return day - timedelta(days=number)


def common(day: date) -> dict[str, Any]:
    return {"source": "Whoop", "source_id": str(next(NUMBERS)), "date": day, "cycle_id": 1}


def recovery(day: date, pulse: float | None = 52, rmssd: float | None = 60, **fields: Any) -> None:
    values = {"recovery_score": 60, "skin_temp_celsius": 33.5} | fields
    start = datetime.combine(day, time(1), UTC)
    WhoopRecovery.objects.create(
        **common(day), start_time=start, resting_heart_rate=pulse, hrv_rmssd=rmssd, **values
    )


def night(day: date, offset: int = BERLIN, rate: float | None = 15, **fields: Any) -> None:
    """It ends at 6 in the morning on the clock on the wall."""
    end = datetime.combine(day, time(6), UTC) - timedelta(minutes=offset)
    values = {"nap": False, "respiratory_rate": rate, "utc_offset_min": offset} | fields
    start = end - timedelta(hours=7)
    WhoopSleep.objects.create(**common(day), start_time=start, end_time=end, **values)


def usual_days(number: int = 31, until: date = LAST) -> None:
    """Weeks in which the pulse is 50 and 54 by turns, the HRV 59 and 61, and all else the same."""
    for ago in range(1, number + 1):
        side = 1 if ago % 2 else -1
        recovery(days_before(ago, until), 52 + 2 * side, 60 + side)
        night(days_before(ago, until))


def proposed(kind: Kind = Kind.SICK) -> list[date]:
    marks = DayMark.objects.proposed().filter(kind=kind).order_by("date")
    return list(marks.values_list("date", flat=True))


def propose(first: date = date(2025, 6, 1), last: date = date(2026, 6, 30)) -> Outcome:
    return propose_day_marks(first, last)


@pytest.fixture(autouse=True)
def home(settings: Any, db: None) -> None:
    settings.TIME_ZONE = "Europe/Berlin"


def test_both_rules_are_found() -> None:
    assert set(rules) == {"illness", "travel"}


# --- Illness --------------------------------------------------------------------------------------


def test_the_example_of_an_illness() -> None:
    """A pulse of 58 where 52 ± 2 is usual, and an HRV of 45 ms where ln 4.09 ± 0.13 is."""
    pulse = deviation_from(resting_heart_rate, Usual(52, 50, 54, None, 28), 58)
    edges = (math.exp(4.09 + side * 0.13) for side in (0, -1, 1))
    rmssd = deviation_from(hrv, Usual(*edges, None, 28), 45)
    assert pulse == pytest.approx(3)
    assert rmssd == pytest.approx(-2.18, abs=0.005)
    limits = {sign.metric.key: sign for sign in SIGNS}
    assert limits["whoop.resting_heart_rate"].is_there(pulse)
    assert limits["whoop.hrv"].is_there(rmssd)


def test_two_signs_propose_a_day() -> None:
    usual_days()
    recovery(LAST, 58, 45)
    assert propose() == Outcome({"sick": 1}, {}, 1)
    [mark] = DayMark.objects.all()
    assert (mark.date, mark.kind, mark.state, mark.spell) == (LAST, "sick", "proposed", LAST)
    pulse, rmssd = mark.reasons
    # 14 times 50 and 14 times 54 on the days 4 to 31 before: a deviation of 2 · √(28/27) = 2.0367.
    assert pulse["deviation"] == pytest.approx(6 / 2.0367, abs=0.01)
    assert pulse["text"] == "Resting heart rate was 58 bpm, 2.9 deviations above the usual 52."
    assert (pulse["metric"], pulse["value"], pulse["usual"]) == (
        *("whoop.resting_heart_rate", 58, 52),
    )
    assert rmssd["deviation"] < -1.5
    assert "below the usual 60." in rmssd["text"]


@pytest.mark.parametrize(
    ("signs", "rate", "expected"),
    [
        ({"pulse": 58}, 15, 1),
        ({"pulse": 58}, 17, 2),
        ({"skin_temp_celsius": 34.5}, 17, 2),
        ({"recovery_score": 33}, 17, 2),
        ({"recovery_score": 34}, 17, 1),
        ({"pulse": 46}, 13, 0),
        ({"pulse": None, "rmssd": None}, 17, 1),
    ],
)
def test_each_sign_counts_on_its_side(signs: dict[str, Any], rate: float, expected: int) -> None:
    usual_days()
    recovery(LAST, **signs)
    night(LAST, rate=rate)
    propose()
    assert proposed() == ([LAST] if expected >= 2 else [])


def test_signs_of_two_days_are_not_put_together() -> None:
    """Each of the days has one sign: the reading of the rule that was not chosen would propose the second."""
    usual_days(until=days_before(1))
    recovery(days_before(1), 58)
    recovery(LAST, 52, 45)
    propose()
    assert proposed() == []


def test_an_onset_is_not_in_its_own_baseline() -> None:
    """Three days that rise slowly: against the days right before it, the fourth would be usual."""
    usual_days(until=days_before(3))
    for ago in (3, 2, 1):
        recovery(days_before(ago), 56)
    recovery(LAST, 58, 45)
    propose()
    assert proposed() == [LAST]


def test_with_few_known_days_nothing_is_proposed() -> None:
    usual_days(16)
    recovery(LAST, 58, 45)
    propose()
    assert proposed() == [], "13 of the days 4 to 31 before are known"
    recovery(days_before(17))
    propose()
    assert proposed() == [LAST], "14 are"


def test_days_that_were_confirmed_stay_out_of_the_baseline() -> None:
    usual_days()
    ill = [days_before(ago) for ago in range(10, 17)]
    WhoopRecovery.objects.filter(date__in=ill).update(resting_heart_rate=70)
    recovery(LAST, 58, 45)
    propose(LAST, LAST)
    assert proposed() == []
    DayMark.objects.bulk_create(DayMark(date=day, kind=Kind.SICK) for day in ill)
    propose(LAST, LAST)
    assert proposed() == [LAST]


def test_a_refused_illness_is_not_asked_about_again() -> None:
    usual_days(until=days_before(5))
    recovery(days_before(5), 58, 45)
    propose()
    DayMark.objects.update(state=State.REFUSED)
    recovery(days_before(3), 58, 45)
    recovery(LAST, 58, 45)
    propose()
    assert proposed() == [], "days that follow each other with gaps of at most three days"
    WhoopRecovery.objects.filter(date=days_before(3)).delete()
    propose()
    assert proposed() == [LAST], "five days later it is another one"
    assert DayMark.objects.get(state=State.REFUSED).date == days_before(5)


def test_of_an_illness_that_is_confirmed_further_days_are_proposed() -> None:
    usual_days(until=days_before(2))
    recovery(days_before(2), 58, 45)
    recovery(days_before(1), 58, 45)
    propose()
    DayMark.objects.filter(date=days_before(2)).update(state=State.CONFIRMED)
    DayMark.objects.filter(date=days_before(1)).update(state=State.REFUSED)
    recovery(LAST, 58, 45)
    propose()
    assert proposed() == [LAST]


def test_days_that_still_wait_beside_a_refused_one_stay() -> None:
    """Who answers for one day alone leaves the others open; further ones are not proposed."""
    usual_days(until=days_before(2))
    recovery(days_before(2), 58, 45)
    recovery(days_before(1), 58, 45)
    propose()
    DayMark.objects.filter(date=days_before(2)).update(state=State.REFUSED)
    recovery(LAST, 58, 45)
    assert propose() == Outcome({}, {}, 1)
    assert proposed() == [days_before(1)]


def test_what_no_longer_holds_is_withdrawn_and_answers_stay() -> None:
    usual_days(until=days_before(1))
    recovery(days_before(1), 58, 45)
    recovery(LAST, 58, 45)
    DayMark.objects.create(date=days_before(20), kind=Kind.HOLIDAY)
    propose()
    DayMark.objects.filter(date=days_before(1)).update(state=State.CONFIRMED)
    WhoopRecovery.objects.filter(date__gte=days_before(1)).update(resting_heart_rate=52)
    assert propose() == Outcome({}, {"sick": 1}, 0)
    assert set(DayMark.objects.values_list("date", "state")) == {
        (days_before(1), "confirmed"),
        (days_before(20), "confirmed"),
    }


def test_a_rescored_day_gets_new_reasons() -> None:
    usual_days()
    recovery(LAST, 58, 45)
    propose()
    first = DayMark.objects.get()
    WhoopRecovery.objects.filter(date=LAST).update(resting_heart_rate=60)
    assert propose() == Outcome({}, {}, 1)
    second = DayMark.objects.get()
    assert (second.pk, second.reasons[0]["value"]) == (first.pk, 60)
    assert second.updated_at > first.updated_at
    propose()
    assert DayMark.objects.get().updated_at == second.updated_at, "nothing was written again"


# --- Travel ---------------------------------------------------------------------------------------


def at_home(first: date, last: date, offset: int = BERLIN) -> None:
    for number in range((last - first).days + 1):
        night(first + timedelta(days=number), offset)


def test_the_example_of_a_trip() -> None:
    """Nine nights in New York: 6 hours to the west make 4 days of jet lag, and back to the east 7. The last day abroad
    is travel, and no day at home is."""
    left, returned = date(2026, 1, 10), date(2026, 1, 20)
    at_home(date(2025, 12, 20), left)
    at_home(left + timedelta(days=1), returned - timedelta(days=1), NEW_YORK)
    at_home(returned, date(2026, 2, 10))
    assert propose() == Outcome({"travel": 9}, {}, 9)
    assert proposed(Kind.TRAVEL) == [left + timedelta(days=number) for number in range(1, 10)]
    marks = DayMark.objects.order_by("date")
    assert {mark.spell for mark in marks} == {date(2026, 1, 11)}
    [first] = marks[0].reasons
    assert (first["shift_hours"], first["jet_lag_days"]) == (-6, 4)
    assert (first["offset_min"], first["home_offset_min"]) == (NEW_YORK, BERLIN)
    assert first["text"] == (
        "The night was spent at UTC-5. At home it was UTC+1. The clock goes 6 hours back: jet lag is likely for 4 days."
    )
    _, back = marks[8].reasons
    assert (back["shift_hours"], back["jet_lag_days"]) == (6, 7)


def test_the_shift_is_that_from_the_night_before_and_not_from_a_median() -> None:
    nights = [Night(date(2026, 1, day), BERLIN, BERLIN) for day in (1, 2)]
    nights += [Night(date(2026, 1, day), NEW_YORK, BERLIN) for day in range(3, 12)]
    nights += [Night(date(2026, 1, day), BERLIN, BERLIN) for day in range(12, 20)]
    [stay] = stays_away(nights)
    assert (stay.first, stay.last) == (date(2026, 1, 3), date(2026, 1, 11))
    assert [stay.shift(one) for one in stay.nights] == [-6] * 9
    assert stay.shift_back == 6


@pytest.mark.parametrize(
    ("shift", "expected"),
    [
        *[(-6, 4), (6, 7), (0, 0), (-1.53, 1), (-1.54, 2), (0.95, 1), (0.96, 2), (5.5, 6)],
        # From Los Angeles to Tokyo the body goes the shorter way, 7 hours to the west.
        *[(17, 5), (-17, 8), (12, 8)],
    ],
)
def test_days_of_jet_lag(shift: float, expected: int) -> None:
    assert jet_lag_days(shift) == expected


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
@pytest.mark.parametrize("place", ["Europe/Berlin", "Europe/London"])
def test_a_change_of_clocks_is_no_trip(day: date, place: str) -> None:
    """Nor is a place whose clocks differ by an hour."""
    for number in range(-10, 11):
        morning = datetime.combine(day + timedelta(days=number), time(6), ZoneInfo(place))
        offset = morning.utcoffset() or timedelta(0)
        night(day + timedelta(days=number), int(offset.total_seconds()) // 60)
    propose(last=date(2026, 12, 31))
    assert DayMark.objects.count() == 0


def test_a_change_of_clocks_at_home_makes_no_trip_longer() -> None:
    """The clocks in New York change three weeks before those in Berlin."""
    at_home(date(2026, 3, 1), date(2026, 3, 5))
    at_home(date(2026, 3, 6), date(2026, 3, 8), NEW_YORK)
    at_home(date(2026, 3, 9), date(2026, 3, 28), NEW_YORK + 60)
    at_home(date(2026, 3, 29), date(2026, 4, 5), BERLIN + 60)
    propose()
    assert (proposed(Kind.TRAVEL)[0], proposed(Kind.TRAVEL)[-1]) == (
        *(date(2026, 3, 6), date(2026, 3, 28)),
    )
    assert len(proposed(Kind.TRAVEL)) == 23
    assert DayMark.objects.order_by("date").last().reasons[-1]["shift_hours"] == 6


@pytest.mark.parametrize("difference", [-120, -119, 119, 120])
def test_two_hours_are_away(difference: int) -> None:
    at_home(date(2026, 1, 1), date(2026, 1, 5))
    night(date(2026, 1, 6), BERLIN + difference)
    propose()
    assert bool(proposed(Kind.TRAVEL)) is (abs(difference) >= 120)


def test_a_stay_of_28_days_is_a_trip_and_a_longer_one_a_new_home() -> None:
    at_home(date(2026, 1, 1), date(2026, 1, 5))
    at_home(date(2026, 1, 6), date(2026, 2, 2), NEW_YORK)
    propose()
    assert len(proposed(Kind.TRAVEL)) == 28
    night(date(2026, 2, 3), NEW_YORK)
    assert propose() == Outcome({"other": 1}, {"travel": 28}, 1)
    [home] = DayMark.objects.all()
    assert (home.date, home.kind) == (date(2026, 1, 6), "other")
    assert "29 days were spent at UTC-5" in home.reasons[0]["text"]
    home.state = State.REFUSED
    home.save()
    propose()
    assert len(proposed(Kind.TRAVEL)) == 29, "then it was a long trip"


def test_days_without_a_record_between_two_nights_away_are_travel() -> None:
    at_home(date(2026, 1, 1), date(2026, 1, 5))
    for day in (6, 8, 16, 25):
        night(date(2026, 1, day), NEW_YORK)
    night(date(2026, 1, 28))
    propose()
    # From the 16th to the 25th there are eight days without a record: that may be two trips.
    expected = [*range(6, 17), 25]
    assert [day.day for day in proposed(Kind.TRAVEL)] == expected
    assert DayMark.objects.get(date=date(2026, 1, 7)).reasons == [
        {
            "text": "No night was recorded. The nights before and after it were spent away from home.",
            "date": "2026-01-07",
        }
    ]


def test_two_places_in_one_trip() -> None:
    at_home(date(2026, 1, 1), date(2026, 1, 5))
    at_home(date(2026, 1, 6), date(2026, 1, 8), NEW_YORK)
    at_home(date(2026, 1, 9), date(2026, 1, 10), -480)
    at_home(date(2026, 1, 11), date(2026, 1, 12))
    propose()
    shifts = [
        [one["shift_hours"] for one in mark.reasons] for mark in DayMark.objects.order_by("date")
    ]
    assert shifts == [[-6], [-6], [-6], [-9], [-9, 9]]


def test_a_refused_trip_is_not_asked_about_again_and_the_next_one_is() -> None:
    at_home(date(2026, 1, 1), date(2026, 1, 5))
    night(date(2026, 1, 6), NEW_YORK)
    propose()
    DayMark.objects.update(state=State.REFUSED)
    night(date(2026, 1, 7), NEW_YORK)
    night(date(2026, 1, 8))
    propose()
    assert proposed(Kind.TRAVEL) == []
    night(date(2026, 1, 9), NEW_YORK)
    propose()
    assert proposed(Kind.TRAVEL) == [date(2026, 1, 9)]


def test_a_single_night_at_utc_says_nothing() -> None:
    """WHOOP may give it where the strap did not know its zone."""
    morning = datetime(2026, 7, 1, 4, tzinfo=UTC)
    offsets = [
        (date(2026, 7, 1) + timedelta(days=at), morning + timedelta(days=at), offset)
        for at, offset in enumerate([120, 0, 120, 0, 0, 120, 0])
    ]
    assert [one.date.day for one in recorded_nights(offsets)] == [1, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("hour", "is_trip"),
    [
        (11, False),  # 6 o'clock in New York: the strap did not know its zone
        (6, True),
        (7.5, True),
        (9, False),  # as far from what is usual by one clock as by the other
    ],
)
def test_a_single_night_at_utc_is_away_if_its_owner_woke_by_that_clock(
    hour: float, is_trip: bool, settings: Any
) -> None:
    """From New York, where the nights before and after end at 6 o'clock."""
    settings.TIME_ZONE = "America/New_York"
    at_home(date(2026, 1, 1), date(2026, 1, 7), NEW_YORK)
    night(date(2026, 1, 8), 0)
    end = datetime.combine(date(2026, 1, 8), time(), UTC) + timedelta(hours=hour)
    WhoopSleep.objects.filter(utc_offset_min=0).update(end_time=end)
    at_home(date(2026, 1, 9), date(2026, 1, 12), NEW_YORK)
    propose()
    assert proposed(Kind.TRAVEL) == ([date(2026, 1, 8)] if is_trip else [])


def test_few_nights_do_not_tell_when_somebody_usually_wakes_up(settings: Any) -> None:
    settings.TIME_ZONE = "America/New_York"
    at_home(date(2026, 1, 4), date(2026, 1, 7), NEW_YORK)
    night(date(2026, 1, 8), 0)
    propose()
    assert proposed(Kind.TRAVEL) == []
    night(date(2026, 1, 9), NEW_YORK)
    propose()
    assert proposed(Kind.TRAVEL) == [date(2026, 1, 8)]


def test_naps_and_deleted_nights_say_nothing() -> None:
    at_home(date(2026, 1, 1), date(2026, 1, 5))
    night(date(2026, 1, 6), NEW_YORK, nap=True)
    night(date(2026, 1, 7), NEW_YORK, deleted_at=datetime(2026, 1, 8, tzinfo=UTC))
    propose()
    assert proposed(Kind.TRAVEL) == []


@pytest.mark.parametrize(
    ("minutes", "text"), [(330, "UTC+5:30"), (-300, "UTC-5"), (-210, "UTC-3:30"), (0, "UTC+0")]
)
def test_offsets_in_words(minutes: int, text: str) -> None:
    assert utc(minutes) == text


def test_only_the_asked_days_are_proposed_and_withdrawn() -> None:
    at_home(date(2026, 1, 1), date(2026, 1, 5))
    at_home(date(2026, 1, 6), date(2026, 1, 9), NEW_YORK)
    propose(date(2026, 1, 8), date(2026, 1, 31))
    assert [day.day for day in proposed(Kind.TRAVEL)] == [8, 9]
    assert {mark.spell for mark in DayMark.objects.all()} == {date(2026, 1, 6)}
    WhoopSleep.objects.all().delete()
    assert propose(date(2026, 1, 9)).withdrawn == {"travel": 1}


# --- The sandbox ----------------------------------------------------------------------------------


@pytest.fixture
def year(settings: Any, at: Any) -> Iterator[list[Day]]:
    """The days of a year of the sandbox's life, all of which were synced."""
    settings.TIME_ZONE = HOME
    with Sandbox(seed=1, days=300, now=NOW) as sandbox:
        at(NOW)
        use(settings, sandbox)
        store_tokens(sandbox.whoop, sandbox.whoop.issue_tokens())
        assert run(days=300).status == "success"
        yield [sandbox.life.day(days_before(ago, date(2026, 9, 16))) for ago in range(298, -1, -1)]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Of a few days: the year has its own."""
    with Sandbox(seed=1, days=20, now=NOW) as running:
        yield running


def test_the_illness_and_the_trip_of_the_sandbox(year: list[Day]) -> None:
    propose_day_marks(year[0].date, year[-1].date)
    ill = [day.date for day in year[40:] if day.ill > 0.35 and day.strap and day.slept]
    found = set(proposed())
    assert len(ill) == 7
    assert ill[0] in found
    assert len(found & set(ill)) >= 5
    healthy = {day.date for day in year if not day.ill and not day.away and not day.jet_lag}
    assert len(found & healthy) < 0.1 * len(healthy)
    away = [day.date for day in year if day.away]
    assert len(away) >= 6
    # Of five nights at home for which the strap did not know its zone, two follow each other.
    assert set(proposed(Kind.TRAVEL)) - {date(2026, 8, 27), date(2026, 8, 28)} == set(away)
    assert max(away) + timedelta(days=1) not in proposed(Kind.TRAVEL)


# --- When they run --------------------------------------------------------------------------------


def test_a_worker_proposes_after_a_sync_that_changed_something(whoop: Any) -> None:
    execute_run(enqueue(sources["Whoop"], SyncRequest.from_options(days=10)).pk)
    newest = WhoopSleep.objects.nights().latest("end_time")
    assert DayMark.objects.count() == 0
    WhoopSleep.objects.filter(pk=newest.pk).update(utc_offset_min=NEW_YORK)
    execute_run(enqueue(sources["Whoop"], SyncRequest.from_options(days=2)).pk)
    assert DayMark.objects.count() == 0, "nothing was changed by this sync"
    another = whoop.records("sleep")[5]
    whoop.edit("sleep", another["id"], score={"respiratory_rate": 14.0})
    execute_run(enqueue(sources["Whoop"], SyncRequest.from_options(days=10)).pk)
    assert proposed(Kind.TRAVEL) == [newest.date]


def test_the_command_says_what_it_proposed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: datetime.combine(LAST, time(12), UTC))
    usual_days()
    recovery(LAST, 58, 45)
    night(LAST, NEW_YORK)
    assert command() == [
        "Proposed: 1 day sick, 1 day travel",
        "Withdrawn: nothing",
        "2 proposals to confirm or refuse",
    ]
    WhoopRecovery.objects.filter(date=LAST).delete()
    assert command("--days", "1")[:2] == ["Proposed: nothing", "Withdrawn: 1 day sick"]


def command(*options: str) -> list[str]:
    out = io.StringIO()
    call_command("propose_day_marks", *options, stdout=out)
    return out.getvalue().splitlines()
