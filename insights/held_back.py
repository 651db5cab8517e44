"""What insights leave out while an experiment runs: what goes together with something that it tries. To see that before the end
would be a look at the outcome, and one might stop at a lucky moment."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from django.apps import apps

from experiments.models import Experiment
from journal.merging import counts_for
from journal.metrics import PREFIX
from lifetracker.metrics.declaration import Role
from lifetracker.metrics.registry import are_related, lineage_of, metrics
from lifetracker.web.sentences import isolated
from lifetracker.words import joined


@cache
def related_actions() -> dict[str, frozenset[str]]:
    """Return by the key of each declared action the keys of those that share records with it or measure the same, with its
    own."""
    acts = [one for one in metrics.values() if one.role in {Role.ACTION, Role.BOTH}]
    parts = {one.key: lineage_of(one) for one in acts}
    return {
        one.key: frozenset(other.key for other in acts if are_related(one, other, parts))
        for one in acts
    }


def trials() -> list[Experiment]:
    """Return the experiments that run and are judged by a metric, by one statement."""
    running = Experiment.objects.running().exclude(action="").order_by("pk")
    return list(running.only("question", "action"))


def tried_actions(trials: Iterable[Experiment]) -> set[str]:
    """Return the keys of the actions that experiments try, of all wordings that count for the same, of what shares records
    with them, such as minutes and load of workouts, and of what goes along with any of these, such as strain. Whatever the
    outcome, because outcomes share measurements too, such as HRV and recovery."""
    planned = {one.action for one in trials}
    into = counts_for() if any(key.startswith(PREFIX) for key in planned) else {}
    tried = {into.get(key, key) for key in planned}
    tried |= {key for key, other in into.items() if other in tried}
    tried = tried.union(*(related_actions().get(key, ()) for key in tried))
    alongside = collinear() if tried else {}
    return tried.union(*(alongside.get(key, ()) for key in tried))


def collinear() -> dict[str, list[str]]:
    """Return by action those that the newest look could not tell from it, by one statement."""
    looks = apps.get_model("insights", "InsightRun")._default_manager
    return looks.values_list("collinear", flat=True).first() or {}


def held_words(trials: list[Experiment]) -> str:
    """Return what is left out at present, whether or not there is anything of the kind; empty where no experiment runs."""
    if not trials:
        return ""
    questions = joined([f"“{isolated(one.question)}”" for one in trials])
    runs, it_tries = ("runs", "it tries") if len(trials) == 1 else ("run", "they try")
    return (
        f"While {questions} {runs}, what {it_tries} is left out here, whatever your days show: to see it now would be a look at "
        "the outcome before the end."
    )
