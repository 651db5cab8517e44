"""The same behaviour in two wordings: merged into one, and taken apart again. Answers stay where they are, and what is planned
by the key of a metric, such as a goal, keeps that: whoever reads it finds the metric of what counts (`metrics.find`)."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction

from journal.metrics import key_of
from journal.models import Behaviour


def refusal_of_merging(one: Behaviour, into: Behaviour) -> str:
    """Return why the answers of one behaviour cannot count for another; "" if they can."""
    if one.pk == into.pk:
        return "A behaviour cannot be merged into itself."
    if into.deleted_at or into.merged_into_id:
        return "There is no such behaviour, or it was merged into another. Choose that one."
    if (one.kind, one.unit) != (into.kind, into.unit):
        return f"{one} and {into} have different answers. Only those with the same answers and unit can be merged."
    return ""


@transaction.atomic
def merge(one: Behaviour, into: Behaviour) -> list[int]:
    """Let the answers of a behaviour, and of what was merged into it, count for another one. Return the ids of all that
    were moved, for `take_apart`. Raises ValidationError."""
    if reason := refusal_of_merging(one, into):
        raise ValidationError({"merged_into": reason})
    moved = [one, *one.wordings.all()]
    for wording in moved:
        wording.merged_into = into
        wording.save()
    return [wording.pk for wording in moved]


@transaction.atomic
def take_apart(one: Behaviour, with_wordings: list[int]) -> None:
    """Let a behaviour stand for itself again, and those of its former wordings that are named count for it."""
    if into := one.merged_into:
        one.merged_into = None
        one.save()
        for wording in Behaviour.objects.filter(pk__in=with_wordings, merged_into=into):
            wording.merged_into = one
            wording.save()


def counts_for() -> dict[str, str]:
    """Return by the key of each behaviour that is merged into another the key of that other."""
    rows = Behaviour.objects.filter(merged_into__isnull=False).values_list("pk", "merged_into")
    return {key_of(pk): key_of(into) for pk, into in rows}
