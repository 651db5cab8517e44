"""The metrics of behaviours: yes as 1 and no as 0, amounts, and 1 to 5. Their mean of a week is that of its answered days."""

from __future__ import annotations

import re
from functools import partial

from django.db.models import Avg, Q, QuerySet

from journal.models import HIGHEST, LOWEST, NO, YES, Answer, Behaviour
from lifetracker.metrics.declaration import Family, Grouped, Metric, Role, Step
from lifetracker.metrics.registry import register_family

PREFIX = "journal."
KEY = re.compile(r"journal\.(\d{1,18})")
KIND = Behaviour.Kind


def answers_of(wordings: tuple[int, ...]) -> QuerySet[Answer]:
    """Return the answer of each day that counts."""
    found: QuerySet[Answer] = Answer.objects.all().counted(wordings)
    return found


def key_of(pk: int) -> str:
    return f"{PREFIX}{pk}"


def metric_of(behaviour: Behaviour, wordings: tuple[int, ...]) -> Metric:
    """Return the metric of a behaviour, whose answers are given in these wordings."""
    bounds = {KIND.YES_NO: (NO, YES), KIND.SCALE: (LOWEST, HIGHEST), KIND.AMOUNT: (0, None)}
    return Metric(
        key=key_of(behaviour.pk),
        label=behaviour.name,
        unit=unit_of(behaviour),
        decimals=0 if behaviour.kind == KIND.YES_NO else 1,
        series=Grouped(rows=partial(answers_of, wordings), day=Avg("value")),
        model=Answer,
        additive=behaviour.kind != KIND.SCALE,
        # What one does, and how one is.
        role=Role.BOTH if behaviour.kind == KIND.SCALE else Role.ACTION,
        step=step_of(behaviour),
        smallest=0.1 if behaviour.kind == KIND.AMOUNT else 1.0,
        bounds=bounds[KIND(behaviour.kind)],
    )


def step_of(behaviour: Behaviour) -> Step | None:
    """Return the change by which its effects are told: one more; none of what is yes or no."""
    if behaviour.kind == KIND.YES_NO:
        return None
    if behaviour.kind == KIND.SCALE:
        return Step(1.0, "1 point higher")
    return Step(1.0, f"1 {behaviour.unit} more" if behaviour.unit else "1 more")


def unit_of(behaviour: Behaviour) -> str:
    return f"of {HIGHEST}" if behaviour.kind == KIND.SCALE else behaviour.unit


def members(only: int | None = None) -> list[Metric]:
    """Return the metrics of all behaviours, or of one or what that was merged into, by one statement: those that are still
    asked first."""
    rows = Behaviour.objects.live().defer("raw")
    if only is not None:
        counts = Q(pk=only) | Q(wordings=only)
        rows = rows.filter(counts | Q(merged_into=only) | Q(merged_into__wordings=only)).distinct()
    wordings: dict[int, list[int]] = {}
    own: list[Behaviour] = []
    for one in rows.order_by("position", "pk"):
        wordings.setdefault(one.merged_into_id or one.pk, []).append(one.pk)
        if one.merged_into_id is None:
            own.append(one)
    own.sort(key=lambda one: one.archived_at is not None)
    return [metric_of(one, tuple(sorted(wordings[one.pk]))) for one in own]


def find(key: str) -> Metric | None:
    """Return the metric of a behaviour; of one that was merged into another that of the other, under its key."""
    match = KEY.fullmatch(key)
    return next(iter(members(int(match[1]))), None) if match else None


def find_deleted(key: str) -> Metric | None:
    match = KEY.fullmatch(key)
    rows = Behaviour.objects.filter(deleted_at__isnull=False).defer("raw")
    one = rows.filter(pk=int(match[1])).first() if match else None
    return metric_of(one, (one.pk,)) if one else None


register_family(Family(prefix=PREFIX, members=members, find=find, find_deleted=find_deleted))
