"""What the cards of the home page hold: for each a small class, whose values its template shows,
and a function that asks for them."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from typing import NamedTuple

from django.db.models import Count, Q, Subquery
from django.utils import timezone

from fasting.models import ZERO, FastingPeriod
from lifetracker import days
from lifetracker.models import RejectedItem, SyncRun
from lifetracker.streams import Source, sources
from oauth_integration.client import providers
from oauth_integration.models import OAuthCredential
from time_logs.models import TimeEntry
from weight.models import TrendPoint, WeighIn, slope_per_week

FOUR_WEEKS = timedelta(weeks=4)
# What the drawing of the weight shows.
DRAWN = timedelta(days=90)
# Two weeks: this one, and one to compare it with.
DRAWN_DAYS = 14
# So many of a day's projects are named, the others are summed.
TOP_PROJECTS = 4
DEFAULT_GOAL = 16.0
DRAWN_FASTS = 14
# What syncs every day has missed one when its last one is as old as this.
STALE = timedelta(hours=36)


# --- Weight ---------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class WeightCard:
    """`latest`: surely the person's. `newest`: perhaps somebody else's, so it is in no figure.
    `change`: kg a week, over the four weeks before the last day. `drawn`: the days from `first` to
    `last`."""

    latest: WeighIn | None
    newest: WeighIn | None
    trend: TrendPoint | None
    change: float | None
    drawn: list[TrendPoint]
    first: date
    last: date

    @property
    def passed_over(self) -> WeighIn | None:
        return self.newest if self.newest and self.newest.is_ambiguous else None


def weight_card() -> WeightCard:
    points = WeighIn.objects.all().trend()
    last = days.today()
    first = last - DRAWN + timedelta(days=1)
    return WeightCard(
        latest=WeighIn.objects.all().certain().defer("raw").first(),
        newest=WeighIn.objects.all().live().defer("raw").first(),
        trend=points[-1] if points else None,
        change=slope_per_week(points, FOUR_WEEKS, last),
        drawn=[point for point in points if first <= point.date <= last],
        first=first,
        last=last,
    )


# --- Time -----------------------------------------------------------------------------------------


class ProjectTime(NamedTuple):
    client: str
    project: str
    seconds: float


class Running(NamedTuple):
    entry: TimeEntry
    seconds: float


@dataclass(frozen=True, kw_only=True)
class TimeCard:
    """Seconds of `day`, of its week since Monday, and of each of the last days. A running entry is
    in no sum."""

    day: date
    total: float
    week: float
    per_day: dict[date, float]
    projects: list[ProjectTime]
    others: list[ProjectTime]
    running: list[Running]
    latest: TimeEntry | None
    toggl: SourceBook

    @property
    def most(self) -> float:
        """The longest, against which the others are drawn."""
        return max((one.seconds for one in self.projects), default=0)

    @property
    def other_seconds(self) -> float:
        return sum(one.seconds for one in self.others)

    @property
    def is_unread(self) -> bool:
        """Toggl was not asked today yet, so that nothing need not mean that nothing was done."""
        read = self.toggl.ledger.last_success
        return self.toggl.configured and (
            read is None or days.local_date(read.started_at) < self.day
        )


def time_card(now: datetime, toggl: SourceBook) -> TimeCard:
    day = days.today()
    last_days = [day - timedelta(days=back) for back in reversed(range(DRAWN_DAYS))]
    entries = TimeEntry.objects.all()
    per_day = entries.per_day(last_days[0], day)
    projects = [
        ProjectTime(client, project, seconds)
        for (client, project), seconds in entries.per("project", day, day).items()
    ]
    # One that is left over is shown rather than called «others».
    named = TOP_PROJECTS if len(projects) > TOP_PROJECTS + 1 else TOP_PROJECTS + 1
    return TimeCard(
        day=day,
        total=per_day.get(day, 0.0),
        week=sum(per_day.get(one, 0.0) for one in last_days[-1 - day.weekday() :]),
        per_day={one: per_day.get(one, 0.0) for one in last_days},
        projects=projects[:named],
        others=projects[named:],
        running=[
            # What a clock that is fast began has lasted no time.
            Running(entry, max(entry.elapsed(now).total_seconds(), 0.0))
            for entry in entries.running().defer("raw")
        ],
        latest=entries.ended().defer("raw").first(),
        toggl=toggl,
    )


# --- Fasting --------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class FastingCard:
    """`elapsed`: hours. `recent`: the newest ended ones, the oldest of them first."""

    running: FastingPeriod | None
    elapsed: float
    recent: list[FastingPeriod]
    streak: int

    @property
    def last(self) -> FastingPeriod | None:
        return self.recent[-1] if self.recent else None

    @property
    def reaches_goal_at(self) -> datetime | None:
        if self.running is None or self.running.goal_hours is None:
            return None
        return self.running.start + timedelta(hours=self.running.goal_hours)

    @property
    def next_goal(self) -> float:
        """What the person is likely to want: what they wanted the last time."""
        return (self.last and self.last.goal_hours) or DEFAULT_GOAL


def fasting_card(now: datetime) -> FastingCard:
    fasts = FastingPeriod.objects.defer("raw")
    running = fasts.running().first()
    return FastingCard(
        running=running,
        elapsed=max((now - running.start).total_seconds() / 3600, 0.0) if running else 0.0,
        recent=list(fasts.ended()[:DRAWN_FASTS])[::-1],
        streak=fasts.streak(),
    )


# --- Sources --------------------------------------------------------------------------------------


class Ledger(NamedTuple):
    """What the ledger has of a source."""

    last_run: SyncRun | None
    last_success: SyncRun | None
    rejected: int


@dataclass(frozen=True, kw_only=True)
class SourceBook:
    """Is a source set up, is it connected, and how did its syncs go?

    `credential`: only of a source that is reached by OAuth. `command` reads the source.
    """

    name: str
    title: str
    command: str
    configured: bool
    credential: OAuthCredential | None = None
    is_import: bool = False
    ledger: Ledger

    @property
    def slug(self) -> str:
        return self.name.lower()

    @property
    def variables(self) -> list[str]:
        """What must be set for it."""
        words = ("CLIENT_ID", "CLIENT_SECRET") if self.credential else ("API_TOKEN",)
        return [f"{self.name}_{word}".upper() for word in words]

    @property
    def needs_consent(self) -> bool:
        """It had a consent, which is no good any more."""
        one = self.credential
        return one is not None and (one.needs_reauthorization or one.is_unreadable)

    @property
    def is_connected(self) -> bool:
        return self.configured and (
            self.credential is None or (self.credential.is_connected and not self.needs_consent)
        )

    @property
    def went_wrong(self) -> bool:
        run = self.ledger.last_run
        return run is not None and run.status in {SyncRun.Status.FAILED, SyncRun.Status.PARTIAL}

    @property
    def is_stale(self) -> bool:
        """A sync comes by itself every day: one was missed."""
        run = self.ledger.last_success
        return run is not None and not self.is_import and timezone.now() - run.started_at > STALE

    @property
    def is_troubled(self) -> bool:
        return self.needs_consent or (self.is_connected and (self.went_wrong or self.is_stale))


def source_books() -> list[SourceBook]:
    """One for each registered source, and one for the exports of the Zero app."""
    names = [*sources, ZERO]
    newest, successes = newest_runs(names)
    rejected = dict(RejectedItem.objects.order_by().values_list("source").annotate(Count("pk")))
    ledgers = {
        name: Ledger(newest.get(name), successes.get(name), rejected.get(name, 0)) for name in names
    }
    books = [source_book(source, ledgers[source.name]) for source in sources.values()]
    zero = ledgers[ZERO]
    return [
        *books,
        SourceBook(
            name=ZERO,
            title=ZERO,
            command="import_zero FILE",
            configured=zero.last_success is not None,
            is_import=True,
            ledger=zero,
        ),
    ]


def source_book(source: Source, ledger: Ledger) -> SourceBook:
    client = providers().get(source.slug)
    credential = OAuthCredential.objects.of(source.slug) if client else None
    return SourceBook(
        name=source.name,
        title=client.service if client else source.name,
        command=f"sync_{source.slug}",
        configured=bool(credential.setting("client_id")) if credential else source.is_configured(),
        credential=credential,
        ledger=ledger,
    )


def newest_runs(names: list[str]) -> tuple[dict[str, SyncRun], dict[str, SyncRun]]:
    """By source, the newest run and the newest complete one: in one query, and by the index, however
    long the ledger is."""
    every, complete = SyncRun.objects.all(), SyncRun.objects.filter(status=SyncRun.Status.SUCCESS)
    wanted = [
        Q(pk=Subquery(runs.filter(source=name).values("pk")[:1]))
        for name in names
        for runs in (every, complete)
    ]
    newest: dict[str, SyncRun] = {}
    successes: dict[str, SyncRun] = {}
    for run in SyncRun.objects.filter(reduce(operator.or_, wanted)):
        newest.setdefault(run.source, run)
        if run.status == SyncRun.Status.SUCCESS:
            successes.setdefault(run.source, run)
    return newest, successes


def all_synced_at(books: list[SourceBook]) -> datetime | None:
    """The moment up to which every connected source is known; None while one of them is not."""
    synced = [
        book.ledger.last_success for book in books if book.is_connected and not book.is_import
    ]
    ends = [run.finished_at for run in synced if run and run.finished_at]
    return min(ends) if ends and len(ends) == len(synced) else None
