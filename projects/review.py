"""Time and code by project in a week, a month or a year, for the review."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple

from django.urls import reverse

from github_projects.metrics import commits as commits_metric
from lifetracker.days import ONE_DAY, days_from
from lifetracker.metrics.declaration import Metric
from lifetracker.metrics.statistics import words_of_deviation
from lifetracker.metrics.verified import Verified
from lifetracker.models import excluded_days
from lifetracker.web.ranges import Range
from lifetracker.web.sentences import hours_and_minutes, number
from lifetracker.words import counted, joined
from projects.commit_sums import NO_PROJECT
from projects.models import Project
from projects.windows import Sides, Sums, read_sides
from review.sections import Content, Look, Row, Section, register_section
from review.usual import Usual, usual_of
from review.windows import RULES, windows_before
from time_logs.group_sums import Days
from time_logs.metrics import hours as hours_metric

#: So many projects have a row of their own.
MOST = 8
#: Of what is counted, with its verb.
NAMES = {hours_metric.key: "Time is", commits_metric.key: "Commits are"}
#: Below so many commits, their mean has a digit after the point.
FEW = 20


class Window(NamedTuple):
    """Days, of which so many are known and not marked."""

    days: Days
    known: int

    @property
    def length(self) -> int:
        return (self.days.last - self.days.first).days + 1


class Side(NamedTuple):
    """Time or code: the days of the period first, then those that they are compared with, newest first."""

    metric: Metric
    windows: list[Window]

    @property
    def now(self) -> Window:
        return self.windows[0]


class Work(NamedTuple):
    """What a project comes to. `usual` is that of its hours, or of its commits where it has no hours."""

    name: str
    hours: float
    commits: float
    usual: str
    url: str

    @property
    def words(self) -> str:
        parts = []
        if self.hours:
            parts.append(hours_and_minutes(self.hours))
        if self.commits:
            parts.append(counted(round(self.commits), "commit"))
        return ", ".join(parts)


def projects_of(look: Look) -> Content:
    """Return hours and commits by project: by a statement for each, one for the names, one for what belongs to which, and
    one for the days that stay out of the usual."""
    last = look.last if look.last < look.today else look.last - ONE_DAY
    if last < look.period.first:
        return Content()
    names = dict(Project.objects.live().values_list("pk", "name"))
    if not names:
        return Content()
    spans = [Days(look.period.first, last), *(Days(*one) for one in windows_before(look, last))]
    sides = read_sides(spans)
    excluded = excluded_days(spans[-1].first, last)
    time, code = (
        side_of(metric, spans, excluded, look.verified) for metric in (hours_metric, commits_metric)
    )
    works = [
        work_of(pk, name, sides, (time, code), look)
        for pk, name in (names | {NO_PROJECT: "Without a project"}).items()
    ]
    found = sorted(
        (one for one in works if one.words), key=lambda one: (-one.hours, -one.commits, one.name)
    )
    if not found:
        return Content()
    loose = [one for one in found if not one.url]
    own = [one for one in found if one.url]
    return Content(
        lead=lead_of(own, loose),
        rows=[row_of(one) for one in [*shown(own), *loose]],
        note=note_of(time, code),
    )


def side_of(
    metric: Metric, spans: list[Days], excluded: Collection[date], verified: Verified
) -> Side:
    stretch = verified.of(metric)
    first, last = stretch.days if stretch else (date.max, date.min)
    windows = []
    for at, span in enumerate(spans):
        days = days_from(max(span.first, first), min(span.last, last)) if stretch else []
        windows.append(Window(span, sum(not at or day not in excluded for day in days)))
    return Side(metric, windows)


def work_of(pk: int, name: str, sides: Sides, known: tuple[Side, Side], look: Look) -> Work:
    hours, commits = sides.hours.get(pk, {}), sides.commits.get(pk, {})
    time, code = known
    first = time.now.days.first
    usual = usual_words(time, hours, look) if hours else usual_words(code, commits, look)
    return Work(
        name,
        hours.get(first, 0.0),
        commits.get(first, 0.0),
        usual,
        reverse("project", args=[pk]) + Range(look.period.first, look.last, look.today).query
        if pk
        else "",
    )


def usual_words(side: Side, sums: Sums, look: Look) -> str:
    """Return how it lies to the same days of earlier periods; empty where too few of these are known, or it began too
    lately. Those before its first activity are not its usual."""
    usual = usual_in(side, sums, look)
    if usual is None:
        return ""
    words = words_of_deviation(usual.deviation)
    words = f"{'about ' if words == 'usual' else ''}{words}".replace("usual", "the usual")
    return f"{words} {amount(side.metric, usual.value)}"


def usual_in(side: Side, sums: Mapping[date, float], look: Look) -> Usual | None:
    rule, now = RULES[look.period.length], side.now
    begun = min(sums, default=None)
    if begun is None or now.known < now.length:
        return None
    before = [
        sums.get(one.days.first, 0.0) * now.length / one.length
        for one in side.windows[1:]
        if one.days.first >= begun and rule.is_enough(one.known, one.length)
    ]
    return usual_of(side.metric, sums.get(now.days.first, 0.0), before, rule)


def amount(metric: Metric, value: float) -> str:
    if metric is hours_metric:
        return hours_and_minutes(value)
    return number(value, 0 if value >= FEW or round(value, 1) == round(value) else 1)


# --- Words ----------------------------------------------------------------------------------------


def shown(own: list[Work]) -> list[Work]:
    """Return the projects with the most, and the others as one."""
    if len(own) <= MOST + 1:
        return own
    rest = own[MOST:]
    hours, commits = (sum(getattr(one, name) for one in rest) for name in ("hours", "commits"))
    return [*own[:MOST], Work(f"{len(rest)} others", hours, commits, "", reverse("projects"))]


def row_of(one: Work) -> Row:
    return Row(one.name, one.words, one.usual, url=one.url or reverse("projects"))


def lead_of(own: list[Work], loose: list[Work]) -> str:
    """Return `31 h 20 and 14 commits in 4 projects; 2 h 10 without a project.`"""
    total = Work("", sum(one.hours for one in own), sum(one.commits for one in own), "", "")
    parts = []
    if own:
        parts.append(f"{joined(total.words.split(', '))} in {counted(len(own), 'project')}")
    parts += [f"{joined(one.words.split(', '))} without a project" for one in loose]
    return f"{'; '.join(parts)}."


def note_of(*sides: Side) -> str:
    """Return of how many days time and code are known, where that is not all of them."""
    return " ".join(
        f"{NAMES[side.metric.key]} known on {side.now.known} of {counted(side.now.length, 'day')}: there may be more."
        for side in sides
        if 0 < side.now.known < side.now.length
    )


register_section(Section("projects", "Projects", 30, projects_of))
