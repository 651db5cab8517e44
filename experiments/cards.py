"""The card of Today that says which arm the day has, of the experiments that run."""

from __future__ import annotations

from typing import NamedTuple

from django.urls import reverse

from experiments.models import Experiment, State
from experiments.words import ARM_LETTERS, day_of_days, tomorrow_words
from lifetracker.models.together import Few
from lifetracker.web.cards import Card, Place, Visit, register_card

NAME = "experiments"
#: What the arm of a day follows from, and the words for it.
READ = frozenset(
    {
        *("question", "try_words", "usual_words", "block_days", "washout_days", "pairs"),
        *("seed", "start", "stopped_on"),
    }
)


class ArmRow(NamedTuple):
    letter: str
    words: str
    question: str
    day: str
    #: What the day after asks for; empty on the page of a day that has been.
    tomorrow: str
    href: str


def begun(visit: Visit) -> Few:
    """Ask for the experiments that had begun by that day; of the day that has come, for those that run."""
    rows = Experiment.objects.live().filter(start__lte=visit.day)
    return Few(rows if visit.is_past else rows.filter(state=State.RUNNING), READ)


def arms_of_day(visit: Visit) -> list[ArmRow]:
    """Return the arm of the day of each experiment that runs, or ran on that day."""
    found = []
    for experiment in visit.few[NAME]:
        arm = experiment.arm_on(visit.day)
        was_stopped = experiment.stopped_on is not None and experiment.stopped_on <= visit.day
        if arm is not None and not was_stopped:
            found.append(
                ArmRow(
                    ARM_LETTERS[arm],
                    experiment.words_of(arm),
                    experiment.question,
                    day_of_days(experiment, visit.day),
                    "" if visit.is_past else tomorrow_words(experiment, visit.day),
                    reverse("experiment", args=[experiment.pk]),
                )
            )
    return found


register_card(
    Card(
        NAME,
        "experiments/card.html",
        arms_of_day,
        Place.WIDE,
        order=55,
        is_optional=True,
        few=begun,
    )
)
