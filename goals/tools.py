"""Goals for AI clients: where each stands."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

from goals.api import ProgressSerializer, facts_of
from goals.models import Goal
from goals.reading import Standing, standings_of
from lifetracker.metrics.described import end_of
from lifetracker.metrics.registry import find_metric
from lifetracker.metrics.verified import Verified
from lifetracker.tools import asked as ask
from lifetracker.tools.caller import Caller
from lifetracker.tools.declaration import Answer, Told, fitting, tool
from lifetracker.tools.metrics import cut
from lifetracker.tools.said import reference, untrusted

GOALS_AT_ONCE = 30
#: What the API says of a goal beside its amounts, and is told here in another form.
TOLD_APART = (
    "goal",
    "unit",
    "known_days",
    "unknown_days",
    "unverified",
    "odds",
    "odds_reason",
    "reason",
)


class GoalsAsked(Struct):
    search: Annotated[str, Meta(description="Only goals with this word in their name.")] = ""
    cursor: ask.Cursor = ""


@tool(
    title="Goals",
    description="""Returns the goals and where each stands today: status, value, target, what is due today, slack in days,
    the needed and the own pace, and odds in percent, all in the unit of the goal. A status of unknown means that a source
    was not read up to today: it is not behind. Names were typed by a person and are marked as untrusted.""",
    domain="goals",
)
def goals(caller: Caller, asked: GoalsAsked) -> Told:
    every = [
        one
        for one in Goal.objects.live().order_by("pk")
        if asked.search.casefold() in one.name.casefold()
    ]
    at = ask.place_asked(asked.cursor)
    page = every[at : at + GOALS_AT_ONCE]
    verified = Verified()
    standings = standings_of({goal: goal.rules() for goal in page}, verified=verified)
    found = [goal_facts(one, verified) for one in standings]

    def answer(rows: int) -> Answer:
        return {
            "goals": found[:rows],
            "goals_in_all": len(every),
            "missing": [gap for one in standings[:rows] for gap in gaps(one)],
            **cut(at, min(rows, len(found)), len(every)),
        }

    made = fitting(answer, len(found))
    return Told(made, len(made["goals"]))


def goal_facts(standing: Standing, verified: Verified) -> Answer:
    goal = standing.goal
    facts: dict[str, Any] = dict(ProgressSerializer(facts_of(standing)).data)
    amounts = {name: value for name, value in facts.items() if name not in TOLD_APART}
    known = facts["known_days"]
    return {
        "record": reference(Goal, goal.pk),
        "name": untrusted(goal.name, "name of a goal"),
        "metric": goal.metric,
        "kind": goal.kind,
        "direction": goal.direction,
        "unit": goal.unit or "count",
        **amounts,
        "odds": {"value": facts["odds"], "unit": "%", "reason": facts["odds_reason"]},
        "known_days": known,
        "days": known + facts["unknown_days"],
        "verified_until": verified_until(goal, verified),
    }


def verified_until(goal: Goal, verified: Verified) -> object:
    metric = find_metric(goal.metric)
    return end_of(verified.of(metric)) if metric else None


def gaps(standing: Standing) -> list[Answer]:
    """Return why the status of a goal is not known."""
    record = reference(Goal, standing.goal.pk)
    reasons = list(standing.unverified.values())
    if not reasons and standing.progress.reason:
        reasons = [standing.progress.reason]
    return [{"date": standing.progress.day, "record": record, "reason": one} for one in reasons]
