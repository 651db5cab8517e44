"""The chart of one goal: its line, what its owner came to, and where the draws end; with the numbers behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.dateformat import format as format_date
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from goals.card_words import a_week, day_words, pace_stretch, rounded, so_far
from goals.courses import course_of
from goals.plan import TINY, Direction, Kind, Per, Plan, Rule, Span
from goals.progress import Status
from goals.reading import Standing
from goals.row_words import is_to_come
from goals.tally import Tally
from lifetracker.days import ONE_DAY, days_from
from lifetracker.metrics.declaration import Metric, Values
from lifetracker.web.charts.aim import Aim, aim_chart
from lifetracker.web.charts.frame import Place, Source
from lifetracker.web.charts.free import stretches_of
from lifetracker.web.charts.legend import Key, legend
from lifetracker.web.charts.paths import MOST_PLACES
from lifetracker.web.charts.scales import number_words, slices, unit_of_lines
from lifetracker.web.charts.table import Row, numbers_table
from lifetracker.web.charts.trend import bridged
from lifetracker.web.navigation import pages
from lifetracker.web.sentences import MINUS, hours_words
from lifetracker.web.units import HOURS, in_chosen_unit
from lifetracker.words import counted

#: Of periods that are too short for a line, so many days are drawn.
RECENT = 28
TABLE = "course"
# Over more days than these without a value nothing is drawn.
LONGEST_GAP = 14


class Drawn(NamedTuple):
    title: str
    chart: SafeString
    legend: SafeString
    numbers: SafeString


class Course(NamedTuple):
    """What is drawn, a value for each slice. `last`: the last day of each slice, whose values are shown."""

    days: list[date]
    last: list[date]
    aim: Aim
    #: The day on which the last change of the line began.
    changed: date | None


def records_href(metric: Metric | None, first: date, last: date) -> str:
    """Return the page that shows the records behind some days of a metric: that of its domain, else the day itself."""
    days = urlencode({"from": first.isoformat(), "to": last.isoformat()})
    if metric is not None and metric.domain in pages:
        return f"{reverse(metric.domain)}?{days}"
    return f"{reverse('home')}?day={last.isoformat()}"


def span_drawn(plan: Plan, day: date) -> Span:
    """Return the days of the chart: all of a value to reach, the present week or month, else the last four weeks."""
    if plan.kind is Kind.REACH or plan.per in {Per.WEEK, Per.MONTH}:
        span = plan.period_of(day)
        return Span(span.first, max(span.last, span.first + ONE_DAY))
    return Span(max(plan.start, day - timedelta(days=RECENT - 1)), day)


def course_chart(standing: Standing, metric: Metric | None) -> Drawn | None:
    """Return None where there is nothing to draw: a goal that is to come, or without its metric."""
    plan, found = standing.plan, standing.progress
    if standing.tally is None or found.day < plan.start:
        return None
    course = course_drawn(standing, standing.tally)
    unit = standing.goal.unit
    return Drawn(
        title_of(plan, found.day, is_over=standing.is_over),
        aim_chart(
            drawn_aim(course, plan, unit),
            course.days,
            sentence=sentence_of(standing, course),
            from_zero=plan.kind in {Kind.TOTAL, Kind.DAYS},
            places=places_of(course, metric, unit),
            tick_words=ticks_of(unit),
            source=Source(TABLE, (1, 2)),
        ),
        legend_of(standing, course, metric),
        table_of(standing, course, metric),
    )


def course_drawn(standing: Standing, tally: Tally) -> Course:
    plan, day = standing.plan, standing.progress.day
    span = span_drawn(plan, day)
    every = days_from(span.first, span.last)
    unit = unit_of_lines(len(every))
    parts = slices(every, unit)
    last = [every[part][-1] for part in parts]
    shown_on = [
        min(max(one, part_first), day) if part_first <= day <= one else one
        for one, part_first in zip(last, (every[part][0] for part in parts), strict=True)
    ]
    line = [line_on(plan, one) for one in last]
    changed, before = line_before(plan, last, line)
    today = next((at for at, one in enumerate(last) if one >= day), None)
    is_open = today is not None and today < len(last) - 1 and not standing.is_over
    return Course(
        [every[part][0] for part in parts],
        last,
        Aim(
            own=[own_on(plan, tally, one, day) for one in shown_on],
            line=line,
            before=before,
            free=stretches_of([plan.is_within(one) and plan.is_set_free(one) for one in last]),
            today=today if is_open else None,
            ends=standing.progress.odds.ends if is_open else None,
            now=standing.progress.value,
        ),
        changed,
    )


def in_unit(aim: Aim, unit: str) -> Aim:
    """Return what is drawn in the unit that its owner reads."""

    def value(one: float) -> float:
        return in_chosen_unit(one, unit).value

    def values(series: Sequence[float | None]) -> Values:
        return [None if one is None else value(one) for one in series]

    return replace(
        aim,
        own=values(aim.own),
        line=values(aim.line),
        before=values(aim.before),
        ends=(value(aim.ends[0]), value(aim.ends[1])) if aim.ends else None,
        now=values([aim.now])[0],
    )


def drawn_aim(course: Course, plan: Plan, unit: str) -> Aim:
    """Return what is drawn: a trend goes straight over the few days between two weigh-ins, as on the page of the weight."""
    found = in_unit(course.aim, unit)
    if plan.kind is not Kind.REACH:
        return found
    longest = LONGEST_GAP if course.days == course.last else LONGEST_GAP // 7
    return replace(found, own=bridged(found.own, longest))


def own_on(plan: Plan, tally: Tally, on: date, day: date) -> float | None:
    """Return what there was at the end of a day; None where nobody knows, and of days to come."""
    if not plan.start <= on <= day:
        return None
    (usual,) = tally.usual_of(Span(on, on)) or [None]
    if plan.kind is Kind.REACH or (usual is None and plan.kind is not Kind.MEAN):
        return usual
    return course_of(plan, tally, on).value


def line_on(plan: Plan, on: date) -> float | None:
    is_unknown = plan.kind is Kind.REACH and plan.start_value is None
    if is_unknown or not plan.is_within(on) or not plan.is_for(on):
        return None
    return plan.line(on)


def held_rules(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """Return the rules that hold at some time, each once: without those that were taken back before they began."""
    held: list[Rule] = []
    for at, rule in enumerate(rules):
        is_kept = all(later.begins > rule.begins for later in rules[at + 1 :])
        if is_kept and not (held and held[-1]._replace(begins=rule.begins) == rule):
            held.append(rule)
    return tuple(held)


def line_before(
    plan: Plan, days: list[date], line: Values
) -> tuple[date | None, list[float | None]]:
    """Return the day of the last change, and the line as it was without it, from there on; nothing where no day that is
    drawn shows a difference."""
    held = held_rules(plan.rules)
    if len(held) < 2:
        return None, []
    changed = held[-1].begins
    former = replace(plan, rules=held[:-1])
    before = [line_on(former, day) if day >= changed - ONE_DAY else None for day in days]
    differs = any(
        one is not None and (new is None or abs(one - new) > TINY)
        for one, new in zip(before, line, strict=True)
    )
    return (changed, before) if differs else (None, [])


# --- Words ----------------------------------------------------------------------------------------


def ticks_of(unit: str) -> Callable[[float], str]:
    return hour_ticks if unit == HOURS else number_words


def hour_ticks(value: float) -> str:
    return hours_words(value) if value % 1 else f"{number_words(value)} h"


def title_of(plan: Plan, day: date, *, is_over: bool) -> str:
    if plan.kind is Kind.REACH:
        return "From the start to the end"
    if plan.per is Per.WEEK:
        return "Its last week" if is_over else "This week"
    if plan.per is Per.MONTH:
        return format_date(day, "F Y")
    return "The last days"


def own_name(plan: Plan) -> str:
    return {Kind.REACH: "You", Kind.MEAN: "Your mean so far"}.get(plan.kind, "You so far")


def sentence_of(standing: Standing, course: Course) -> str:
    found, unit = standing.progress, standing.goal.unit
    parts = [capfirst(f"{so_far(found, unit)} so far")]
    if found.line is not None:
        parts.append(
            f"the line asks for {rounded(found.line, unit)} by {day_words(found.day, found.day)}"
        )
    ends = course.aim.line[-1]
    if ends is not None and course.aim.today is not None:
        parts.append(f"{rounded(ends, unit)} by {day_words(course.last[-1], found.day)}")
    free = [
        f"free from {day_words(course.days[first], found.day)} to {day_words(course.last[last], found.day)}"
        for first, last in course.aim.free
    ]
    return f"{standing.goal.name}: {', '.join([*parts, *free])}."


def end_words(value: float, standing: Standing, metric: Metric | None) -> str:
    """Return where a draw ends, as exactly as the metric is: there are no halves of workouts."""
    unit = standing.goal.unit
    is_whole = standing.plan.kind is Kind.TOTAL and unit != HOURS and metric and not metric.decimals
    return rounded(round(value) if is_whole else value, unit)


def legend_of(standing: Standing, course: Course, metric: Metric | None) -> SafeString:
    aim, day = course.aim, standing.progress.day
    keys = [
        Key("f-ink", own_name(standing.plan), shape="line"),
        Key("f-accent", "the line", shape="line"),
    ]
    if aim.before and course.changed:
        word = "as it was before" if course.changed <= day else "without the change of"
        keys.append(Key("f-asked-before", f"{word} {day_words(course.changed, day)}", shape="line"))
    if aim.ends:
        low, high = (end_words(one, standing, metric) for one in aim.ends)
        keys.append(Key("odds", f"where 8 of 10 draws end: {low} to {high}"))
    if aim.free:
        keys.append(Key("f-part-6", "free"))
    return legend(keys)


def days_words(course: Course, at: int) -> str:
    first, last = course.days[at], course.last[at]
    if first == last:
        return format_date(first, "D j M Y")
    return f"{format_date(first, 'j M')} to {format_date(last, 'j M Y')}"


def places_of(course: Course, metric: Metric | None, unit: str) -> list[Place | None]:
    if len(course.days) > MOST_PLACES:
        return []
    found: list[Place | None] = []
    for at, own in enumerate(course.aim.own):
        if own is None:
            found.append(None)
            continue
        words = f"{days_words(course, at)}: {rounded(own, unit)}"
        found.append(Place(records_href(metric, course.days[at], course.last[at]), words))
    return found


def table_of(standing: Standing, course: Course, metric: Metric | None) -> SafeString:
    unit, day = standing.goal.unit, standing.progress.day
    rows = []
    for at, (own, line) in enumerate(zip(course.aim.own, course.aim.line, strict=True)):
        is_to_come = course.days[at] > day
        apart = None if own is None or line is None else own - line
        cells = ["" if is_to_come else None if own is None else rounded(own, unit)]
        cells.append("" if line is None else rounded(line, unit))
        cells.append("" if apart is None else apart_words(apart, unit))
        href = (
            "" if is_to_come else records_href(metric, course.days[at], min(course.last[at], day))
        )
        rows.append(Row(days_words(course, at), cells, href))
    heads = [
        "Days" if course.days != course.last else "Day",
        own_name(standing.plan),
        "The line",
        "Apart",
    ]
    return numbers_table(heads, rows, caption=f"The line of {standing.goal.name}", name=TABLE)


def apart_words(apart: float, unit: str) -> str:
    words = rounded(abs(apart), unit)
    is_nothing = words == rounded(0.0, unit)
    return words if is_nothing else f"{'+' if apart > 0 else MINUS}{words}"


# --- Facts beside the chart -----------------------------------------------------------------------


class Fact(NamedTuple):
    name: str
    value: str
    href: str = ""


def facts_of(standing: Standing, metric: Metric | None) -> list[Fact]:
    """Return the numbers beside the chart, with what they are made of."""
    plan, found, unit = standing.plan, standing.progress, standing.goal.unit
    first = max(found.period.first, plan.start)
    if is_to_come(standing):
        return []
    facts = [
        Fact(
            "At the end" if standing.is_over else "Now",
            so_far(found, unit),
            records_href(metric, first, max(found.day, first)),
        )
    ]
    if found.line is not None and found.status is not Status.FREE:
        name = "Asked for" if standing.is_over else "The line today"
        facts.append(Fact(name, rounded(found.line, unit)))
    facts += pace_facts(standing)
    if found.odds.percent is not None:
        facts.append(Fact("Odds", odds_words(found.odds.percent)))
    elif found.odds.reason:
        facts.append(Fact("Odds", f"not known: {found.odds.reason.rstrip('.').lower()}"))
    if plan.kind is not Kind.REACH and found.known_days + found.unknown_days:
        facts.append(
            Fact("Known days", f"{found.known_days} of {found.known_days + found.unknown_days}")
        )
    return facts


def odds_words(percent: int) -> str:
    if percent in {0, 100}:
        return "under 5 %" if percent == 0 else "over 95 %"
    return f"about {percent} %"


def pace_facts(standing: Standing) -> list[Fact]:
    plan, found, unit = standing.plan, standing.progress, standing.goal.unit
    if found.pace is None or standing.is_over or found.status is Status.REACHED:
        return []
    is_way = plan.kind is Kind.REACH

    def words(per_day: float) -> str:
        return f"{a_week(per_day, unit)} a week" if is_way else f"{rounded(per_day, unit)} a day"

    is_limit = not is_way and plan.direction is Direction.AT_MOST
    name = "Left from now on" if is_limit else "Needed from now on"
    facts = [Fact(name, words(found.pace.needed))]
    if found.pace.own is not None:
        usual = f"{found.day:%A}" if plan.per is Per.DAY else "pace"
        name = f"Your usual {usual}{pace_stretch(found.pace)}"
        facts.append(Fact(name, words(found.pace.own)))
    if found.pace.windows:
        facts.append(
            Fact(
                "You stayed within that in" if is_limit else "You did that in",
                f"{found.pace.reached} of {counted(found.pace.windows, found.pace.noun)}",
            )
        )
    return facts
