"""Plans follow the behaviours that they are about: into another one when these are merged, and back when they are taken
apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from experiments.models import Experiment, State
from lifetracker.web.sentences import isolated

#: The fields that hold keys of metrics; the outcome before those that are looked at beside it.
FIELDS = ("action", "outcome", "secondary")


def follow(counts_for: Mapping[str, str]) -> None:
    """Let all plans be about what their behaviours count for: by their keys, of those that are merged into another. Within the
    transaction of the caller. Raises ValidationError where one that runs would be about one behaviour alone."""
    for one in Experiment.objects.select_for_update().order_by("pk"):
        changed = [name for name in FIELDS if follow_in(one, name, counts_for)]
        if not changed:
            continue
        if one.state == State.RUNNING and one.deleted_at is None and one.action == one.outcome:
            raise ValidationError(
                f"“{isolated(one.question)}” runs, tries the one and measures the other. Merge them when it has ended, or stop it."
            )
        one.save(update_fields=[*changed, "before_merging", "updated_at"])


def follow_in(one: Experiment, name: str, counts_for: Mapping[str, str]) -> bool:
    """Set a field to what its keys of before any merging count for. Return whether that changes it."""
    now = getattr(one, name)
    planned, followed = one.before_merging.get(name, (now, now))
    if followed != now:
        # Its owner chose another metric since.
        planned = now
    new = counted(planned, counts_for, one.outcome)
    if new == now:
        return False
    setattr(one, name, new)
    one.before_merging.pop(name, None)
    if new != planned:
        one.before_merging[name] = [planned, new]
    return True


def counted(planned: Any, counts_for: Mapping[str, str], outcome: str) -> Any:
    """Return what a key counts for, or each of several, which are then looked at once and not beside themselves."""
    if isinstance(planned, str):
        return counts_for.get(planned, planned)
    if not counts_for.keys() & {*planned} and outcome not in planned:
        return planned
    keys = (counts_for.get(key, key) for key in planned)
    return [key for key in dict.fromkeys(keys) if key != outcome]
