"""What insights do not tell before its end: what goes with something that an experiment tries. Who looks at it while the
experiment runs looks at half of its outcome, and may stop at a lucky moment."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from experiments.models import Experiment
from journal.merging import counts_for
from journal.metrics import PREFIX
from lifetracker.metrics.declaration import Role
from lifetracker.metrics.registry import are_related, lineage_of, metrics
from lifetracker.web.sentences import isolated
from lifetracker.words import joined


@cache
def families() -> dict[tuple[str, ...], list[str]]:
    """Return the declared actions by those that share records with them or measure the same, themselves included."""
    acts = [one for one in metrics.values() if one.role in {Role.ACTION, Role.BOTH}]
    parts = {one.key: lineage_of(one) for one in acts}
    found: dict[tuple[str, ...], list[str]] = {}
    for one in acts:
        kin = tuple(other.key for other in acts if are_related(one, other, parts))
        if len(kin) > 1:
            found.setdefault(kin, []).append(one.key)
    return found


def trials() -> list[Experiment]:
    """Return the experiments that run and are judged by a metric, by one statement."""
    running = Experiment.objects.running().exclude(action="").order_by("pk")
    return list(running.only("question", "action"))


def tried_actions(trials: Iterable[Experiment]) -> set[str]:
    """Return the keys of the actions that experiments try, of all wordings that count for the same, and of what shares records
    with them, such as minutes and load of workouts. Whatever the outcome, because outcomes share measurements too, such as HRV
    and recovery."""
    planned = {one.action for one in trials}
    into = counts_for() if any(key.startswith(PREFIX) for key in planned) else {}
    tried = {into.get(key, key) for key in planned}
    tried |= {key for key, other in into.items() if other in tried}
    return tried | {key for kin, keys in families().items() if tried & set(keys) for key in kin}


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
