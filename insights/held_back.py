"""What insights do not tell before its end: what goes with something that an experiment tries. Who looks at it while the
experiment runs looks at half of its outcome, and may stop at a lucky moment."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from experiments.models import Experiment
from journal.merging import counts_for
from journal.metrics import PREFIX
from journal.models import Behaviour
from lifetracker.metrics.declaration import Role
from lifetracker.metrics.registry import are_related, lineage_of, metrics
from lifetracker.web.sentences import isolated
from lifetracker.words import joined


def is_tried(action: str = "action") -> Exists:
    """Return whether an experiment that runs tries the action of a row, or one that shares records with it, such as minutes
    and load of workouts. Whatever the outcome, because outcomes share measurements too, such as HRV and recovery."""
    about = ExpressionWrapper(OuterRef(action), output_field=CharField())
    is_it = Q(action=F("about")) | Q(Exists(wordings()))
    for kin, keys in families().items():
        is_it |= Q(about__in=keys, action__in=kin)
    return Exists(
        Experiment.objects.running().exclude(action="").annotate(about=about).filter(is_it)
    )


def wordings() -> QuerySet[Behaviour]:
    """Return the behaviours with the key `about` that count for that of the action: of what was found before they were merged."""
    own, other = (Concat(Value(PREFIX), Cast(one, CharField())) for one in ("pk", "merged_into_id"))
    rows: QuerySet[Behaviour] = Behaviour.objects.filter(merged_into__isnull=False)
    rows = rows.annotate(own_key=own, other_key=other)
    return rows.filter(own_key=OuterRef("about"), other_key=OuterRef("action"))


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


def untried(bounds: Iterable[dict[str, Any]], trials: Iterable[Experiment]) -> list[dict[str, Any]]:
    """Return what days could have shown of pairs whose action, or one that shares records with it, no experiment tries."""
    tried = {one.action for one in trials}
    if any(key.startswith(PREFIX) for key in tried):
        tried |= {own for own, other in counts_for().items() if other in tried}
    tried |= {key for kin, keys in families().items() if tried & set(keys) for key in kin}
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
