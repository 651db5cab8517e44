from __future__ import annotations

import pytest

from experiments.examples import LIFTS, add_example_experiments
from experiments.models import Experiment
from experiments.reading import days_of
from journal.models import Behaviour
from lifetracker.days import today
from tests import makers


@pytest.mark.django_db
def test_the_demo_has_one_that_finds_its_planted_truth_and_one_that_runs() -> None:
    makers.behaviour("Alcohol")
    assert add_example_experiments(today()) == 2
    ended = Experiment.objects.get(state="ended")
    effect = ended.result["effect"]
    assert ended.result["verdict"] == "keep"
    # Some walks were left out, so that a little less than the truth is seen as assigned.
    assert effect["low"] < LIFTS < effect["high"] + 0.5
    assert effect["low"] > 0
    assert ended.result["kept"]["a"]["kept"] > 20
    assert 0 < ended.result["kept"]["a"]["not_kept"] < 6
    assert ended.power["smallest"] < LIFTS
    running = Experiment.objects.get(state="running")
    assert running.result is None
    assert len(days_of(running)) == 60
    assert add_example_experiments(today()) == 0


@pytest.mark.django_db
def test_what_was_deleted_stays_so_and_without_the_behaviour_one_is_left_out() -> None:
    assert add_example_experiments(today()) == 1
    Experiment.objects.mark_deleted()
    assert add_example_experiments(today()) == 0
    assert Behaviour.objects.get().archived_at
