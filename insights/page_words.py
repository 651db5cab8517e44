"""What the page says above its findings: how many there are, how sure that is, and what is needed where there is nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from urllib.parse import urlencode

from django.urls import reverse

from insights.groups import Group
from insights.models import Finding, InsightRun
from insights.sentences import (
    LIKELY,
    NO_CAUSE,
    change_of,
    decimals_of,
    lower_first,
    named,
    size_and_way,
)
from insights.states import State
from lifetracker.metrics.registry import find_metric
from lifetracker.web.units import HOURS
from lifetracker.words import counted, joined

#: The first look needs so many days.
FIRST_LOOK_DAYS = 120
#: Measured (`benchmarks/insights.py`).
BY_CHANCE = (
    "In made-up lives whose truth is known, fewer than 1 in 200 of such findings was false, and of 200 lives in which nothing "
    "goes together at most 4 were ever shown one. Something else may still be behind both."
)
#: Measured, too: what the promise is worth while illness is not marked.
UNMARKED = (
    "This holds for days without unmarked illness. {} for your answer below: with ten such days a year left unmarked, about 1 of "
    "8 lives of two years and 1 of 3 of three were shown something false."
)
STRAIGHT = "A straight line through all days: it need not be the same everywhere."


def opening(run: InsightRun | None, shown: Sequence[Group], hidden: Sequence[Group]) -> str:
    """Return how many pairs go together; those that fade are counted apart."""
    if run is None:
        return "Your days have not been looked at yet."
    if not run.tested:
        return "There are too few days to test anything yet."
    if not shown and not hidden:
        return "Nothing goes together in your days so surely that it may be said."
    if not shown:
        all_of_them = (
            f"all {len(hidden)} pairs that go" if len(hidden) > 1 else "the only pair that goes"
        )
        return f"You have hidden {all_of_them} together in your days."
    fading = sum(one.strongest.state == State.FADING for one in shown)
    if fading == len(shown):
        went = (
            "1 pair went together in your days, and fades"
            if fading == 1
            else f"{fading} pairs went together in your days, and fade"
        )
        return f"{went}."
    goes = counted(len(shown) - fading, "pair goes", "pairs go")
    fades = f", and {fading} more {'fades' if fading == 1 else 'fade'}" if fading else ""
    return f"{goes} together in your days{fades}."


def basis(
    run: InsightRun | None, shown: Sequence[Group], hidden: Sequence[Group], waiting: str = ""
) -> list[str]:
    """Return what holds for all that is shown: how it was found, what its numbers mean, and what it does not say. `waiting`:
    how many proposed days wait for an answer, where illness is among them."""
    if run is None or not run.tested:
        return []
    compared = f"{counted(run.tested, 'comparison')} {'was' if run.tested == 1 else 'were'} made."
    if not shown:
        return [compared]
    more = f" You have hidden {len(hidden)} more." if hidden else ""
    unmarked = f" {UNMARKED.format(waiting)}" if waiting else ""
    return [
        NO_CAUSE,
        f"{compared} What stands here was seen in your older days, and again in newer ones that had not been used to find it. "
        f"{BY_CHANCE}{unmarked}{more}",
        LIKELY,
    ]


def missing_words(run: InsightRun | None) -> str:
    """Return what would make something possible, where nothing was tested."""
    if run and run.tested:
        return ""
    needed = (
        f"A first look needs {FIRST_LOOK_DAYS} days on which something that you do (such as when you go to bed, what you drink "
        "or how you train) and something that may follow from it (such as sleep, recovery, mood or weight) are known: from a "
        "service that you connect, a file, or what you type in. An import of earlier years counts at once."
    )
    if run is None:
        return f"{needed} The days are looked at by themselves, once a day until there is enough."
    in_series = (days for _, _, days in run.series.values())
    known = max([*run.left_out.values(), *in_series], default=0)
    return f"{needed} The longest series has {counted(known, 'known day')}."


def instead_words(group: Group) -> str:
    """Return which other actions it could just as well be, which it explains, and in which other outcomes it was seen; empty
    where there are none."""
    told = group.strongest
    said = []
    if actions := action_names(group.alike):
        said.append(
            f"Could just as well be: {joined(actions)}. Your days cannot tell "
            f"{'them' if len(actions) > 1 else 'the two'} apart."
        )
    if explained := action_names(group.hardly_seen):
        name = named(told.action_name, is_yes_no=told.is_yes_no)
        said.append(
            f"Seen with {joined(explained)}, too, but hardly among days with the same {name}."
        )
    if outcomes := [lower_first(one.outcome_name) for one in group.in_others]:
        said.append(f"Seen in {joined(outcomes)}, too.")
    return " ".join(said)


def alike_words(group: Group) -> str:
    """Return them as a clause behind the sentence of a finding; empty where there are none."""
    actions = action_names(group.alike)
    return f" Could just as well be: {joined(actions)}." if actions else ""


def line_words(group: Group) -> str:
    """Return that the size of an effect is by a straight line, and the larger effects of answers of yes in its group, such as of
    a meal after nine in the evening; empty where the action itself is yes or no."""
    told = group.strongest
    if told.is_yes_no:
        return ""
    steps = [
        f"{change_of(one)}: {size_and_way(one.effect, one)}."
        for one in group.others
        if one not in group.explained
        and one.is_yes_no
        and one.outcome == told.outcome
        and one.effect is not None
        if abs(one.effect) > abs(told.effect or 0.0)
    ]
    return " ".join([STRAIGHT, *steps])


def action_names(findings: Iterable[Finding]) -> list[str]:
    return [named(one.action_name, is_yes_no=one.is_yes_no) for one in findings]


def abouts(finding: Finding) -> list[tuple[str, str]]:
    """Return the names of its metrics that need a word, and that word."""
    found = (find_metric(key) for key in (finding.action, finding.outcome))
    return [(one.label, one.about) for one in found if one and one.about]


def experiment_address(one: Finding) -> str:
    """Return where an experiment on a finding is planned, with a difference worth knowing."""
    asked = {"action": one.action, "outcome": one.outcome}
    if one.effect is not None:
        decimals = max(decimals_of(one), 2 if one.unit == HOURS else 1)
        asked["difference"] = f"{worth_knowing(one.effect, one.outcome):.{decimals}f}"
    return f"{reverse('experiment-new')}?{urlencode(asked)}"


def worth_knowing(effect: float, outcome: str) -> float:
    """Return half of an effect, with its sign, and no less of it than what matters at all. An experiment says that there is
    more than a difference, or less: of one as large as the effect itself it could hardly ever say either."""
    metric = find_metric(outcome)
    least = min(abs(effect), metric.smallest if metric else 0.0)
    return math.copysign(max(abs(effect) / 2, least), effect)
