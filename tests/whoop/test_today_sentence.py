"""What Today says of a day: each rule on either side of its limits."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import pytest

from lifetracker.metrics.declaration import Metric
from lifetracker.metrics.series import Series
from lifetracker.metrics.statistics import Usual
from whoop import metrics
from whoop.nights import Night
from whoop.page_data import Reading
from whoop.sentences import NO_NIGHT, PENDING
from whoop.today_data import middle_half
from whoop.today_sentence import (
    SIDES,
    Facts,
    headline,
    night_words,
    strain_note,
    stretch,
    tell,
    why_no_strain,
)

TODAY = date(2026, 9, 16)
MOMENT = datetime(2026, 9, 16, 4, tzinfo=UTC)
UNKNOWN = Reading(None, None)


def reading(value: float, usual: float, deviation: float) -> Reading:
    return Reading(value, Usual(usual, usual - 1, usual + 1, deviation, 28))


CALM = {side.metric.key: reading(50.0, 50.0, 0.2) for side in SIDES}


def facts(**values: Any) -> Facts:
    """A yellow day on which nothing stands out; `values` replace what it would have."""
    made: dict[str, Any] = {
        "score": 60.0,
        "why_unknown": "",
        "is_calibrating": False,
        "asleep": 7.5,
        "need": 8.0,
        "vitals": CALM,
        "load": reading(10.0, 9.0, 0.5),
        "strain": (7.2, 11.8),
    }
    return Facts(**made | values)


def with_vital(metric: Metric, value: float, usual: float, deviation: float) -> dict[str, Reading]:
    return CALM | {metric.key: reading(value, usual, deviation)}


def numbers(of: Facts) -> str:
    return unescape(re.sub("<[^>]+>", "", tell(of).numbers)).replace("\xa0", " ")


# --- The headline ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("score", "band"), [(33.4, "Red"), (33.5, "Yellow"), (66.4, "Yellow"), (66.5, "Green")]
)
def test_the_band_comes_first(score: float, band: str) -> None:
    assert headline(facts(score=score)) == f"{band}, and nothing stands out."


@pytest.mark.parametrize("why", [PENDING, NO_NIGHT])
def test_without_a_score_it_says_why(why: str) -> None:
    assert headline(facts(score=None, why_unknown=why)) == why


def test_a_first_estimate_comes_before_all_others() -> None:
    told = tell(facts(is_calibrating=True, asleep=4.0))
    assert told.headline == "Yellow, by a first estimate."
    assert told.numbers.startswith("WHOOP is still getting to know you. You slept ")


@pytest.mark.parametrize(
    ("asleep", "words"),
    [(6.79, "Yellow, after a short night."), (6.8, "Yellow, and nothing stands out.")],
)
def test_a_night_is_short_below_85_percent_of_the_need(asleep: float, words: str) -> None:
    assert headline(facts(asleep=asleep)) == words


@pytest.mark.parametrize(("asleep", "need"), [(None, 8.0), (4.0, None), (None, None)])
def test_a_night_that_is_not_known_is_not_short(asleep: float | None, need: float | None) -> None:
    assert headline(facts(asleep=asleep, need=need)) == "Yellow, and nothing stands out."


@pytest.mark.parametrize(
    ("metric", "deviation", "words"),
    [
        (metrics.skin_temperature, 1.5, "your skin warmer"),
        (metrics.skin_temperature, -1.5, "your skin cooler"),
        (metrics.resting_heart_rate, 2.0, "your resting heart rate higher"),
        (metrics.resting_heart_rate, -2.0, "your resting heart rate lower"),
        (metrics.respiratory_rate, 2.0, "your respiratory rate higher"),
        (metrics.respiratory_rate, -2.0, "your respiratory rate lower"),
        (metrics.hrv, 2.0, "your heart rate variability higher"),
        (metrics.hrv, -2.0, "your heart rate variability lower"),
        (metrics.blood_oxygen, 2.0, "your blood oxygen higher"),
        (metrics.blood_oxygen, -2.0, "your blood oxygen lower"),
    ],
)
def test_a_vital_stands_out_from_one_and_a_half_deviations_on(
    metric: Metric, deviation: float, words: str
) -> None:
    vitals = with_vital(metric, 50 + deviation, 50.0, deviation)
    assert headline(facts(vitals=vitals)) == f"Yellow, with {words} than usual."
    nearer = with_vital(metric, 50.0, 50.0, deviation / abs(deviation) * 1.49)
    assert headline(facts(vitals=nearer)) == "Yellow, and nothing stands out."


def test_the_farthest_vital_is_told_and_of_equal_ones_the_first() -> None:
    hrv = reading(40.0, 60.0, -2.5)
    assert "variability lower" in headline(
        facts(vitals=with_vital(metrics.skin_temperature, 34.1, 33.5, 2.0) | {metrics.hrv.key: hrv})
    )
    assert "skin warmer" in headline(
        facts(vitals=with_vital(metrics.skin_temperature, 34.1, 33.5, 2.5) | {metrics.hrv.key: hrv})
    )


@pytest.mark.parametrize(
    ("load", "words"),
    [
        (reading(16.2, 10.1, 1.5), "Yellow, after a day of high strain."),
        (reading(14.0, 10.1, 1.49), "Yellow, and nothing stands out."),
        (reading(2.0, 10.1, -2.0), "Yellow, and nothing stands out."),
        (UNKNOWN, "Yellow, and nothing stands out."),
    ],
)
def test_the_load_of_the_day_before_is_a_reason_where_it_was_high(
    load: Reading, words: str
) -> None:
    assert headline(facts(load=load)) == words


def test_without_a_usual_nothing_is_said_to_be_usual() -> None:
    few = {side.metric.key: Reading(50.0, None) for side in SIDES}
    told = facts(vitals=few, load=UNKNOWN)
    assert headline(told) == "Yellow, with too little known to compare."
    assert "Your usual shows after 14 nights." in numbers(told)
    none = facts(vitals=dict.fromkeys(CALM, UNKNOWN), load=UNKNOWN)
    assert "Your usual" not in numbers(none)


# --- The numbers ----------------------------------------------------------------------------------


def test_two_numbers_and_a_third_and_the_strain_of_such_days() -> None:
    vitals = with_vital(metrics.skin_temperature, 34.1, 33.5, 1.9)
    assert numbers(facts(asleep=5.97, need=8.25, vitals=vitals)) == (
        "You slept 2 h 17 less than you needed, and your skin is 0.6 °C warmer than usual."
        " Heart rate variability is where it usually is."
        " On days like this your strain is mostly 7 to 12."
    )
    assert "<b>2 h 17 less</b>" in tell(facts(asleep=5.97, need=8.25)).numbers


def test_a_day_that_is_over_is_told_in_the_past() -> None:
    vitals = with_vital(metrics.skin_temperature, 34.1, 33.5, 1.9)
    told = numbers(facts(vitals=vitals, is_past=True))
    assert (
        "your skin was 0.6 °C warmer than usual. Heart rate variability was where it usually was."
        in told
    )


@pytest.mark.parametrize(
    ("asleep", "need", "words"),
    [
        (7.5, 8.0, "You slept 30 min less than you needed."),
        (8.5, 8.0, "You slept 30 min more than you needed."),
        (7.95, 8.0, "You slept 7 h 57, as long as you needed."),
        (7.5, None, "You slept 7 h 30."),
        (7.5, 0.0, "You slept 7 h 30."),
    ],
)
def test_sleep_against_need(asleep: float, need: float | None, words: str) -> None:
    assert numbers(facts(asleep=asleep, need=need)).startswith(words)


def test_a_vital_alone_begins_the_sentence() -> None:
    vitals = with_vital(metrics.blood_oxygen, 94.6, 96.0, -2.0)
    told = numbers(facts(asleep=None, vitals=vitals))
    assert told.startswith("Your blood oxygen is 1.4 points lower than usual.")


def test_a_difference_that_rounds_to_nothing_has_no_number() -> None:
    vitals = with_vital(metrics.resting_heart_rate, 50.3, 50.0, 1.6)
    assert "resting heart rate is" not in numbers(facts(vitals=vitals))


@pytest.mark.parametrize(
    ("deviation", "words"),
    [
        (1.2, "is a little above usual"),
        (-1.2, "is a little below usual"),
        (0.9, "is where it usually is"),
    ],
)
def test_the_third_number_compares(deviation: float, words: str) -> None:
    told = numbers(facts(vitals=with_vital(metrics.hrv, 60, 60, deviation)))
    assert f"Heart rate variability {words}." in told


def test_what_is_told_is_not_told_twice() -> None:
    told = numbers(facts(vitals=with_vital(metrics.hrv, 40.0, 60.0, -2.5)))
    assert "your heart rate variability is 20 ms lower than usual" in told
    assert "Resting heart rate is where it usually is." in told
    assert told.count("variability") == 1


def test_the_load_has_its_number_where_it_is_the_reason() -> None:
    load = reading(16.2, 10.1, 2.0)
    assert "The day before had a strain of 16.2, usually 10.1." in numbers(facts(load=load))
    assert "The day before" not in numbers(facts(load=load, asleep=4.0))
    assert "The day before" not in numbers(facts())


def test_nothing_known_says_nothing_more() -> None:
    nothing = dict.fromkeys(CALM, UNKNOWN)
    told = facts(score=None, why_unknown=NO_NIGHT, asleep=None, vitals=nothing, load=UNKNOWN)
    assert tell(told) == (NO_NIGHT, "")


@pytest.mark.parametrize(
    ("low", "high", "words"), [(7.2, 11.8, "7 to 12"), (8.6, 9.4, "about 9"), (0.0, 3.2, "0 to 3")]
)
def test_a_stretch_of_strain(low: float, high: float, words: str) -> None:
    assert stretch(low, high) == words
    assert numbers(facts(strain=(low, high))).endswith(f"your strain is mostly {words}.")


def test_without_a_band_or_enough_days_no_strain_is_told() -> None:
    assert "On days like this" not in numbers(facts(strain=None))
    assert "On days like this" not in numbers(facts(score=None, why_unknown=PENDING))


def test_the_middle_half_needs_eight_days() -> None:
    assert middle_half([float(n) for n in range(1, 8)]) is None
    assert middle_half([float(n) for n in range(1, 10)]) == (3.0, 7.0)


# --- The cards ------------------------------------------------------------------------------------


def night(**values: Any) -> Night:
    made = dict.fromkeys(Night._fields) | {"start": MOMENT, "end": MOMENT, "offset": 0}
    return Night(**made | values)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, ""),
        ({"debt": 26.0}, " 26 min of debt came into this night."),
        ({"debt": 90.0}, " 1 h 30 of debt came into this night."),
        ({"debt": 0.3}, " No debt came into this night."),
        ({"efficiency": 93.2, "consistency": 88.0}, " Efficiency 93 %, consistency 88 %."),
        ({"efficiency": 93.2}, " Efficiency 93 %."),
        ({"consistency": 88.0}, " Consistency 88 %."),
    ],
)
def test_the_words_of_a_night(values: dict[str, float], words: str) -> None:
    told = night_words(night(**values)).replace("\xa0", " ")
    assert told == f"The lines are what you needed.{words}"


def test_how_short_a_night_was() -> None:
    stages = {"deep": 60.0, "rem": 90.0, "light": 200.0}
    assert night(**stages, need=480.0).short_by == 130
    assert night(**stages, need=300.0).short_by == 0
    assert night(**stages).short_by == 0
    assert night(deep=60.0, rem=90.0, need=480.0).asleep is None
    assert night(deep=60.0, rem=90.0, need=480.0).short_by == 0


@pytest.mark.parametrize(
    ("usual", "steps", "words"),
    [
        ((7.2, 11.8), 1423.0, "Usual for yellow: 7 to 12. 1,423 steps."),
        ((7.2, 11.8), None, "Usual for yellow: 7 to 12."),
        (None, 1.0, "1 step."),
        (None, 0.0, "0 steps."),
        (None, None, ""),
    ],
)
def test_the_note_of_strain(
    usual: tuple[float, float] | None, steps: float | None, words: str
) -> None:
    assert strain_note("yellow", usual, steps) == words


@pytest.mark.parametrize(
    ("values", "today", "words"),
    [
        ({"so_far": {TODAY: None}}, TODAY, "WHOOP has not scored this day yet."),
        ({"recorded": frozenset({TODAY})}, TODAY, "Not known: WHOOP could not score this day."),
        ({}, TODAY, "Not known yet: no strain of today was read so far."),
        ({}, date(2026, 9, 20), "Not known: no strain was recorded."),
    ],
)
def test_why_no_strain_is_known(values: dict[str, Any], today: date, words: str) -> None:
    series = Series(metric=metrics.strain, first=TODAY, values=[None], **values)
    assert why_no_strain(series, TODAY, today) == words
