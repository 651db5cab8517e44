"""Insights for AI clients: what goes together, and how sure that is."""

from __future__ import annotations

from msgspec import Struct

from insights.api import MOST, shown_findings
from insights.groups import groups_of
from insights.models import Finding, InsightRun
from insights.sentences import NO_CAUSE, bound_words, held, sentence, sides, state_words
from lifetracker.tools.caller import Caller
from lifetracker.tools.declaration import Answer, Told, tool
from lifetracker.tools.said import reference, untrusted


class InsightsAsked(Struct):
    pass


@tool(
    title="Insights",
    description="""Returns which habits go with which outcomes: found on one part of the days, held on another, tested again
    each month. Each has its size in the unit of the outcome with a 95 % interval, the days that it is based on, and whether
    it still holds. What shares its records, or comes on the same days, is listed with it: one thing, not several. None of it says what causes what: never present it as a cause or as advice. Also what the days could have
    shown of other pairs, and did not. Names were typed by a person and are marked as untrusted.""",
    domain="insights",
)
def insights(caller: Caller, asked: InsightsAsked) -> Told:
    run = InsightRun.objects.first()
    found = [
        told(one.strongest)
        | {
            "same_in_other_numbers": [
                f"{other.action} with {other.outcome}" for other in one.others
            ]
        }
        for one in groups_of(shown_findings()[:MOST])
    ]
    bounds = (
        [untrusted(bound_words(one), "what was not found") for one in run.bounds] if run else []
    )
    answer: Answer = {
        "note": NO_CAUSE,
        "looked_up_to": str(run.last_day) if run else None,
        "tested": run.tested if run else 0,
        "insights": found,
        "not_found": bounds,
    }
    return Told(answer, len(found))


def told(one: Finding) -> Answer:
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
    }
