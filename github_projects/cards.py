"""The card of commits on Today."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.dateformat import format as format_date
from django.utils.safestring import SafeString

from github_projects.day_data import DayCommits, address_of_day, commits_of_day
from github_projects.day_lane import code_lane
from github_projects.models import GITHUB, Repository, RepositoryTotals
from lifetracker.web.cards import Card, Visit, register_card
from lifetracker.web.cards import Place as PlaceOnPage
from lifetracker.web.charts.frame import Place
from lifetracker.web.charts.sparkline import day_columns
from lifetracker.web.lanes import Lane, register_lane
from lifetracker.web.sentences import MINUS
from lifetracker.web.source_status import SourceStatus
from lifetracker.words import counted


@dataclass(frozen=True, kw_only=True)
class CodeCard:
    """The owner's own commits in the repositories that totals are made of."""

    commits: DayCommits
    #: What all repositories add up to, which is asked for where there are no commits.
    totals: RepositoryTotals | None
    #: How many repositories could not be read the last time.
    failures: int
    columns: SafeString
    github: SourceStatus
    #: The page of the day's commits.
    href: str

    @property
    def today(self) -> int:
        return self.commits.today

    @property
    def knows_no_address(self) -> bool:
        """Return whether there are commits and none is known to be the owner's."""
        return self.totals is not None and self.totals.commits > 0 and not self.totals.mine

    @property
    def has_repositories(self) -> bool:
        return self.totals is None or self.totals.repositories > 0

    @property
    def is_unread(self) -> bool:
        return self.github.is_unread(self.commits.day)

    @property
    def week(self) -> str:
        """Return the commits since Monday and their lines: `21 this week`"""
        week = self.commits.week
        if not week:
            return "None found this week." if self.failures else "None this week."
        added, deleted = (sum(getattr(one, name) for one in week) for name in ("added", "deleted"))
        return f"{len(week):,} this week, +{added:,} and {MINUS}{deleted:,} lines."

    @property
    def failed(self) -> str:
        """Return what could not be read; empty where all could."""
        number = self.failures
        return (
            f"{counted(number, 'repository', 'repositories')} could not be read" if number else ""
        )


def code_card(visit: Visit) -> CodeCard:
    commits = visit.once(commits_of_day)
    totals = None if commits.commits else Repository.objects.all().totals()
    return CodeCard(
        commits=commits,
        totals=totals,
        failures=totals.failed if totals else commits.failed or 0,
        columns=columns_of(commits),
        github=visit.sources[GITHUB],
        href=address_of_day(visit.day),
    )


def columns_of(commits: DayCommits) -> SafeString:
    if not commits.commits:
        return SafeString()
    places = [
        Place(
            address_of_day(day),
            f"{format_date(day, 'l j F')}: {counted(number, 'commit')}",
        )
        for day, number in commits.per_day.items()
    ]
    return day_columns(
        list(commits.per_day.values()),
        list(commits.per_day),
        fill="code",
        sentence="; ".join(place.words for place in places),
        places=places,
    )


def in_short(card: CodeCard) -> str:
    return counted(card.today, "commit") if card.today else ""


register_card(
    Card(
        "code",
        "github_projects/card.html",
        code_card,
        PlaceOnPage.SMALL,
        order=40,
        has_records=lambda card: card.has_repositories,
        in_short=in_short,
    )
)
register_lane(Lane("code", order=50, make=code_lane))
