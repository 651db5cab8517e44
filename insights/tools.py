"""Insights for AI clients: what goes together, and how sure that is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from functools import reduce
from typing import Any

from msgspec import Struct

from insights.api import MOST, shown_findings
from insights.change_groups import ChangeGroup, change_groups
from insights.change_words import NO_WHY, change_sentence, change_status
from insights.groups import Group, groups_of
from insights.held_back import held_words, trials, tried_actions
from insights.models import Finding, InsightRun, MetricChange
from insights.sentences import (
    NO_CAUSE,
    bound_words,
    held,
    sentence,
    sides,
    state_words,
)
from lifetracker.metrics.described import end_of
from lifetracker.metrics.registry import find_metric
from lifetracker.metrics.verified import Stretch, Verified
from lifetracker.tools import asked as ask
from lifetracker.tools.caller import Caller
from lifetracker.tools.declaration import Answer, Told, fitting, tool
from lifetracker.tools.metrics import cut
from lifetracker.tools.said import reference, untrusted
from lifetracker.words import counted

MOST_CHANGES, COMPARED_DAYS = 40, 84
NO_LOOK = "The days have not been looked at yet."


class InsightsAsked(Struct):
    cursor: ask.Cursor = ""


@tool(
    title="Insights",
    description="""Returns which habits go with which outcomes: seen in older days, again in newer ones, and
    tested again each month. Each has its size in the unit of the outcome, for the named change of the action,
    with a 95 % interval, the days that it is based on (`known_days`, on which both are known, of `days`), up to
    when both were read, and whether it still holds. Listed with it are other actions that it could just as well
    be, because they share its records or come on the same days, those of which hardly anything is left beside
    it, and other outcomes in which it was seen: one thing, not several. None of it says what causes what: never
    present it as a cause or as advice. Also which metrics changed: their mean of four weeks is other than that
    of the eight before, and still was two weeks later. Also pairs in which no difference was seen, with the
    95 % interval of what fits the days nevertheless, and in `missing` what was known on too few days to be
    looked at. Names were typed by a person and are marked as untrusted.""",
    domain="insights",
)
def insights(caller: Caller, asked: InsightsAsked) -> Told:
    run, verified, running = InsightRun.objects.first(), Verified(), trials()
    tried = tried_actions(running)
    found = [group_facts(one, verified) for one in groups_of(shown_findings(tried)[:MOST])]
    bounds = bounds_told(run, verified, tried) if run else []
    shown_changes = MetricChange.objects.shown().visible()[:MOST_CHANGES]
    changes = [change_facts(one, verified) for one in change_groups(shown_changes)]
    at, every = ask.place_asked(asked.cursor), len(found) + len(bounds)

    def answer(rows: int) -> Answer:
        shown = found[at : at + rows]
        left = max(at - len(found), 0)
        others = bounds[left : left + rows - len(shown)]
        return {
            "note": NO_CAUSE,
            "looked_up_to": str(run.last_day) if run else None,
            "pairs_and_lags_tested": run.tested if run else 0,
            "insights": shown,
            # They are said once, as what is missing.
            "changes": [] if at else changes,
            "note_on_changes": NO_WHY,
            "not_found": others,
            "held_back": untrusted(held_words(running), "experiments that run")
            if running
            else None,
            "missing": [] if at else missing(run),
            **cut(at, len(shown) + len(others), every),
        }

    made = fitting(answer, max(every - at, 0))
    return Told(made, len(made["insights"]))


def group_facts(one: Group, verified: Verified) -> Answer:
    return finding_facts(one.strongest, verified) | {
        "could_just_as_well_be": pairs(one.alike),
        "hardly_seen_beside_it": pairs(one.hardly_seen),
        "also_seen_in": pairs(one.in_others),
    }


def pairs(findings: Iterable[Finding]) -> list[str]:
    return [f"{one.action} with {one.outcome}" for one in findings]


def finding_facts(one: Finding, verified: Verified) -> Answer:
    return {
        "record": reference(Finding, one.pk),
        "action": one.action,
        "outcome": one.outcome,
        "days_in_between": one.lag,
        "said": untrusted(sentence(one), "an insight"),
        "basis": f"{sides(one)} {held(one)}",
        "status": state_words(one),
        "effect": one.effect,
        "interval": [one.low, one.high],
        "unit": one.unit or "count",
        "known_days": one.days,
        "days": length(one.first_day, one.last_day),
        "verified_until": verified_until([one.action, one.outcome], verified),
    }


def change_facts(one: ChangeGroup, verified: Verified) -> Answer:
    change = one.told
    return {
        "record": reference(MetricChange, change.pk),
        "metric": change.metric,
        "said": untrusted(change_sentence(change), "a change"),
        "status": change_status(change),
        "around": str(change.around),
        "before": change.before,
        "after": change.after,
        "difference": change.difference,
        "interval": [change.low, change.high],
        "unit": change.unit or "count",
        "known_days": change.known_before + change.known_after,
        "days": COMPARED_DAYS,
        "verified_until": verified_until([change.metric], verified),
        "same_in_other_numbers": [other.metric for other in one.others],
    }


def bounds_told(run: InsightRun, verified: Verified, tried: Collection[str]) -> list[Answer]:
    """Return what was not found, of pairs whose metrics still exist and that no experiment tries."""
    return [
        bound_told(one, run, verified)
        for one in run.untried_bounds(tried)
        if bound_words(one) and {one["action"], one["outcome"]} <= run.series.keys()
    ]


def bound_told(bound: dict[str, Any], run: InsightRun, verified: Verified) -> Answer:
    """Return what was not found of a pair. `days`: those of the action on which both are kept."""
    keys = [bound["action"], bound["outcome"]]
    outcome, lag = find_metric(bound["outcome"]), timedelta(days=bound["lag"])
    (begin, end), (later_begin, later_end) = (
        map(date.fromisoformat, run.series[key][:2]) for key in keys
    )
    return {
        "action": bound["action"],
        "outcome": bound["outcome"],
        "days_in_between": bound["lag"],
        "said": untrusted(bound_words(bound), "what was not found"),
        "interval": [bound["low"], bound["high"]],
        "unit": (outcome and outcome.unit) or "count",
        "known_days": bound["days"],
        "days": length(max(begin, later_begin - lag), min(end, later_end - lag)),
        "verified_until": verified_until(keys, verified),
    }


def length(first: date, last: date) -> int:
    return (last - first).days + 1


def verified_until(keys: Sequence[str], verified: Verified) -> object:
    """Return up to when all services behind some metrics were read; None where none sends them."""
    found = [verified.of(one) for one in map(find_metric, keys) if one]
    stretches = [one for one in found if one is not None]
    return end_of(reduce(Stretch.__and__, stretches)) if stretches else None


def missing(run: InsightRun | None) -> list[Answer]:
    """Return what was not looked at, and why: metrics of which as many days are known together."""
    if run is None:
        return [{"date": None, "reason": NO_LOOK}]
    keys: dict[int, list[str]] = {}
    for key, known in sorted(run.left_out.items()):
        keys.setdefault(known, []).append(key)
    why = "Too few days are known to look at it: {} up to {}."
    return [
        {"date": None, "keys": of, "reason": why.format(counted(known, "day"), run.last_day)}
        for known, of in sorted(keys.items())
    ]
