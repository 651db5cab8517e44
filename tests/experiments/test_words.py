"""What is said of experiments, word for word."""

from __future__ import annotations

from datetime import timedelta

import pytest

from experiments.acts import warnings_of
from experiments.models import Experiment
from experiments.notices import arms_of_today
from experiments.power_words import carry_words, caution_words, power_words
from experiments.result_words import range_words, result_words
from experiments.review import line_of
from experiments.words import amount, progress_sentence, tomorrow_words
from lifetracker.days import ONE_DAY, midnight
from lifetracker.web.sentences import isolated
from own_metrics.models import OwnMetric
from tests.experiments.lives import START, planned, running
from tests.experiments.test_course import at

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.mark.parametrize(
    ("value", "key", "words"),
    [
        (9.4, "whoop.recovery_score", "9.4 points"),
        (4.2, "whoop.hrv", "4.2 ms"),
        (0.5, "whoop.strain", "0.5 points"),
        (250, "whoop.steps", "250"),
    ],
)
def test_a_difference_of_a_share_or_a_scale_is_one_of_points(
    value: float, key: str, words: str
) -> None:
    assert amount(-value, key) == words


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (1.8, 17.7, "1.8 to 17.7 ms higher"),
        (-4.0, -2.0, "2.0 to 4.0 ms lower"),
        (-0.3, 2.1, "0.3 ms lower to 2.1 ms higher"),
        (0.01, 2.1, "0.0 to 2.1 ms higher"),
        (-2.1, 0.0, "0.0 to 2.1 ms lower"),
        (-0.01, 0.01, "about 0.0 ms"),
    ],
)
def test_a_range_says_its_direction(low: float, high: float, words: str) -> None:
    assert range_words(low, high, "whoop.hrv") == words


def ended(reason: str, estimate: float, low: float, high: float, **fields: object) -> Experiment:
    effect = {"estimate": estimate, "low": low, "high": high, "known_pairs": 6}
    kept = {"a": {"kept": 10, "not_kept": 2}, "b": {"kept": 9, "not_kept": 0}}
    verdict = {"better": "keep", "worse": "drop", "too little": "drop"}.get(reason, "undecided")
    result = {"verdict": verdict, "reason": reason, "effect": effect, "smallest": 9.0, "kept": kept}
    return planned(state="ended", result=result, **fields)


@pytest.mark.parametrize(
    ("one", "begins", "ends"),
    [
        (
            ("better", 9.4, 1.8, 17.7),
            "HRV was 9.4 ms higher on days of “fast for 17 hours” than on days of “eat as usual” (likely 1.8 to 17.7 ms higher).",
            "(likely 1.8 to 17.7 ms higher). Keep it: you wanted it higher, and chance alone seldom brings as much.",
        ),
        (
            ("perhaps too little", 9.4, 1.8, 17.7, 17.4),
            "HRV was 9.4 ms higher",
            "Not decided: you wanted it higher, and chance alone seldom brings as much, but it is perhaps less than the 17.4 ms that you asked for.",
        ),
        (
            ("better", 9.4, 1.8, 17.7, 1.5),
            "HRV was 9.4 ms higher",
            "Keep it: you wanted it higher by 1.5 ms or more, and the whole range reaches that.",
        ),
        (
            ("too little", -2.0, -5.0, 1.0, 30),
            "HRV was 2.0 ms lower",
            "Drop it: you wanted it higher by 30 ms or more. That asking it of you brings as much is very unlikely. Of the days that "
            "count and are known, you kept to A on 10 of 12 and to B on 9 of 9.",
        ),
        (
            ("too few days kept", -2.0, -5.0, 1.0, 30),
            "HRV was 2.0 ms lower",
            "Not decided: you wanted it higher by 30 ms or more. That asking it of you brings as much is very unlikely, but too many days were not kept to tell from this what doing it brings. Of the days that count and are known, you kept to "
            "A on 10 of 12 and to B on 9 of 9.",
        ),
        (
            ("worse", -4.0, -7.0, -1.0),
            "HRV was 4.0 ms lower",
            "Drop it: you wanted it higher, and it went the other way by more than chance alone usually brings.",
        ),
        (
            ("could be chance", 0.0, -2.0, 2.0),
            "HRV was the same on days of “fast for 17 hours” as on days of “eat as usual” (likely 2.0 ms lower to 2.0 ms higher).",
            "Not decided: chance alone could bring as much, so that this says neither yes nor no.",
        ),
    ],
)
def test_what_came_of_it(one: tuple[str, float, float, float], begins: str, ends: str) -> None:
    reason, estimate, low, high, *worth = one
    said = str(result_words(ended(reason, estimate, low, high, worth=worth[0] if worth else None)))
    assert said.startswith(begins)
    assert said.endswith(ends)


@pytest.mark.parametrize(
    ("name", "begins"),
    [("energy at noon", "Energy at noon"), ("pH of water", "pH of water"), ("7 hours", "7 hours")],
)
def test_it_begins_with_a_capital(name: str, begins: str) -> None:
    own = OwnMetric.objects.create(name=name)
    one = ended("better", 9.4, 1.8, 17.7, outcome=f"own.{own.pk}")
    assert str(result_words(one)).startswith(f"{begins} was 9.4 higher")


def test_more_pairs_are_advised_only_where_there_are_more() -> None:
    seen = {"smallest": 13.1, "spread": 8.0, "known": 120, "needed": 42}
    assert "Take more pairs" in caution_words(planned(worth=7), seen)
    most = planned(worth=7, pairs=20)
    assert "20 pairs are the most" in caution_words(most, seen)
    assert "Take more pairs" not in caution_words(most, seen)
    assert "it must be about 20.1 ms or more" in power_words(most, seen)
    assert caution_words(planned(), seen) == caution_words(planned(worth=14), seen) == ""
    unseen = seen | {"smallest": None}
    assert "20 pairs are the most" in power_words(most, unseen)
    assert "No value of HRV is known" in power_words(most, unseen | {"known": 0, "spread": None})
    assert "known on 9 of the last" in power_words(most, unseen | {"known": 9, "spread": None})
    assert "was the same on all" in power_words(most, unseen | {"spread": None})


def test_the_spread_of_days_is_told_as_one_standard_deviation() -> None:
    """What was kept before without it tells none."""
    seen = {"smallest": 13.1, "spread": 9.0, "known": 120, "needed": 42}
    said = power_words(planned(), seen | {"deviation": 8.0})
    assert said.endswith(
        " A single day lies about 8.0 ms from what is usual (one standard deviation)."
    )
    assert power_words(planned(), seen).endswith("will mostly stay undecided.")


SELDOM = {
    "smallest": 0.457,
    "spread": 0.3,
    "deviation": 0.3,
    "yes": 0.1,
    "known": 120,
    "needed": 42,
}


def test_of_yes_or_no_it_is_told_how_often_it_must_be_yes() -> None:
    own = OwnMetric.objects.create(name="Headache")
    one = planned(outcome=f"own.{own.pk}")
    assert power_words(one, SELDOM) == (
        "Only if Headache is yes on 56 of 100 days of A instead of 10, as in the last 120 days, or differs more, 6 pairs of 2 days are "
        "likely to notice it, in 4 of 5 cases. A smaller difference will mostly stay undecided."
    )
    one.worth = 0.2
    assert power_words(one, SELDOM).endswith(
        "To say that it is the 20 of 100 days that you ask for, it must be about 76 of 100 days."
    )
    assert "is the 20 of 100 days that you ask for: only one of about 46 of 100 days" in (
        caution_words(one, SELDOM)
    )
    one.worth = 0.6
    assert power_words(one, SELDOM).endswith("so often or so seldom is impossible.")
    less = planned(outcome=f"own.{own.pk}", better="lower")
    assert "is yes on 14 of 100 days of A instead of 60" in power_words(less, SELDOM | {"yes": 0.6})
    assert "too little room to become lower" in power_words(less, SELDOM | {"smallest": None})


def test_a_small_difference_keeps_its_digits() -> None:
    said = caution_words(planned(worth=0.0001), {"smallest": 2.0})
    assert "if the true difference is the 0.0001 ms that you ask for" in said
    assert "it would still mostly be missed" in said


@pytest.mark.parametrize(
    ("worth", "says"),
    [
        (
            5,
            "This will most likely end undecided if the true difference is the 5 ms that you ask for",
        ),
        (12, "This may well end undecided if the true difference is the 12 ms that you ask for"),
        (15.3, ""),
        (None, ""),
    ],
)
def test_one_that_will_hardly_decide_anything_says_so(worth: float | None, says: str) -> None:
    seen = {"smallest": 15.3, "spread": 8.0, "known": 120, "needed": 42}
    said = caution_words(running(worth=worth), seen)
    noticed = "only one of about 15.3 ms or more is likely to be noticed, in 4 of 5 cases."
    assert said == (f"{says}: {noticed}" if says else "")


def test_more_pairs_are_not_advised_where_they_would_not_do() -> None:
    seen = {"smallest": 20.8, "spread": 18.0, "known": 120, "needed": 42}
    assert "With 20 pairs, which are the most" in caution_words(planned(worth=5.7, pairs=10), seen)
    assert "Take more pairs" in caution_words(planned(worth=12, pairs=10), seen)


def test_a_caution_needs_to_know_something() -> None:
    unseen = {"smallest": None, "spread": 8.0, "known": 60, "needed": 42}
    assert caution_words(planned(), unseen).startswith("This may well end undecided, however large")
    assert caution_words(planned(worth=5), unseen | {"known": 9, "spread": None}) == ""
    assert caution_words(planned(worth=5), {}) == ""


def test_tomorrow_is_told_up_to_the_last_day() -> None:
    one = running(block_days=2, seed=1)
    assert [one.arm_on(START + timedelta(days=at)) for at in range(3)] == ["a", "a", "b"]
    assert progress_sentence(one, START) == (
        "Today is a day of A: fast for 17 hours. Day 1 of 24, the first of 2 of its block. Tomorrow is a day of A, too."
    )
    assert progress_sentence(one, START + ONE_DAY).endswith(
        "the second of 2 of its block. Tomorrow is a day of B: eat as usual."
    )
    assert progress_sentence(one, START + timedelta(days=23)).endswith("It is the last day.")


def test_a_plan_without_days_between_blocks_is_cautioned() -> None:
    assert carry_words(planned()).startswith("No days are left out between blocks: what lasts")
    assert carry_words(planned(washout_days=1)) == ""


def test_words_that_turn_the_direction_turn_nothing_around_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An override ends with the isolate that it stands in."""
    at(monkeypatch, START)
    turned = "tea \N{RIGHT-TO-LEFT OVERRIDE}aet"
    one = running(try_words=turned, usual_words=turned, question=turned, block_days=1)
    (notice,) = arms_of_today(midnight(START))
    said = [
        progress_sentence(one, START),
        tomorrow_words(one, START),
        notice.title,
        notice.text,
        *warnings_of(planned(action="")),
        line_of(one).text,
    ]
    for text in said:
        assert 0 < text.count(turned) == text.count(isolated(turned)), text
