"""What looks at the days confirmed, and what no longer holds, in a week, a month or a year: for the review."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from insights.groups import groups_of
from insights.models import Finding, FindingTest, InsightRun
from insights.sentences import NO_CAUSE, day_words, sentence
from insights.states import State
from lifetracker.words import counted, joined
from review.sections import Content, Line, Look, Section, register_section

#: So many sentences of each kind.
MOST = 5
#: More tests than of any year are not read.
MOST_TESTS = 2_000
#: What is said, and how each sentence begins.
SAID = {State.CONFIRMED: "Confirmed", State.FADING: "Fades", State.WITHDRAWN: "Withdrawn"}
WHY = {
    State.CONFIRMED: "",
    State.FADING: " The newest days are too uncertain to say whether it still holds.",
    State.WITHDRAWN: " It did not hold any longer.",
}


def insights_of(look: Look) -> Content:
    """Return what became of insights, by two statements."""
    runs = InsightRun.objects.filter(last_day__range=(look.period.first, look.last))
    newest = runs.order_by("last_day").values_list("last_day", flat=True).last()
    if newest is None:
        return Content()
    found = newest_tests(look)
    lines: list[Line] = []
    numbers = []
    for state, title in SAID.items():
        told = findings_in(state, found)
        if told:
            numbers.append(f"{len(told)} {'fading' if state is State.FADING else title.lower()}")
        lines += [line_of(one, state) for one in told[:MOST]]
        if len(told) > MOST:
            lines.append(
                Line(f"{len(told) - MOST} more on the page of insights.", reverse("insights"))
            )
    holding = sum(test.state == State.HOLDING for test in found)
    return Content(
        lead=f"{lead_of(numbers, holding)} The days up to {day_words(newest)} were looked at.",
        lines=lines,
        note=NO_CAUSE if lines else "",
    )


def newest_tests(look: Look) -> list[FindingTest]:
    """Return the last test of each finding in the period, of those that are said and not hidden, with the numbers that it had."""
    rows = (
        FindingTest.objects.filter(
            run__last_day__range=(look.period.first, look.last),
            finding__in=Finding.objects.said().visible(),
            state__in=[*SAID, State.HOLDING],
        )
        .select_related("finding")
        .order_by("pk")
    )
    newest: dict[int, FindingTest] = {}
    for test in rows[:MOST_TESTS]:
        newest[test.finding_id] = sooner(newest.get(test.finding_id), test)
    return list(newest.values())


def sooner(known: FindingTest | None, test: FindingTest) -> FindingTest:
    """Return which of two tests says what became of a finding: that it was confirmed is news, even where it still held
    later in the same period."""
    is_news = known is not None and known.state == State.CONFIRMED and test.state == State.HOLDING
    return known if known is not None and is_news else test


def findings_in(state: State, tests: Sequence[FindingTest]) -> list[Finding]:
    """Return the findings with this state, the surest first, and of what is one thing in several numbers one."""
    found = []
    for test in tests:
        if test.state == state:
            one = test.finding
            if test.effect is not None:
                one.effect, one.low, one.high = test.effect, test.low, test.high
            found.append(one)
    return [group.strongest for group in groups_of(found)]


def line_of(finding: Finding, state: State) -> Line:
    return Line(f"{SAID[state]}: {sentence(finding)}{WHY[state]}", reverse("insights"))


def lead_of(numbers: Sequence[str], holding: int) -> str:
    """Return `1 confirmed and 1 withdrawn. 3 insights still hold.`"""
    first = f"{joined(numbers)}." if numbers else "Nothing new was found."
    hold = "still holds" if holding == 1 else "still hold"
    return f"{first} {counted(holding, 'insight')} {hold}." if holding else first


register_section(Section("insights", "Insights", 40, insights_of))
