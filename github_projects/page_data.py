"""The numbers of GitHub's pages: the owner's own commits, day by day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from django.db.models import Count, F, FloatField, Max, Model, Q, QuerySet, Sum
from django.db.models.functions import Cast, NullIf

from github_projects.metrics import commits as commits_metric
from github_projects.metrics import own_commits
from github_projects.models import Commit, Repository
from lifetracker.days import days_from
from lifetracker.metrics.series import days_before
from lifetracker.metrics.verified import Stretch, Verified
from lifetracker.models.expressions import Listed
from lifetracker.models.rows import plain_rows
from lifetracker.web.ranges import Range
from lifetracker.web.sentences import change_words, day_words, number

#: The calendar shows so many days, up to the last one of the range.
CALENDAR_DAYS = 365
HOURS = 24
HOUR = 3600
BETWEEN = "Between commits"

Commits = QuerySet[Commit]


class Work(NamedTuple):
    """What was done on some days. Generated lines are in `generated` alone."""

    commits: int
    added: int
    deleted: int
    generated: int
    #: Between commits of one sitting.
    seconds: int


NO_WORK = Work(0, 0, 0, 0, 0)


def own_commits_in(repository: Repository) -> Commits:
    """Return the owner's own commits in one repository, whatever kind of repository it is."""
    return commits_in(repository).filter(mine=True)


def commits_in(repository: Repository) -> Commits:
    """Return everybody's commits in one repository."""
    rows = Commit.objects.live().filter(repository_links__repository=repository)
    found: Commits = rows.plausible()
    return found


class Days(NamedTuple):
    """What was done on each day that has commits, and the hours of the clock of its commits, as a text with commas between
    them."""

    work: dict[date, Work]
    hours: dict[date, str]


def read_days(commits: Commits, first: date, last: date) -> Days:
    """Return the days that have commits, by one statement that looks at each commit once.

    Of a commit only the sum of its generated lines is known: where it both adds and deletes lines, they are taken from
    both in proportion."""
    lines = Cast(F("added"), FloatField()) + F("deleted")
    generated = F("generated") * (F("added") / NullIf(lines, 0.0))
    rows = (
        commits.filter(date__range=(first, last))
        .order_by()
        .values("date")
        .annotate(
            # The driver of SQLite would parse each date that is a column, which takes longer than to read the row.
            day=Max("date"),
            count=Count("pk"),
            plus=Sum("added"),
            minus=Sum("deleted"),
            left_out=Sum("generated"),
            generated_plus=Sum(Cast(generated, FloatField()), filter=Q(generated__gt=0)),
            seconds=Sum("sitting_seconds"),
            hours=Listed("hour"),
        )
    )
    columns = ("day", "count", "plus", "minus", "left_out", "generated_plus", "seconds", "hours")
    days = Days({}, {})
    for day, count, plus, minus, left_out, part, seconds, hours in plain_rows(
        rows.values_list(*columns)
    ):
        own = own_lines(plus, minus, left_out, part)
        days.work[day] = Work(count, *own, left_out, seconds)
        days.hours[day] = hours or ""
    return days


def own_lines(
    added: int, deleted: int, generated: int, generated_added: float | None
) -> tuple[int, int]:
    """Return the added and deleted lines of a day without the generated ones, which are left out to the line."""
    left_out = round(generated_added or 0.0)
    return added - left_out, deleted - (generated - left_out)


def commits_by_hour(hours: Mapping[date, str], shown: Range) -> list[list[int]]:
    """Return how many commits were made in each hour of each weekday: seven rows of 24, Monday first. `hours`: those of the
    commits of each day, with commas between them."""
    of_weekday: list[list[str]] = [[] for _ in range(7)]
    for day, listed in hours.items():
        if listed and shown.first <= day <= shown.last:
            of_weekday[day.weekday()].append(listed)
    counts = [Counter(",".join(texts).split(",")) for texts in of_weekday]
    return [[count[str(hour)] for hour in range(HOURS)] for count in counts]


def commits_by_repository(commits: Commits, shown: Range) -> dict[int, int]:
    """Return how many of the commits are in each repository, also in those that no total counts, by its number here."""
    rows = commits.filter(date__range=(shown.first, shown.last)).order_by()
    counts = rows.values("repository_links__repository").annotate(count=Count("pk"))
    return dict(counts.values_list("repository_links__repository", "count"))


def first_day(commits: QuerySet[Commit] | None = None) -> date | None:
    """Return the day of the first of the commits."""
    rows: QuerySet[Model] = own_commits() if commits is None else commits
    day: date | None = (
        rows.filter(date__isnull=False).order_by("date").values_list("date", flat=True).first()
    )
    return day


# --- A range --------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class RangeNumbers:
    """The days of a range and of the year that ends with it, and those of the stretch before it."""

    shown: Range
    per_day: dict[date, Work]
    by_hour: Sequence[Sequence[int]]
    #: What was read of GitHub; None where it is not set up.
    read: Stretch | None

    def on(self, day: date) -> Work | None:
        """Return what was done on a day; None where that is not known."""
        found = self.per_day.get(day)
        if found is not None or self.read_days is None:
            return found
        return NO_WORK if self.read_days[0] <= day <= self.read_days[1] else None

    @cached_property
    def read_days(self) -> tuple[date, date] | None:
        """Return the first and the last day that was read of GitHub; None where it is not set up."""
        return self.read.days if self.read else None

    @cached_property
    def days(self) -> list[date]:
        return days_from(self.shown.first, self.shown.last)

    @cached_property
    def values(self) -> list[Work | None]:
        return [self.on(day) for day in self.days]

    @cached_property
    def calendar_days(self) -> list[date]:
        return days_from(days_before(self.shown.last, CALENDAR_DAYS - 1), self.shown.last)

    @cached_property
    def total(self) -> Work:
        return sum_of(self.values)

    @cached_property
    def active_days(self) -> int:
        return active(self.values)

    @cached_property
    def known_days(self) -> int:
        return len(self.values) - self.values.count(None)

    @property
    def known_to(self) -> date | None:
        """Return the last known day of a range that is not known to its end; None where all is known, or nothing."""
        if not self.known_days or self.values[-1] is not None:
            return None
        return max(day for day, work in zip(self.days, self.values, strict=True) if work)

    @cached_property
    def before(self) -> list[Work] | None:
        """Return the days of the stretch before; None where there is none, or it is not known as a whole."""
        earlier = self.shown.before()
        found = [self.on(day) for day in days_from(earlier.first, earlier.last)] if earlier else []
        known = [work for work in found if work is not None]
        return known if found and len(known) == len(found) else None

    @property
    def compared(self) -> list[Work] | None:
        """Return the days of the stretch before, if the range is known as a whole and can be compared with them."""
        return self.before if self.known_days == len(self.values) else None

    @cached_property
    def fullest(self) -> tuple[date, int] | None:
        """Return the day with the most commits, the latest of equal ones, and how many they are."""
        found = [(work.commits, day) for day, work in self.per_day.items() if self.has(day)]
        if not found:
            return None
        most, day = max(found)
        return day, most

    def has(self, day: date) -> bool:
        return self.shown.first <= day <= self.shown.last


def sum_of(values: Sequence[Work | None]) -> Work:
    known = [work for work in values if work]
    return Work(*map(sum, zip(NO_WORK, *known, strict=True)))


def active(values: Sequence[Work | None]) -> int:
    return sum(1 for work in values if work and work.commits)


def range_numbers(commits: Commits, shown: Range, verified: Verified) -> RangeNumbers:
    """Read a range by one statement, and one for what was read of GitHub."""
    earlier = shown.before()
    begin = min(
        earlier.first if earlier else shown.first, days_before(shown.last, CALENDAR_DAYS - 1)
    )
    days = read_days(commits, begin, shown.last)
    return RangeNumbers(
        shown=shown,
        per_day=days.work,
        by_hour=commits_by_hour(days.hours, shown),
        read=verified.of(commits_metric),
    )


# --- Figures --------------------------------------------------------------------------------------


class Figure(NamedTuple):
    """A number of the range in words, and what is said of it."""

    label: str
    #: None where no day is known.
    value: str | None
    unit: str
    note: str


def figures(numbers: RangeNumbers) -> list[Figure]:
    total, before = numbers.total, sum_of(numbers.compared or [])
    values = (
        ("Commits", total.commits, before.commits),
        ("Active days", numbers.active_days, active(numbers.compared or [])),
        ("Lines added", total.added, before.added),
        ("Lines deleted", total.deleted, before.deleted),
    )
    return [*(figure(numbers, *one) for one in values), hours_figure(numbers)]


def hours_figure(numbers: RangeNumbers) -> Figure:
    """Return the hours between commits of one sitting: the least that was worked, not all of it."""
    if not numbers.known_days:
        return Figure(BETWEEN, None, "", "")
    seconds, before = numbers.total.seconds, sum_of(numbers.compared or []).seconds
    change = note_of(numbers, round((seconds - before) / HOUR))
    return Figure(BETWEEN, number(seconds / HOUR), "h", change)


def figure(numbers: RangeNumbers, label: str, value: int, before: int) -> Figure:
    if not numbers.known_days:
        return Figure(label, None, "", "")
    return Figure(label, number(value), "", note_of(numbers, value - before))


def note_of(numbers: RangeNumbers, change: int) -> str:
    """Return how a number lies to the stretch before, or up to when it is known."""
    if numbers.known_to:
        return f"known to {day_words(numbers.known_to, numbers.shown.today)}"
    if numbers.shown.is_all or numbers.shown.before() is None:
        return ""
    return change_words(change if numbers.compared else None, 0, numbers.shown.words)


def lines_of_code(measured: Sequence[int | None]) -> Figure:
    """Return what the repositories hold now; `measured` has None for those whose lines were not counted."""
    known = [lines for lines in measured if lines is not None]
    words = "1 repository" if len(known) == 1 else f"{len(known):,} repositories"
    return Figure(
        "Lines of code",
        number(sum(known)) if known else None,
        "",
        f"now, in {words}" if known else "",
    )


def longest_pause(numbers: RangeNumbers) -> tuple[date, int] | None:
    """Return the first day and the length of the longest pause between two commits of the calendar."""
    worked = [day for day in numbers.calendar_days if day in numbers.per_day]
    gaps = [
        ((later - earlier).days - 1, earlier + timedelta(days=1))
        for earlier, later in pairwise(worked)
    ]
    length, day = max(gaps, default=(0, numbers.shown.last))
    return (day, length) if length else None
