from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.urls import reverse

from insights.held_back import trials, tried_actions
from insights.models import Finding, MetricChange
from insights.sentences import lower_first
from lifetracker.models.together import Few
from lifetracker.web.search import Asked, Finder, Named, SearchResult, by_name, register_finder


def address(kind: str, pk: int) -> str:
    """Return where the page of insights shows one: beside others, or where it hides what is the same in other numbers."""
    return f"{reverse('insights')}#{kind}-{pk}"


def findings(asked: Asked) -> Few:
    return Few(
        Finding.objects.shown().visible(), frozenset({"action", "action_name", "outcome_name"})
    )


def find_insights(asked: Asked, rows: list[Finding]) -> Iterator[SearchResult]:
    tried = tried_actions(trials()) if rows else ()
    yield from by_name(
        asked,
        (
            Named(
                (one.action_name, one.outcome_name),
                f"{one.action_name} and {lower_first(one.outcome_name)}",
                partial(address, "insight", one.pk),
            )
            for one in rows
            if one.action not in tried
        ),
    )


def changes(asked: Asked) -> Few:
    return Few(MetricChange.objects.shown().visible(), frozenset({"metric_name", "around"}))


def find_changes(asked: Asked, rows: list[MetricChange]) -> Iterator[SearchResult]:
    yield from by_name(
        asked,
        (
            Named(
                (one.metric_name,),
                one.metric_name,
                partial(address, "change", one.pk),
                f"around {one.around:%-d %b %Y}",
            )
            for one in rows
        ),
    )


register_finder(Finder("Insights", "insights by their metrics", 46, find_insights, findings))
register_finder(Finder("What changed", "what changed by its metric", 47, find_changes, changes))
