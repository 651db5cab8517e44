"""What looks at the days confirmed, what no longer holds and what changed, in a week, a month or a year: for the review."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.urls import reverse

from insights.change_groups import change_groups
from insights.change_words import NO_WHY, change_sentence
from insights.groups import Group, groups_of
from insights.models import Finding, FindingTest, InsightRun, MetricChange
from insights.page_words import alike_words
from insights.sentences import NO_CAUSE, sentence
from insights.states import ChangeState, State
from lifetracker.web.sentences import date_words
from lifetracker.words import counted, joined
from review.sections import Content, Line, Look, Section, register_section

#: So many sentences of each kind.
MOST = 5
#: More tests than of any year are not read.
MOST_TESTS = 2_000
#: With the days that each was seen by.
MOST_CHANGES = 60
#: What is said, and how each sentence begins.
SAID = {State.CONFIRMED: "Confirmed", State.FADING: "Fades", State.WITHDRAWN: "Withdrawn"}
WHY = {
    State.CONFIRMED: "",
    State.FADING: " The newest days are too uncertain to say whether it still holds.",
    State.WITHDRAWN: " By the days as they are known now, it is gone or much smaller.",
}


def insights_of(look: Look) -> Content:
    """Return what became of insights, by four statements, and one for each own metric in a sentence."""
    runs = InsightRun.objects.filter(last_day__range=(look.period.first, look.last), tested__gt=0)
    newest = runs.order_by("last_day").values_list("last_day", flat=True).last()
    if newest is None:
        return Content()
    found = newest_tests(look)
    lines: list[Line] = []
    numbers = []
    for state, title in SAID.items():
        told = groups_in(state, found)
        if told:
            numbers.append(f"{len(told)} {'fading' if state is State.FADING else title.lower()}")
        lines += cut([f"{title}: {said_of(one)}{WHY[state]}" for one in told])
    changes = change_lines(look)
    if changes:
        numbers.append(f"{counted(len(changes), 'metric')} changed")
    holding = sum(test.state == State.HOLDING for test in found)
    return Content(
        lead=f"{lead_of(numbers, holding)} The days up to {date_words(newest)} were looked at.",
        lines=[*lines, *cut(changes)],
        note=" ".join(filter(None, [NO_CAUSE if lines else "", NO_WHY if changes else ""])),
    )


def cut(texts: Sequence[str]) -> list[Line]:
    """Return the first texts as lines, and how many are left out."""
    more = [f"{len(texts) - MOST} more on the page of insights."] if len(texts) > MOST else []
    return [Line(text, reverse("insights")) for text in (*texts[:MOST], *more)]


def change_lines(look: Look) -> list[str]:
    """Return what was told as changed in the period, and what went back, by one statement: one thing in several numbers
    once."""
    span = (look.period.first, look.last)
    news = Q(confirmed_on__range=span) | Q(state=ChangeState.OVER, tested_on__range=span)
    told = MetricChange.objects.told().visible().filter(news)[:MOST_CHANGES]
    return [change_words(group.told, look) for group in change_groups(told)]


def change_words(one: MetricChange, look: Look) -> str:
    is_over = one.state == ChangeState.OVER and one.tested_on <= look.last
    return f"{'Went back' if is_over else 'Changed'}: {change_sentence(one)}"


def newest_tests(look: Look) -> list[FindingTest]:
    """Return the last test of each finding in the period, of those that are said and not hidden, with the numbers that it had."""
    rows = (
        FindingTest.objects.filter(
            run__last_day__range=(look.period.first, look.last),
            finding__in=Finding.objects.said().visible().untried(),
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


def said_of(group: Group) -> str:
    return f"{sentence(group.strongest)}{alike_words(group)}"


def groups_in(state: State, tests: Sequence[FindingTest]) -> list[Group]:
    """Return the findings with this state, the surest first, and what is one thing in several numbers as one."""
    found = []
    for test in tests:
        if test.state == state:
            one = test.finding
            if test.effect is not None:
                one.effect, one.low, one.high = test.effect, test.low, test.high
            found.append(one)
    return groups_of(found)


def lead_of(numbers: Sequence[str], holding: int) -> str:
    """Return `1 confirmed and 1 withdrawn. 3 insights still hold.`"""
    first = f"{joined(numbers)}." if numbers else "Nothing new was found."
    hold = "still holds" if holding == 1 else "still hold"
    return f"{first} {counted(holding, 'insight')} {hold}." if holding else first


register_section(Section("insights", "Insights", 40, insights_of))
