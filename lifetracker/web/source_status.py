"""Whether each source is set up and connected, and how its syncs went, as pages show it."""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache, reduce
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Q, Subquery
from django.utils import timezone
from django.utils.dateformat import format as format_date

from lifetracker import days
from lifetracker.days import ONE_DAY
from lifetracker.models import BEGINNING, SyncRun, SyncState
from lifetracker.sync.declaration import SetupStep
from lifetracker.sync.quotas import RequestQuota
from lifetracker.sync.streams import FileSource, Source, file_sources, sources
from lifetracker.words import title_of
from oauth_integration.client import providers
from oauth_integration.models import OAuthCredential, unstored

# What syncs every day has missed one when its last one is as old as this.
STALE = timedelta(hours=36)
# A worker that is there takes up what waits within a moment.
WORKER_TAKES = timedelta(minutes=2)


class RunSummary(NamedTuple):
    """What is stored of a source's runs. `states`: of its streams that are read window by window, also of those that
    were not read yet; `stored`: by stream, of all that were."""

    last_run: SyncRun | None
    last_success: SyncRun | None
    states: list[SyncState]
    stored: Mapping[str, SyncState]
    #: Of what the service exports as a file.
    exported: Sequence[SyncState] = ()

    @property
    def known(self) -> list[SyncState]:
        """Return what is verified of the source, by its service or by its files."""
        return [*self.states, *self.exported]


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
    #: The name of the page that imports a file of it.
    import_page: str = ""
    #: The settings without which it is not set up.
    variables: Sequence[str] = ()
    #: What it brings, in a few words.
    brings: str = ""
    #: How a person gets what the settings hold.
    steps: Sequence[SetupStep] = ()
    #: By stream that is read window by window, what its records are called.
    stream_titles: Mapping[str, str] = field(default_factory=dict)
    #: What a consent is asked for.
    scopes: Sequence[str] = ()
    #: The setting that holds its key, where it is reached by one, and how the key ends.
    key_setting: str = ""
    key_end: str = ""
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
    def needs_consent_since(self) -> datetime | None:
        """Return when the service refused the consent; None where that is not known."""
        one = self.credential
        return one.updated_at if one is not None and one.needs_reauthorization else None

    @property
    def is_connected(self) -> bool:
        return self.configured and not self.missing_consent

    @property
    def missing_consent(self) -> bool:
        """It is set up, and cannot be read until the person gives their consent."""
        one = self.credential
        return self.configured and one is not None and (not one.is_connected or self.needs_consent)

    @property
    def permission(self) -> str:
        """Return how long it can be read without its owner, in words; empty where nothing is known of that."""
        if self.credential is None or not self.is_connected:
            return ""
        if self.credential.refresh_token:
            return "renews itself"
        ends = self.credential.expires_at
        return f"expires {format_date(timezone.localtime(ends), 'j F')}" if ends else ""

    @property
    def refused_scopes(self) -> list[str]:
        """Return what a consent was asked for and did not grant, as far as the service said what it granted."""
        granted = self.credential.granted if self.credential and self.is_connected else set()
        return [scope for scope in self.scopes if granted and scope not in granted]

    @property
    def redirect_address(self) -> str:
        """Return where a consent leads back to, as the service must know it."""
        return self.credential.setting("redirect_uri") if self.credential else ""

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
    def quotas(self) -> list[RequestQuota]:
        """Return how many requests the service still takes, as it said in the newest run in which it said so."""
        for run in (self.runs.last_run, self.runs.last_success):
            if run and run.quotas:
                return [RequestQuota.from_json(one) for one in run.quotas]
        return []

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
        """A sync comes by itself every day, or as seldom as its owner has set: one was missed."""
        run = self.runs.last_success
        if run is None or self.is_import:
            return False
        seldom = timedelta(hours=settings.SYNC_HOURS.get(self.name, 0)) - ONE_DAY
        return timezone.now() - run.started_at > STALE + max(seldom, timedelta())

    @property
    def is_troubled(self) -> bool:
        return self.needs_consent or (self.is_connected and (self.went_wrong or self.is_stale))


# Of a key, so much may be shown; of a shorter one it would be too large a part.
SHOWN_OF_KEY, SHORTEST_KEY = 4, 16


def key_setting(source: Source) -> str:
    """Return the name of the setting that holds the key of a source that is reached by one; else nothing."""
    secrets = (one.name for one in source.declaration.settings if one.secret and one.required)
    return next(secrets, "")


def key_end(source: Source) -> str:
    """Return the last characters of the key of a source that is reached by one, so that its owner knows which it is."""
    name = key_setting(source)
    key = str(getattr(settings, name)) if name else ""
    return key[-SHOWN_OF_KEY:] if len(key) >= SHORTEST_KEY else ""


def somebody_needs_consent() -> bool:
    """Return whether a service no longer takes its consent, by one small statement: for pages that do not know it."""
    credentials = OAuthCredential.objects.filter(provider__in=providers())
    return any(one.needs_reauthorization or one.is_unreadable for one in credentials)


def source_statuses() -> list[SourceStatus]:
    """One for each registered source, and one for the exports of the Zero app."""
    names = [*sources, *file_sources]
    summaries = run_summaries(names)
    stored = OAuthCredential.objects.by_provider()
    statuses = [
        source_status(source, summaries[source.name], stored) for source in sources.values()
    ]
    return [*statuses, *file_source_statuses(summaries)]


def one_source_status(source: Source) -> SourceStatus:
    """Return the status of one source, for whoever asks for it every few seconds."""
    summary = run_summaries([source.name])[source.name]
    stored = OAuthCredential.objects.by_provider() if source.slug in providers() else {}
    return source_status(source, summary, stored)


def file_source_statuses(summaries: Mapping[str, RunSummary]) -> list[SourceStatus]:
    """Return one for each source that comes by file, and one for each group of them: that of its newest file."""
    groups: dict[str, list[FileSource]] = defaultdict(list)
    for source in file_sources.values():
        groups[source.group or title_of(source.name)].append(source)
    return [
        file_source_status(
            title, max(found, key=lambda one: imported_at(summaries[one.name])), summaries
        )
        for title, found in groups.items()
    ]


def imported_at(summary: RunSummary) -> datetime:
    return summary.last_success.started_at if summary.last_success else BEGINNING


def file_source_status(
    title: str, source: FileSource, summaries: Mapping[str, RunSummary]
) -> SourceStatus:
    return SourceStatus(
        name=source.name,
        title=title,
        command=source.command,
        import_page=source.page,
        brings=source.brings,
        configured=summaries[source.name].last_success is not None,
        is_import=True,
        runs=summaries[source.name],
    )


def run_summaries(names: list[str]) -> dict[str, RunSummary]:
    """Return what is stored of the runs of each source, by two statements."""
    newest, successes = newest_runs(names)
    stored = stored_states()
    return {
        name: RunSummary(
            newest.get(name),
            successes.get(name),
            states_of(name, stored[name]),
            stored[name],
            list(stored[export_name_of(name)].values()),
        )
        for name in names
    }


def stored_states() -> Mapping[str, Mapping[str, SyncState]]:
    """Return the stored states by source and stream; none of a source that was not read."""
    found: dict[str, dict[str, SyncState]] = defaultdict(dict)
    for state in SyncState.objects.all():
        found[state.source][state.stream] = state
    return found


def export_name_of(name: str) -> str:
    """Return the source of what a service exports as a file; empty where none is imported."""
    return sources[name].declaration.export_name if name in sources else ""


def states_of(name: str, stored: Mapping[str, SyncState]) -> list[SyncState]:
    """Return one state for each stream with a history of a source, also for those that were not read yet."""
    streams = sources[name].history_streams if name in sources else []
    return [stored.get(stream, SyncState(source=name, stream=stream)) for stream in streams]


def source_status(
    source: Source, summary: RunSummary, stored: Mapping[str, OAuthCredential]
) -> SourceStatus:
    client = providers().get(source.slug)
    credential = (stored.get(source.slug) or unstored(source.slug)) if client else None
    return SourceStatus(
        name=source.name,
        title=source.title,
        command=f"sync_{source.slug}",
        variables=source.declaration.required,
        brings=source.declaration.brings,
        steps=source.declaration.steps,
        stream_titles={stream.name: stream.title for stream in source.streams},
        scopes=client.scopes if client else (),
        key_setting="" if client else key_setting(source),
        key_end="" if client else key_end(source),
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
