"""The card of commits on the home page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from github_projects.models import GITHUB, Commit, Repository, RepositoryTotals
from lifetracker import days
from lifetracker.web.cards import Card, Visit, last_days, register_card, since_monday, visible_count
from lifetracker.web.source_status import SourceStatus


class Work(NamedTuple):
    """Commits, and the lines that they added and removed."""

    commits: int
    added: int
    deleted: int


NO_WORK = Work(0, 0, 0)


class Share(NamedTuple):
    """A repository, and the number of commits in it."""

    full_name: str
    commits: int

    @property
    def owner(self) -> str:
        return self.full_name.partition("/")[0]

    @property
    def name(self) -> str:
        return self.full_name.partition("/")[2]


@dataclass(frozen=True, kw_only=True)
class CodeCard:
    """The owner's own commits in the repositories that totals are made of."""

    day: date
    #: The number of commits of each of the last days.
    per_day: dict[date, int]
    #: From Monday to `day`.
    week: Work
    #: The busiest repositories of the week.
    repositories: list[Share]
    #: The other repositories of the week.
    others: list[Share]
    #: The day of the newest commit.
    last_day: date | None
    totals: RepositoryTotals
    github: SourceStatus

    @property
    def today(self) -> int:
        return self.per_day[self.day]

    @property
    def most(self) -> int:
        """Return the commits of the busiest repository, which the bars are relative to."""
        return max((one.commits for one in self.repositories), default=0)

    @property
    def other_commits(self) -> int:
        return sum(one.commits for one in self.others)

    @property
    def is_old(self) -> bool:
        """Return whether the newest commit is older than the days of the chart."""
        return self.last_day is not None and not any(self.per_day.values())

    @property
    def knows_no_address(self) -> bool:
        """Return whether there are commits and none is known to be the owner's."""
        return self.totals.commits > 0 and not self.totals.mine

    @property
    def is_unread(self) -> bool:
        return self.github.is_unread(self.day)


def code_card(github: SourceStatus) -> CodeCard:
    day = days.today()
    drawn = last_days(day)
    week = since_monday(drawn)
    counted = Repository.objects.counted()
    own = Commit.objects.each_within(counted).filter(mine=True)
    made = {
        row["date"]: Work(row["commits"], row["added"], row["deleted"])
        for row in own.between(drawn[0], day).per_day()
    }
    of_week = [made[one] for one in week if one in made]
    shares = [
        Share(row["full_name"], row["commits"])
        for row in own.between(week[0], day).per_repository(counted)
    ]
    top = visible_count(len(shares))
    return CodeCard(
        day=day,
        per_day={one: made[one].commits if one in made else 0 for one in drawn},
        week=Work(*map(sum, zip(NO_WORK, *of_week, strict=True))),
        repositories=shares[:top],
        others=shares[top:],
        last_day=own.filter(date__lte=day).last_day(),
        totals=Repository.objects.all().totals(),
        github=github,
    )


def make(visit: Visit) -> CodeCard:
    return code_card(visit.sources[GITHUB])


register_card(
    Card(
        "code",
        "github_projects/card.html",
        make,
        order=40,
        has_records=lambda card: bool(card.totals.repositories),
    )
)
