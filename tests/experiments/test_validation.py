"""What an experiment may be, and in which words it is refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from experiments.acts import warnings_of
from experiments.models import HAS_BEGUN, Experiment
from experiments.rules import Span, overlap
from experiments.validation import problems_of_outcome
from insights.pairs import OUTCOMES
from lifetracker.metrics.registry import all_metrics, are_related, lineage_of, metrics
from tests import makers

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def problems(**fields: Any) -> dict[str, list[str]]:
    """Return what speaks against the experiment of `makers` with these fields."""
    one = makers.experiment()
    for name, value in fields.items():
        setattr(one, name, value)
    try:
        one.full_clean()
    except ValidationError as error:
        return error.message_dict
    return {}


def test_a_plan_that_can_be_carried_out() -> None:
    assert problems() == {}
    assert problems(action="", try_at_least=None, usual_below=None) == {}, "nothing needs to judge"


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"pairs": 5}, "pairs", "at least 6 pairs"),
        ({"pairs": 21}, "pairs", "at most 20"),
        ({"block_days": 8}, "block_days", "1 to 7"),
        ({"washout_days": 3}, "washout_days", "at least one day"),
        ({"outcome": "whoop.nothing"}, "outcome", "There is no metric"),
        ({"action": "whoop.nothing"}, "action", "There is no metric"),
        ({"outcome": "whoop.bedtime"}, "outcome", "time of day"),
        ({"outcome": "fasting.longest"}, "outcome", "same records"),
        ({"outcome": "fasting.fasted_16_hours"}, "outcome", "same records"),
        ({"outcome_lag": 0}, "outcome_lag", "before you do what the day asks for"),
        ({"worth": 0}, "worth", "above 0"),
        ({"worth": -3}, "worth", "above 0"),
        ({"worth": 0.00001}, "worth", "above 0"),
        ({"usual_words": " Fast for  17 hours"}, "usual_words", "are the same"),
        ({"try_at_least": None, "usual_below": None}, "action", "counts as kept"),
        ({"action": ""}, "try_at_least", "Choose by which metric"),
        ({"try_below": 10}, "try_below", "higher value"),
        ({"usual_below": 18}, "usual_below", "of A and of B"),
        ({"try_at_least": -5}, "try_at_least", "Longest fast is never below 0 h."),
        ({"usual_below": -1}, "usual_below", "never below 0 h."),
        (
            {"action": "whoop.sleep_efficiency", "outcome": "weight.kg", "try_at_least": 101},
            "try_at_least",
            "never above 100 %.",
        ),
        (
            {"action": "whoop.bedtime", "try_at_least": 25, "usual_below": None},
            "try_at_least",
            "Bedtime is never above 24:00.",
        ),
        ({"secondary": ["whoop.hrv"]}, "secondary", "once"),
        ({"secondary": ["nothing"]}, "secondary", "There is no metric"),
        ({"secondary": ["fasting.longest"]}, "secondary", "same records"),
        ({"secondary": "whoop.hrv"}, "secondary", "as a list"),
    ],
)
def test_what_is_refused(fields: dict[str, Any], field: str, words: str) -> None:
    found = problems(**fields)
    assert words in " ".join(found.get(field, [])), found


def test_an_outcome_that_is_computed_from_the_action_is_refused() -> None:
    """HRV is a part of recovery, and recovery of what follows from it, in both directions."""
    hrv = {"action": "whoop.hrv", "try_at_least": 50.0, "usual_below": 50.0}
    assert "outcome" in problems(**hrv, outcome="whoop.recovery_score")
    recovery = {"action": "whoop.recovery_score", "try_at_least": 50.0, "usual_below": 50.0}
    assert "outcome" in problems(**recovery, outcome="whoop.hrv")
    assert problems(**hrv, outcome="whoop.strain", outcome_lag=1) == {}


MANY_DAYS = {
    *("whoop.hrv_variation", "whoop.sleep_debt", "whoop.sleep_debt_by_whoop"),
    *("whoop.sleep_regularity", "whoop.social_jet_lag", "weight.trend"),
    *("workouts.acute_load", "workouts.chronic_load", "workouts.load_change"),
    *("workouts.monotony", "workouts.strain_index"),
    *("nutrition.expenditure", "nutrition.expenditure_band"),
}


def test_no_metric_that_is_made_of_many_days_is_an_outcome() -> None:
    """Neither the one that decides nor one beside it. What is yes or no of a day is made of that day alone."""
    refused = {
        field: {one.key for one in all_metrics() if "many days" in said(field, one.key)}
        for field in ("outcome", "secondary")
    }
    assert refused == {"outcome": MANY_DAYS, "secondary": MANY_DAYS}


def said(field: str, key: str) -> str:
    """Return what speaks against a metric as the outcome, or beside it."""
    found = problems(**{field: key if field == "outcome" else [key]}, outcome_lag=1)
    return " ".join(found.get(field, []))


def test_what_is_smoothed_names_what_it_is_made_of() -> None:
    assert said("outcome", "weight.trend") == (
        "Weight trend is made of many days, so that days of A and of B are mixed in it. Choose Weight."
    )
    assert said("outcome", "workouts.monotony").endswith("Choose Training load.")
    assert said("outcome", "whoop.sleep_regularity").endswith("Choose another outcome.")


def test_an_insight_leads_to_no_outcome_that_is_refused() -> None:
    """Insights test outcomes of a day alone."""
    tested = {one.key for one in all_metrics() if one.role in OUTCOMES}
    assert "whoop.hrv" in tested
    assert not tested & MANY_DAYS


@pytest.mark.parametrize("one", [*metrics], ids=str)
def test_what_insights_never_test_for_its_records_is_refused_too(one: str) -> None:
    """A property of all that are registered, whichever of the two is tried."""
    own = lineage_of(metrics[one])
    for key, other in metrics.items():
        said = [each.text for each in problems_of_outcome("outcome", other, metrics[one])]
        is_refused = any("computed from the same records" in text for text in said)
        is_same = metrics[one].amount_of and metrics[one].amount_of == other.amount_of
        assert is_refused is bool(own & lineage_of(other) or is_same), key
        assert is_refused is are_related(other, metrics[one]), key


@pytest.mark.parametrize(
    ("one", "other", "is_refused"),
    [
        ("fasting.longest", "fasting.hours", True),
        ("fasting.fasted_16_hours", "fasting.hours", True),
        ("fasting.longest", "fasting.eating_window", True),
        ("fasting.hours", "fasting.eating_window", True),
        ("nutrition.eating_window", "fasting.eating_window", True),
        ("nutrition.kcal", "apple_health.dietary_energy", True),
        ("nutrition.protein", "apple_health.dietary_energy", True),
        ("apple_health.protein", "apple_health.dietary_energy", True),
        ("nutrition.fibre", "apple_health.fiber", True),
        ("whoop.steps", "apple_health.steps", True),
        ("whoop.sleep_hours", "apple_health.asleep_hours", True),
        ("whoop.sleep_with_naps", "apple_health.asleep_hours", True),
        ("whoop.hrv", "apple_health.hrv_sdnn", True),
        ("whoop.resting_heart_rate", "apple_health.resting_heart_rate", True),
        ("nutrition.sugar", "nutrition.salt", False),
        ("nutrition.fibre", "nutrition.kcal", False),
        ("fasting.longest", "whoop.hrv", False),
        ("whoop.steps", "whoop.hrv", False),
    ],
)
def test_the_same_of_another_kind_or_source(one: str, other: str, is_refused: bool) -> None:
    for action, outcome in ((one, other), (other, one)):
        said = [*problems_of_outcome("outcome", metrics[outcome], metrics[action])]
        assert bool(said) is is_refused, (action, outcome)


def test_what_has_begun_stays_as_it_was_planned() -> None:
    one = makers.experiment(state="running", start=date(2026, 9, 1))
    one = Experiment.objects.get(pk=one.pk)
    one.notes, one.question = "A cold week.", "Another wording?"
    one.full_clean()
    one.pairs, one.outcome = 12, "whoop.strain"
    with pytest.raises(ValidationError) as refused:
        one.full_clean()
    assert refused.value.message_dict == {"pairs": [HAS_BEGUN], "outcome": [HAS_BEGUN]}


def test_the_outcome_is_that_of_the_next_day_for_what_is_known_on_waking() -> None:
    assert makers.experiment().outcome_lag == 1
    assert makers.experiment(outcome="whoop.strain").outcome_lag == 0


BEDTIME = {"action": "whoop.bedtime", "try_at_least": None, "try_below": 23.0, "usual_below": None}


def test_the_outcome_is_not_that_of_the_day_before_the_act() -> None:
    """The bed of a day is that of the night after it."""
    assert makers.experiment(**BEDTIME, outcome="whoop.strain").outcome_lag == 1
    found = problems(**BEDTIME, outcome="whoop.strain", outcome_lag=0)
    assert "Bedtime tells of the night after the day" in found["outcome_lag"][0]
    assert problems(**BEDTIME, outcome="whoop.strain", outcome_lag=1) == {}
    assert problems(**BEDTIME, outcome="whoop.hrv", outcome_lag=1) == {}


def test_one_that_reads_its_outcome_too_early_is_warned_about() -> None:
    assert not makers.experiment(outcome="whoop.strain", outcome_lag=0).reads_too_early
    one = makers.experiment(**BEDTIME, outcome="whoop.strain", outcome_lag=0)
    assert one.reads_too_early
    assert "before what the day asks for" in warnings_of(one)[0]


@pytest.mark.parametrize(
    ("span", "value", "is_clock", "holds"),
    [
        (Span(17, None), 17, False, True),
        (Span(17, None), 16.9, False, False),
        (Span(None, 17), 17, False, False),
        (Span(None, 17), 0, False, True),
        (Span(10, 12), 11, False, True),
        (Span(17, None), None, False, None),
        (Span(None, None), 5, False, None),
        # In bed before 23:00, and at or after midnight: the night is one piece.
        (Span(None, 23), 22.5, True, True),
        (Span(None, 23), 0.5, True, False),
        (Span(0, None), 0.5, True, True),
        (Span(0, None), 23.5, True, False),
        (Span(23, 1), 0.5, True, True),
        (Span(23, 1), 1.5, True, False),
    ],
)
def test_a_rule(span: Span, value: float | None, is_clock: bool, holds: bool | None) -> None:
    assert span.holds(value, is_clock=is_clock) is holds


def test_rules_that_touch_do_not_overlap() -> None:
    assert not overlap(Span(17, None), Span(None, 17), is_clock=False)
    assert overlap(Span(17, None), Span(None, 17.1), is_clock=False)
    assert not overlap(Span(17, None), Span(None, None), is_clock=False)
    assert not overlap(Span(None, 23), Span(0, None), is_clock=True)


def test_words_are_one_line_each() -> None:
    """They stand in titles, sentences and subjects of mails."""
    lines = {
        "question": "Does it\r\nBcc: me",
        "try_words": " tea\n\n at\tnight ",
        "usual_words": "none",
    }
    one = makers.experiment(**lines)
    one.refresh_from_db()
    assert (one.question, one.try_words, one.usual_words) == (
        "Does it Bcc: me",
        "tea at night",
        "none",
    )
