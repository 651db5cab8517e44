"""Whether each source is set up and connected, and how its syncs went, as the home page shows it."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, reduce
from typing import Any, NamedTuple

from django.db.models import Count, Q, Subquery
from django.utils import timezone

from lifetracker import days
from lifetracker.models import RejectedItem, SyncRun, SyncState
from lifetracker.sync.streams import Source, file_sources, sources
from oauth_integration.client import providers
from oauth_integration.models import OAuthCredential

# What syncs every day has missed one when its last one is as old as this.
STALE = timedelta(hours=36)
# A worker that is there takes up what waits within a moment.
WORKER_TAKES = timedelta(minutes=2)


class RunSummary(NamedTuple):
    """What is stored of a source's runs. `states`: of its streams that are read window by window."""

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
class SourceStatus:
    """Is a source set up, is it connected, and how did its syncs go?

    `credential`: only of a source that is reached by OAuth. `command` reads the source.
    """

    name: str
    title: str
    command: str
    configured: bool
    credential: OAuthCredential | None = None
    is_import: bool = False
    #: The settings without which it is not set up.
    variables: Sequence[str] = ()
    runs: RunSummary

    @property
    def slug(self) -> str:
        return self.name.lower()

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
            return f"{self.title} is not set up."
        if self.missing_consent:
            return f"{self.title} is waiting for your consent."
        if self.runs.last_success:
            return ""
        is_on = self.runs.last_run and self.runs.last_run.is_active
        return (
            f"{self.title} {'is being synced.' if is_on else 'has not been synced completely yet.'}"
        )

    @property
    def can_be_synced(self) -> bool:
        """By the press of a button: not while it is being synced, or about to be."""
        run = self.runs.last_run
        return self.is_connected and not self.is_import and not (run and run.is_active)

    @property
    def history(self) -> list[StreamProgress]:
        """By stream, how far the whole history has been read that is being read now."""
        run = self.runs.last_run
        if run is None or not run.is_active or run.kind != SyncRun.Kind.FULL:
            return []
        back_to = {state.stream: state.full_from for state in self.runs.states}
        return [
            StreamProgress(name, counts.get("seen", 0), back_to[name])
            for name, counts in run.counts.items()
            if name in back_to
        ]

    @property
    def lacks_history(self) -> bool:
        """A part of its history has not been read."""
        return any(not state.whole_history for state in self.runs.states)

    @property
    def is_moving(self) -> bool:
        """Its run is at work, or about to be: the page will soon have more to show."""
        run = self.runs.last_run
        is_on = run is not None and run.is_active and self.is_connected
        return is_on and not self.waits_until and not self.lacks_worker

    def is_unread(self, day: date) -> bool:
        """It was not asked on this day yet, so that nothing need not mean that nothing was done."""
        read = self.runs.last_success
        return self.configured and (read is None or days.local_date(read.started_at) < day)

    @property
    def waits_until(self) -> datetime | None:
        """When its run goes on, where that has to wait."""
        run = self.runs.last_run
        is_queued = run is not None and run.status == SyncRun.Status.QUEUED
        return run.resume_at if run and is_queued and run.must_wait else None

    @property
    def lacks_worker(self) -> bool:
        """Its run could have begun some time ago."""
        run = self.runs.last_run
        if run is None or run.status != SyncRun.Status.QUEUED:
            return False
        return timezone.now() - (run.resume_at or run.started_at) > WORKER_TAKES

    @property
    def went_wrong(self) -> bool:
        run = self.runs.last_run
        return run is not None and run.status in {SyncRun.Status.FAILED, SyncRun.Status.PARTIAL}

    @property
    def is_stale(self) -> bool:
        """A sync comes by itself every day: one was missed."""
        run = self.runs.last_success
        return run is not None and not self.is_import and timezone.now() - run.started_at > STALE

    @property
    def is_troubled(self) -> bool:
        return self.needs_consent or (self.is_connected and (self.went_wrong or self.is_stale))


def source_statuses() -> list[SourceStatus]:
    """One for each registered source, and one for the exports of the Zero app."""
    names = [*sources, *file_sources]
    newest, successes = newest_runs(names)
    rejected = dict(
        RejectedItem.objects.pending().order_by().values_list("source").annotate(Count("pk"))
    )
    states = states_per_source()
    summaries = {
        name: RunSummary(
            newest.get(name), successes.get(name), rejected.get(name, 0), states.get(name, [])
        )
        for name in names
    }
    statuses = [source_status(source, summaries[source.name]) for source in sources.values()]
    return [*statuses, *(file_source_status(name, summaries[name]) for name in file_sources)]


def file_source_status(name: str, summary: RunSummary) -> SourceStatus:
    return SourceStatus(
        name=name,
        title=name,
        command=f"import_{name.lower()} FILE",
        configured=summary.last_success is not None,
        is_import=True,
        runs=summary,
    )


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


def source_status(source: Source, summary: RunSummary) -> SourceStatus:
    client = providers().get(source.slug)
    credential = OAuthCredential.objects.of(source.slug) if client else None
    return SourceStatus(
        name=source.name,
        title=source.title,
        command=f"sync_{source.slug}",
        variables=source.declaration.required,
        configured=bool(credential.setting("client_id")) if credential else source.is_configured(),
        credential=credential,
        runs=summary,
    )


@cache
def newest_runs_statement(names: tuple[str, ...]) -> tuple[str, tuple[Any, ...]]:
    """Return SQL and its parameters, which are always the same: to put it together takes longer than the
    database needs to answer it."""
    every, complete = SyncRun.objects.syncs(), SyncRun.objects.complete()
    wanted = [
        Q(pk=Subquery(runs.filter(source=name).values("pk")[:1]))
        for name in names
        for runs in (every, complete)
    ]
    return SyncRun.objects.filter(reduce(operator.or_, wanted)).query.sql_with_params()


def newest_runs(names: list[str]) -> tuple[dict[str, SyncRun], dict[str, SyncRun]]:
    """By source, the newest run and the newest complete one: in one query, and by the index, however
    many runs there are."""
    newest: dict[str, SyncRun] = {}
    successes: dict[str, SyncRun] = {}
    for run in SyncRun.objects.raw(*newest_runs_statement(tuple(names))):
        newest.setdefault(run.source, run)
        if run.status == SyncRun.Status.SUCCESS:
            successes.setdefault(run.source, run)
    return newest, successes


def all_synced_at(statuses: list[SourceStatus]) -> datetime | None:
    """The moment up to which every connected source is known; None while one of them is not."""
    synced = [
        status.runs.last_success
        for status in statuses
        if status.is_connected and not status.is_import
    ]
    ends = [run.finished_at for run in synced if run and run.finished_at]
    return min(ends) if ends and len(ends) == len(synced) else None
