"""Experiments of the person whose life the demo shows: one that has ended, with a truth that was planted in its records, and
one that runs."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from django.db import transaction
from django.utils import timezone

from experiments.acts import finish
from experiments.design import DAYS_BEFORE, Arm, arms_by_day
from experiments.models import Experiment, State
from experiments.reckoning import power_before
from journal.models import Answer, Behaviour
from lifetracker.sandbox.habits import ALCOHOL
from own_metrics.models import OwnMetric, OwnValue

MADE_UP = "demo "
WALK, ENERGY = "Walk at lunch", "Energy in the afternoon"
#: The truth: by how many points a walk lifts the energy of its day, which differs by one or so anyway.
LIFTS, USUAL = 1.5, 6.0
#: So long ago the one has ended, and the other begun.
ENDED_AGO, BEGUN_AGO = timedelta(days=12), timedelta(days=20)
COIN = 11


@transaction.atomic
def add_example_experiments(today: date) -> int:
    """Store both where there was never any, and return how many were added."""
    if Experiment.objects.exists():
        return 0
    found = [walks(today)]
    alcohol = Behaviour.objects.live().filter(name=ALCOHOL, merged_into=None).first()
    if alcohol:
        found.append(evenings(today, alcohol))
    return len(found)


def walks(today: date) -> Experiment:
    """Add the one that has ended, with the answers and values behind it."""
    walk = Behaviour.objects.create(name=WALK, archived_at=timezone.now())
    energy = OwnMetric.objects.create(name=ENERGY, unit="points", better="higher")
    one = Experiment(
        question="Does a walk at lunch lift my energy in the afternoon?",
        try_words="walk for half an hour",
        usual_words="eat at the desk",
        action=f"journal.{walk.pk}",
        try_at_least=1,
        usual_below=1,
        outcome=f"own.{energy.pk}",
        pairs=15,
        block_days=2,
        washout_days=0,
        seed=COIN,
    )
    one.start = today - ENDED_AGO - timedelta(days=one.design.days)
    live(one, one.start, walk, energy)
    begun(one, one.start)
    finish(one)
    return one


def live(one: Experiment, start: date, walk: Behaviour, energy: OwnMetric) -> None:
    """Store what she answered and measured. She does not always do what the coin says, and sometimes forgets to answer."""
    arms = arms_by_day(one.design, one.seed)
    answers, values = [], []
    for at in range(-DAYS_BEFORE, len(arms)):
        day = start + timedelta(days=at)
        chance = Random(f"{COIN}/{day}")  # noqa: S311 - to be the same again
        wanted = at >= 0 and arms[at] is Arm.A
        walked = wanted if chance.random() < 0.92 else not wanted
        felt = chance.gauss(USUAL + (LIFTS if walked else 0.0), 1.0)
        if at >= 0 and chance.random() < 0.93:
            answers.append(Answer(behaviour=walk, date=day, value=float(walked)))
            answers[-1].source_id = f"{MADE_UP}{WALK} {day}"
        if chance.random() < 0.95:
            values.append(OwnValue(metric=energy, date=day, value=min(max(round(felt), 1), 10)))
            values[-1].source_id = f"{MADE_UP}{ENERGY} {day}"
    Answer.objects.bulk_create(answers)
    OwnValue.objects.bulk_create(values)


def evenings(today: date, alcohol: Behaviour) -> Experiment:
    """Add the one that runs."""
    one = Experiment(
        question="Do evenings without alcohol lift my recovery?",
        try_words="no alcohol",
        usual_words="as I like",
        action=f"journal.{alcohol.pk}",
        try_below=1,
        outcome="whoop.recovery_score",
        secondary=["whoop.hrv", "whoop.sleep_efficiency"],
        worth=5,
        seed=COIN,
    )
    begun(one, today - BEGUN_AGO)
    return one


def begun(one: Experiment, start: date) -> None:
    one.full_clean()
    one.start, one.state = start, State.RUNNING
    one.power = power_before(one, start)
    one.save()
