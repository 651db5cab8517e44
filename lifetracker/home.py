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

from fasting.models import ZERO
from github_projects.models import GITHUB, Commit, Holdings, Repository
from lifetracker import days
from lifetracker.models import RejectedItem, SyncRun, SyncState
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
# So many projects or repositories are named, the others are summed.
TOP = 4
# What syncs every day has missed one when its last one is as old as this.
STALE = timedelta(hours=36)
# A worker that is there takes up what waits within a moment.
WORKER_TAKES = timedelta(minutes=2)
# What a source that is reached by a token has it in, where that has a name of its own.
TOKENS = {GITHUB: "ACCESS_TOKEN"}


def last_days(day: date) -> list[date]:
    """Those that are drawn, the last of which is `day`."""
    return [day - timedelta(days=back) for back in reversed(range(DRAWN_DAYS))]


def since_monday(ended: list[date]) -> list[date]:
    """Of days in their order, those of the last one's week."""
    return ended[-1 - ended[-1].weekday() :]


def named(found: int) -> int:
    """How many of so many are named. One that is left over is shown rather than called «others»."""
    return TOP if found > TOP + 1 else TOP + 1


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
        newest=WeighIn.objects.all().happened().defer("raw").first(),
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
        return self.toggl.is_unread(self.day)


def time_card(now: datetime, toggl: SourceBook) -> TimeCard:
    day = days.today()
    drawn = last_days(day)
    entries = TimeEntry.objects.all()
    per_day = entries.per_day(drawn[0], day)
    projects = [
        ProjectTime(client, project, seconds)
        for (client, project), seconds in entries.per("project", day, day).items()
    ]
    top = named(len(projects))
    return TimeCard(
        day=day,
        total=per_day.get(day, 0.0),
        week=sum(per_day.get(one, 0.0) for one in since_monday(drawn)),
        per_day={one: per_day.get(one, 0.0) for one in drawn},
        projects=projects[:top],
        others=projects[top:],
        running=[
            # What a clock that is fast began has lasted no time.
            Running(entry, max(entry.elapsed(now).total_seconds(), 0.0))
            for entry in entries.running().defer("raw")
        ],
        latest=entries.ended().defer("raw").first(),
        toggl=toggl,
    )


# --- Code -----------------------------------------------------------------------------------------


class Work(NamedTuple):
    """Commits, and the lines that they added and removed."""

    commits: int
    added: int
    deleted: int


NO_WORK = Work(0, 0, 0)


class Share(NamedTuple):
    """A repository, and the commits in it."""

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
    """The person's own commits in the repositories that count: of `day`, of its week since Monday,
    as a sum and by repository, and of each of the last days. `last_day`: of any commit."""

    day: date
    per_day: dict[date, int]
    week: Work
    repositories: list[Share]
    others: list[Share]
    last_day: date | None
    holdings: Holdings
    github: SourceBook

    @property
    def today(self) -> int:
        return self.per_day[self.day]

    @property
    def most(self) -> int:
        """The busiest, against which the others are drawn."""
        return max((one.commits for one in self.repositories), default=0)

    @property
    def other_commits(self) -> int:
        return sum(one.commits for one in self.others)

    @property
    def is_old(self) -> bool:
        """There is a commit, and none of the days that are drawn has one."""
        return self.last_day is not None and not any(self.per_day.values())

    @property
    def knows_no_address(self) -> bool:
        """There are commits, and who made them is not known to be the person."""
        return self.holdings.commits > 0 and not self.holdings.mine

    @property
    def is_unread(self) -> bool:
        return self.github.is_unread(self.day)


def code_card(github: SourceBook) -> CodeCard:
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
    top = named(len(shares))
    return CodeCard(
        day=day,
        per_day={one: made[one].commits if one in made else 0 for one in drawn},
        week=Work(*map(sum, zip(NO_WORK, *of_week, strict=True))),
        repositories=shares[:top],
        others=shares[top:],
        last_day=own.filter(date__lte=day).last_day(),
        holdings=Repository.objects.all().holdings(),
        github=github,
    )


# --- Sources --------------------------------------------------------------------------------------


class Ledger(NamedTuple):
    """What the ledger has of a source. `states`: of its streams that are read window by window."""

    last_run: SyncRun | None
    last_success: SyncRun | None
    rejected: int
    states: list[SyncState]


class StreamProgress(NamedTuple):
    """How many items of a stream a run has read, and back to when."""

    name: str
    seen: int
    back_to: datetime | None


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
        token = TOKENS.get(self.name, "API_TOKEN")
        words = ("CLIENT_ID", "CLIENT_SECRET") if self.credential else (token,)
        return [f"{self.name}_{word}".upper() for word in words]

    @property
    def needs_consent(self) -> bool:
        """It had a consent, which is no good any more."""
        one = self.credential
        return one is not None and (one.needs_reauthorization or one.is_unreadable)

    @property
    def is_connected(self) -> bool:
        return self.configured and not self.missing_consent

    @property
    def missing_consent(self) -> bool:
        """It is set up, and cannot be read until the person gives their consent."""
        one = self.credential
        return self.configured and one is not None and (not one.is_connected or self.needs_consent)

    @property
    def unknown(self) -> str:
        """Why there may be more at the source than is known here; empty once it was read."""
        if not self.configured:
            return f"{self.title} is not set up, so nothing is known from there."
        if self.missing_consent:
            return f"{self.title} waits for your consent."
        if self.ledger.last_success:
            return ""
        is_on = self.ledger.last_run and self.ledger.last_run.is_active
        return f"{self.title} {'is being read.' if is_on else 'has not been read completely yet.'}"

    @property
    def can_be_synced(self) -> bool:
        """By the press of a button: not while it is being synced, or about to be."""
        run = self.ledger.last_run
        return self.is_connected and not self.is_import and not (run and run.is_active)

    @property
    def history(self) -> list[StreamProgress]:
        """By stream, how far the whole history has been read that is being read now."""
        run = self.ledger.last_run
        if run is None or not run.is_active or run.kind != SyncRun.Kind.FULL:
            return []
        back_to = {state.stream: state.full_from for state in self.ledger.states}
        return [
            StreamProgress(name, counts.get("seen", 0), back_to[name])
            for name, counts in run.counts.items()
            if name in back_to
        ]

    @property
    def lacks_history(self) -> bool:
        """A part of its history has not been read."""
        return any(not state.whole_history for state in self.ledger.states)

    @property
    def is_moving(self) -> bool:
        """Its run is at work, or about to be: the page will soon have more to show."""
        run = self.ledger.last_run
        is_on = run is not None and run.is_active and self.is_connected
        return is_on and not self.waits_until and not self.lacks_worker

    def is_unread(self, day: date) -> bool:
        """It was not asked on this day yet, so that nothing need not mean that nothing was done."""
        read = self.ledger.last_success
        return self.configured and (read is None or days.local_date(read.started_at) < day)

    @property
    def waits_until(self) -> datetime | None:
        """When its run goes on, where that has to wait."""
        run = self.ledger.last_run
        is_queued = run is not None and run.status == SyncRun.Status.QUEUED
        return run.resume_at if run and is_queued and run.must_wait else None

    @property
    def lacks_worker(self) -> bool:
        """Its run could have begun some time ago."""
        run = self.ledger.last_run
        if run is None or run.status != SyncRun.Status.QUEUED:
            return False
        return timezone.now() - (run.resume_at or run.started_at) > WORKER_TAKES

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
    rejected = dict(
        RejectedItem.objects.pending().order_by().values_list("source").annotate(Count("pk"))
    )
    states = states_per_source()
    ledgers = {
        name: Ledger(
            newest.get(name), successes.get(name), rejected.get(name, 0), states.get(name, [])
        )
        for name in names
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


def states_per_source() -> dict[str, list[SyncState]]:
    """Return one state for each stream with a history, also for those that were not read yet."""
    stored = {(state.source, state.stream): state for state in SyncState.objects.all()}
    return {
        source.name: [
            stored.get((source.name, stream), SyncState(source=source.name, stream=stream))
            for stream in source.history_streams
        ]
        for source in sources.values()
    }


def source_book(source: Source, ledger: Ledger) -> SourceBook:
    client = providers().get(source.slug)
    credential = OAuthCredential.objects.of(source.slug) if client else None
    return SourceBook(
        name=source.name,
        title=title_of(source),
        command=f"sync_{source.slug}",
        configured=bool(credential.setting("client_id")) if credential else source.is_configured(),
        credential=credential,
        ledger=ledger,
    )


def title_of(source: Source) -> str:
    """As the service writes its own name."""
    client = providers().get(source.slug)
    return client.service if client else source.name


def newest_runs(names: list[str]) -> tuple[dict[str, SyncRun], dict[str, SyncRun]]:
    """By source, the newest run and the newest complete one: in one query, and by the index, however
    long the ledger is."""
    every, complete = SyncRun.objects.syncs(), SyncRun.objects.complete()
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
