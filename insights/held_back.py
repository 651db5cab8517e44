"""What insights do not tell before its end: what goes with something that an experiment tries. Who looks at it while the
experiment runs looks at half of its outcome, and may stop at a lucky moment."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef

from experiments.models import Experiment
from lifetracker.web.sentences import isolated
from lifetracker.words import joined


def is_tried(action: str = "action") -> Exists:
    """Return whether an experiment that runs tries the action of a row. Whatever the outcome, because outcomes share
    measurements, such as HRV and recovery."""
    return Exists(Experiment.objects.running().filter(action=OuterRef(action)).exclude(action=""))


def trials() -> list[Experiment]:
    """Return the experiments that run and are judged by a metric, by one statement."""
    running = Experiment.objects.running().exclude(action="").order_by("pk")
    return list(running.only("question", "action"))


def untried(bounds: Iterable[dict[str, Any]], trials: Iterable[Experiment]) -> list[dict[str, Any]]:
    """Return what days could have shown of pairs whose action no experiment tries."""
    tried = {one.action for one in trials}
    return [one for one in bounds if one["action"] not in tried]


def held_words(trials: list[Experiment]) -> str:
    """Return what is not told at present, whether or not there is anything to tell; empty where no experiment runs."""
    if not trials:
        return ""
    questions = joined([f"“{isolated(one.question)}”" for one in trials])
    runs, it_tries = ("runs", "it tries") if len(trials) == 1 else ("run", "they try")
    return (
        f"While {questions} {runs}, what {it_tries} is left out here, whatever your days show: to see it now would be a look at "
        "the outcome before the end."
    )
