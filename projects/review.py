"""Time and code by project in a week, a month or a year, for the review."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from operator import itemgetter
from typing import NamedTuple

from django.urls import reverse

from github_projects.metrics import commits as commits_metric
from lifetracker.days import ONE_DAY, days_from
from lifetracker.metrics.declaration import Metric
from lifetracker.metrics.verified import Verified
from lifetracker.models import excluded_days
from lifetracker.web.ranges import Range
from lifetracker.web.sentences import hours_and_minutes
from lifetracker.words import counted, joined
from projects.commit_sums import NO_PROJECT
from projects.models import Project
from projects.windows import Sides, begun_of, first_days, read_sides
from review.amounts import against, amount
from review.sections import Content, Line, Look, Row, Section, register_section
from review.usual import Usual, usual_of
from review.windows import RULES, windows_before
from time_logs.group_sums import Days
from time_logs.metrics import hours as hours_metric

#: So many projects have a row of their own, and so many that have nothing and mostly have some.
MOST, MOST_RESTING = 8, 4
#: Of what is counted, with its verb.
NAMES = {hours_metric.key: "Time is", commits_metric.key: "Commits are"}


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


class Usually(NamedTuple):
    """What is usual of hours, or of commits. `is_mostly`: whether there are some in most of the periods before."""

    metric: Metric
    usual: Usual
    is_mostly: bool

    @property
    def words(self) -> str:
        return f"{against(self.metric, self.usual)} {self.mean}"

    @property
    def words_of_nothing(self) -> str:
        """Return the same of a project that had nothing: within one deviation that is no amount about as usual."""
        if abs(self.usual.deviation) >= 1:
            return self.words
        return f"usually {self.mean}, which varies by as much"

    @property
    def mean(self) -> str:
        return amount(self.metric, self.usual.value)


class Work(NamedTuple):
    """What a project comes to. `usually` is that of its hours, or of its commits where it has no hours; None where too
    little is known."""

    name: str
    hours: float
    commits: float
    usually: Usually | None
    url: str

    @property
    def has_some(self) -> bool:
        return bool(self.hours or self.commits)

    @property
    def words(self) -> str:
        """Return `5 h 20, 3 commits`; of what is compared with usual also that there is none."""
        compared = self.usually.metric if self.usually else None
        parts = []
        if self.hours:
            parts.append(hours_and_minutes(self.hours))
        elif compared is hours_metric:
            parts.append("0 h")
        if self.commits or compared is commits_metric:
            parts.append(counted(round(self.commits), "commit"))
        return ", ".join(parts)


def projects_of(look: Look) -> Content:
    """Return hours and commits by project: by a statement for each, one for the names, one for what belongs to which, one
    for the days that stay out of the usual, one for the first days of all, and those of `begun_of`."""
    last = look.last if look.last < look.today else look.last - ONE_DAY
    if last < look.period.first:
        return Content()
    names = dict(Project.objects.live().values_list("pk", "name"))
    if not names:
        return Content()
    spans = [Days(look.period.first, last), *(Days(*one) for one in windows_before(look, last))]
    sides = read_sides(spans)
    excluded = excluded_days(spans[-1].first, last)
    firsts = first_days()
    time, code = (
        side_of(metric, first, spans, excluded, look.verified)
        for metric, first in zip((hours_metric, commits_metric), firsts, strict=True)
    )
    begun = begun_of(spans, sides, firsts)
    works = [
        work_of(pk, name, sides, Known(time, code, begun.get(pk)), look)
        for pk, name in (names | {NO_PROJECT: "Without a project"}).items()
    ]
    found = sorted(
        (one for one in works if one.has_some), key=lambda one: (-one.hours, -one.commits, one.name)
    )
    resting = resting_of(works)
    if not found and not resting:
        return Content()
    loose = [one for one in found if not one.url]
    own = [one for one in found if one.url]
    return Content(
        lead=lead_of(own, loose),
        rows=[row_of(one) for one in [*shown(own), *resting[:MOST_RESTING], *loose]],
        lines=left_out(len(resting) - MOST_RESTING),
        note=note_of(time, code),
    )


def resting_of(works: list[Work]) -> list[Work]:
    """Return the projects that have nothing and mostly have some, the most usual first."""
    found = [
        (one.usually.metric is not hours_metric, -one.usually.usual.value, one.name, one)
        for one in works
        if one.url and not one.has_some and one.usually and one.usually.is_mostly
    ]
    return [one for *_, one in sorted(found, key=itemgetter(0, 1, 2))]


def side_of(
    metric: Metric,
    begun: date | None,
    spans: list[Days],
    excluded: Collection[date],
    verified: Verified,
) -> Side:
    """`begun`: the day of the first record of all; None where there is none. Nothing is known of the days before."""
    stretch = verified.of(metric) if begun else None
    first, last = stretch.days if stretch else (date.max, date.min)
    first = max(first, begun or first)
    windows = []
    for at, span in enumerate(spans):
        days = days_from(max(span.first, first), min(span.last, last)) if stretch else []
        windows.append(Window(span, sum(not at or day not in excluded for day in days)))
    return Side(metric, windows)


class Known(NamedTuple):
    """What the usual of a project is made of: how much is known of time and code, and since when it has some."""

    time: Side
    code: Side
    begun: date | None


def work_of(pk: int, name: str, sides: Sides, known: Known, look: Look) -> Work:
    hours, commits = sides.hours.get(pk, {}), sides.commits.get(pk, {})
    first = known.time.now.days.first
    side, sums = (known.time, hours) if hours else (known.code, commits)
    return Work(
        name,
        hours.get(first, 0.0),
        commits.get(first, 0.0),
        usual_in(side, sums, known.begun, look),
        reverse("project", args=[pk]) + Range(look.period.first, look.last, look.today).query
        if pk
        else "",
    )


def usual_in(
    side: Side, sums: Mapping[date, float], begun: date | None, look: Look
) -> Usually | None:
    """Return what is usual in the same days of earlier periods; None where too few of these are known, or it began too
    lately. A period counts if it had begun for most of its days."""
    rule, now = RULES[look.period.length], side.now
    if begun is None or now.known < now.length:
        return None
    before = [
        sums.get(one.days.first, 0.0) * now.length / one.length
        for one in side.windows[1:]
        if rule.is_enough(one.known, one.length)
        and rule.is_enough((one.days.last - max(one.days.first, begun)).days + 1, one.length)
    ]
    usual = usual_of(side.metric, sums.get(now.days.first, 0.0), before, rule)
    is_mostly = 2 * sum(value > 0 for value in before) > len(before)
    return Usually(side.metric, usual, is_mostly) if usual else None


# --- Words ----------------------------------------------------------------------------------------


def shown(own: list[Work]) -> list[Work]:
    """Return the projects with the most, and the others as one."""
    if len(own) <= MOST + 1:
        return own
    rest = own[MOST:]
    hours, commits = (sum(getattr(one, name) for one in rest) for name in ("hours", "commits"))
    return [*own[:MOST], Work(f"{len(rest)} others", hours, commits, None, reverse("projects"))]


def row_of(one: Work) -> Row:
    words = ""
    if one.usually:
        words = one.usually.words if one.has_some else one.usually.words_of_nothing
    return Row(one.name, one.words, words, url=one.url or reverse("projects"))


def left_out(number: int) -> list[Line]:
    if number <= 0:
        return []
    return [
        Line(
            f"{counted(number, 'more project')} that mostly had some had none.", reverse("projects")
        )
    ]


def lead_of(own: list[Work], loose: list[Work]) -> str:
    """Return `31 h 20 and 14 commits in 4 projects; 2 h 10 without a project.`"""
    total = Work("", sum(one.hours for one in own), sum(one.commits for one in own), None, "")
    parts = []
    if own:
        parts.append(f"{joined(total.words.split(', '))} in {counted(len(own), 'project')}")
    elif not loose:
        parts.append("Nothing in any project")
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
