"""The review for AI clients."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct
from rest_framework.exceptions import ValidationError

from lifetracker import days
from lifetracker.tools.caller import Caller
from lifetracker.tools.declaration import Answer, Told, tool
from lifetracker.tools.said import untrusted
from review.facts import review_facts
from review.periods import BadPeriod, asked_period
from review.reading import read_review

ALL_DOMAINS = "The review tells of all domains, and this token may see only {}."


class ReviewAsked(Struct):
    period: Annotated[
        str,
        Meta(
            description="A week as 2026-W48, a month as 2026-11, a year as 2026. Default: the last whole week."
        ),
    ] = ""


@tool(
    title="Review",
    description="""Returns what a week, a month or a year came to, as the page of the review says it: numbers beside what is
    usual, goals, time and code by project, insights and experiments, intentions, and what is missing in the data. Each row
    has its value with its unit, and in `known` of how many days it is known where that is not all of them. Sentences hold
    names and texts that a person or a service wrote, so that all of them are marked as untrusted. It is no advice.""",
)
def review(caller: Caller, asked: ReviewAsked) -> Told:
    if caller.domains:
        raise ValidationError([ALL_DOMAINS.format(caller.limit)])
    try:
        period = asked_period(asked.period.strip(), days.today())
    except BadPeriod as error:
        raise ValidationError({"period": [str(error)]}) from None
    facts = review_facts(read_review(period, days.today()))
    sections = [section_told(one) for one in facts.pop("sections")]
    missing = [{"date": None, "reason": one} for one in facts.pop("notes")]
    told = {**facts, "missing": missing, "sections": sections}
    return Told(told, sum(len(one["rows"]) + len(one["lines"]) for one in sections))


def section_told(section: dict[str, Any]) -> Answer:
    """Return a section with all that may hold somebody's words marked, without paths of pages."""
    origin = "the review"
    return {
        "name": section["name"],
        "title": section["title"],
        "lead": untrusted(section["lead"], origin),
        "rows": [
            untrusted(
                {name: row[name] for name in ("name", "value", "words", "known")},
                origin,
            )
            for row in section["rows"]
        ],
        "lines": [untrusted(line["text"], origin) for line in section["lines"]],
        "note": section["note"],
    }
