"""`manage.py check` refuses metrics that cannot work."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lifetracker.metrics import registry
from lifetracker.metrics.checks import (
    check_declared,
    check_families,
    check_metrics,
    check_repeated,
)
from lifetracker.metrics.declaration import Computed, Family, Metric, Role, Step, Values
from lifetracker.metrics.registry import metrics

SLEEP = metrics["whoop.sleep_hours"]


def same(_first: object, *values: Values) -> Values:
    return values[0]


def computed(key: str, *inputs: str) -> Metric:
    series = Computed(inputs=inputs, compute=same, lookback=0)
    return Metric(key=key, label=key, unit="h", series=series, smallest=1.0, role=Role.CONTEXT)


def problems(*declared: Metric) -> list[tuple[str, str | None]]:
    found = list(check_declared({one.key: one for one in declared}))
    assert all(one.hint for one in found), "each says how to mend it"
    return [(str(one.obj), one.id) for one in found]


def test_what_is_declared_is_sound() -> None:
    assert check_metrics() == []
    assert len(metrics) > 30


def test_two_metrics_of_one_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "metrics", {SLEEP.key: SLEEP})
    monkeypatch.setattr(registry, "repeated", [])
    other = replace(SLEEP, label="Sleep by another name")
    registry.register_metrics(other, replace(SLEEP, key="whoop.other"))
    assert registry.metrics[SLEEP.key] is SLEEP
    assert "whoop.other" in registry.metrics
    assert [(one.obj, one.id) for one in check_repeated(registry.repeated)] == [
        ("whoop.sleep_hours", "lifetracker.E040")
    ]


@pytest.mark.parametrize(
    "key", ["sleep", "Whoop.sleep", "whoop.sleep hours", "whoop.", "whoop.a.b"]
)
def test_malformed_keys(key: str) -> None:
    assert problems(replace(SLEEP, key=key)) == [(key, "lifetracker.E041")]


def test_malformed_prefixes_of_families() -> None:
    one = Family(prefix="time.project-", members=list, find=lambda _: None)
    assert list(check_families([one])) == []
    wrong = check_families([replace(one, prefix="project-"), replace(one, prefix="Time.")])
    assert [(found.obj, found.id) for found in wrong] == [
        ("project-", "lifetracker.E041"),
        ("Time.", "lifetracker.E041"),
    ]


def test_unknown_inputs_parents_and_conditions() -> None:
    wrong = "lifetracker.E042"
    assert problems(computed("made.up", "no.such")) == [("made.up", wrong)]
    assert problems(replace(SLEEP, parents=("no.such",))) == [(SLEEP.key, wrong)]
    assert problems(replace(SLEEP, zero_where="no.such")) == [(SLEEP.key, wrong)]
    # A project's hours come with the data.
    assert problems(replace(SLEEP, parents=("time.project-7",))) == []


def test_times_of_the_day_are_not_added_up() -> None:
    both = replace(metrics["whoop.bedtime"], additive=True)
    assert problems(both) == [("whoop.bedtime", "lifetracker.E043")]


def test_circles() -> None:
    one, two = computed("made.one", "made.two"), computed("made.two", "made.three")
    three = computed("made.three", "made.one")
    # It only rests on the circle.
    four = computed("made.four", "made.one")
    wrong = "lifetracker.E044"
    keys = ("made.one", "made.two", "made.three")
    assert problems(one, two, three, four) == [(key, wrong) for key in keys]
    assert problems(computed("made.one", "made.one")) == [("made.one", wrong)]
    lonely = replace(SLEEP, zero_where=SLEEP.key)
    assert problems(lonely) == [(SLEEP.key, wrong)]
    assert problems(two, computed("made.three", "made.two")) != []
    assert problems(two, replace(SLEEP, key="made.three")) == []


def test_what_an_analysis_needs() -> None:
    without = replace(SLEEP, role=None)
    assert problems(without) == [(SLEEP.key, "lifetracker.E045")]
    assert problems(replace(SLEEP, step=None)) == [(SLEEP.key, "lifetracker.E046")]
    assert problems(replace(SLEEP, step=None, role=Role.OUTCOME)) == []
    assert problems(replace(SLEEP, step=None, bounds=(0, 1), decimals=0)) == [], "yes or no"
    assert problems(replace(SLEEP, smallest=0.0)) == [(SLEEP.key, "lifetracker.E047")]
    assert problems(replace(SLEEP, step=Step(-1.0, "1 hour less"))) == [
        (SLEEP.key, "lifetracker.E047")
    ]
