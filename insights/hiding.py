"""To hide a finding or a change hides what is one thing with it, everywhere: the page, Today, the API and the tools read only what is
visible."""

from __future__ import annotations

from collections.abc import Iterable

from insights.change_groups import change_groups
from insights.groups import are_one_thing, groups_of
from insights.models import Finding, InsightRun, MetricChange
from insights.states import State


def together_with(one: Finding | MetricChange) -> list[int]:
    """Return the ids of a finding or a change and of those that are hidden, or shown, as one thing with it."""
    return changes_with(one) if isinstance(one, MetricChange) else findings_with(one)


def changes_with(change: MetricChange) -> list[int]:
    alike = MetricChange.objects.shown().filter(hidden_at__isnull=change.hidden_at is None)
    for group in change_groups(alike):
        if change.pk in (together := [one.pk for one in (group.told, *group.others)]):
            return together
    return [change.pk]


def findings_with(finding: Finding) -> list[int]:
    if finding.state == State.WITHDRAWN:
        return [finding.pk]
    alike = Finding.objects.shown().filter(hidden_at__isnull=finding.hidden_at is None)
    for group in groups_of(alike):
        if finding.pk in (together := [one.pk for one in (group.strongest, *group.others)]):
            return together
    return [finding.pk]


def hide_with_hidden(run: InsightRun) -> int:
    """Hide what a look has confirmed and what is one thing with something that was hidden before; return how many."""
    hidden = list(Finding.objects.shown().filter(hidden_at__isnull=False))
    confirmed = (
        Finding.objects.shown().visible().filter(tests__run=run, tests__state=State.CONFIRMED)
    )
    found = [one.pk for one in confirmed if is_one_of(one, hidden)] if hidden else []
    # When the look began: who hides one later has seen it.
    return Finding.objects.filter(pk__in=found).hide(run.started_at)


def is_one_of(one: Finding, others: Iterable[Finding]) -> bool:
    shared: dict[str, frozenset[str]] = {}
    return any(are_one_thing(one, other, shared) for other in others)
