"""The owner's commits of a day and of the days before it, read once for all that shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import NamedTuple
from urllib.parse import urlencode

from django.db.models import F, Func, Subquery
from django.urls import reverse

from github_projects.models import Commit, Repository
from lifetracker.models.rows import plain_rows
from lifetracker.web.cards import Visit, last_days, since_monday

COLUMNS = ("pk", "source_id", "date", "authored_at", "added", "deleted")


class OwnCommit(NamedTuple):
    pk: int
    oid: str
    date: date
    authored_at: datetime
    added: int
    deleted: int


@dataclass(frozen=True)
class DayCommits:
    """The commits of the last days, oldest first, in the repositories that totals are made of."""

    day: date
    commits: list[OwnCommit]
    per_day: dict[date, int]
    #: How many repositories could not be read the last time; None if that was not asked because there is no commit.
    failed: int | None

    @property
    def today(self) -> int:
        return self.per_day[self.day]

    @property
    def week(self) -> list[OwnCommit]:
        """Return those since Monday."""
        first = since_monday(list(self.per_day))[0]
        return [one for one in self.commits if one.date >= first]


def commits_of_day(visit: Visit) -> DayCommits:
    """Read the commits of a day and the days before it by one statement."""
    drawn = last_days(visit.day)
    own = Commit.objects.each_within(Repository.objects.counted()).filter(mine=True)
    # In an order that the database is not asked for: it would walk through all commits to keep it.
    rows = own.between(drawn[0], visit.day).order_by().annotate(failed=failed_count())
    found = plain_rows(rows.values_list(*COLUMNS, "failed"))
    commits = sorted((OwnCommit(*row[:-1]) for row in found), key=attrgetter("authored_at"))
    per_day = dict.fromkeys(drawn, 0)
    for one in commits:
        per_day[one.date] += 1
    return DayCommits(visit.day, commits, per_day, found[0][-1] if found else None)


def address_of_day(day: date) -> str:
    """Return the address of the page that shows the commits of a day."""
    return f"{reverse('github')}?{urlencode({'from': day, 'to': day})}"


def failed_count() -> Subquery:
    """Return the number of repositories that could not be read, as a part of another statement."""
    failed = Repository.objects.live().exclude(failure="").order_by()
    return Subquery(failed.annotate(number=Func(F("pk"), function="COUNT")).values("number"))
