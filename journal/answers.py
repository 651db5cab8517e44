"""What gives answers: quick entry, the API and imports."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max

from journal.models import Behaviour, folded_name, plain_name
from lifetracker.models import MANUAL

LONGEST_NAME = 200


@transaction.atomic
def behaviour_named(name: str, kind: str, unit: str = "", source: str = MANUAL) -> Behaviour:
    """Return the behaviour that answers under this name count for: of a wording that was merged into another, that other
    one. One that was deleted comes back, and one that is not there is added after the others. Of a name that has answers
    of another kind there is a second one, which says its kind behind the name."""
    wanted = plain_name(name)[:LONGEST_NAME]
    found = _stored(wanted)
    if found is not None and found.kind != kind:
        # 25 characters are the longest of these endings.
        wanted = f"{wanted[: LONGEST_NAME - 25]} ({Behaviour.Kind(kind).label.lower()})"
        found = _stored(wanted)
    if found is None:
        return add_behaviour(wanted, kind, unit, source)
    for one in filter(None, (found, found.merged_into)):
        if one.deleted_at:
            one.deleted_at = None
            one.save()
    return found.merged_into or found


def _stored(name: str) -> Behaviour | None:
    """Return the live behaviour with a name, else the deleted one that was there last."""
    rows = Behaviour.objects.filter(folded_name=folded_name(name)).select_related("merged_into")
    return rows.live().first() or rows.order_by("-deleted_at", "-pk").first()


def add_behaviour(name: str, kind: str, unit: str = "", source: str = MANUAL) -> Behaviour:
    """Store a behaviour after the others. Raises ValidationError for one that cannot be."""
    found = Behaviour(name=name, kind=kind, unit=unit, source=source, position=next_position())
    found.full_clean(exclude=["folded_name"])
    found.save()
    return found


def next_position() -> int:
    """Return the place after all behaviours."""
    last: int | None = Behaviour.objects.live().aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1
