"""What a run does after it has read the list of repositories: analyze those that have changed."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from github_projects import analyzer
from github_projects.account import update_account
from github_projects.analyzer import POLL_INTERVAL, RepositoryAnalyzer
from github_projects.models import Commit, Repository, RepositoryQuerySet
from github_projects.services.git import git_version
from lifetracker.errors import BadResponse, RunStopped
from lifetracker.sync.runs import StopRequests

if TYPE_CHECKING:
    from github_projects.services.github_client import GitHubClient
    from lifetracker.sync.job import SyncJob


def analyze(job: SyncJob[GitHubClient]) -> None:
    """Update whose commits are the owner's, then analyze the repositories that have changed. Raises SyncError."""
    update_account(job)
    requested = requested_repositories(job)
    if mark_pending(job, requested):
        git_version()
        prefetch_languages(job)
    progress = RepositoryProgress(job, requested)
    progress.update()
    work = RepositoryAnalyzer(job.run.pk, analyzer.PARALLEL, progress.update)
    work.work()
    progress.update(now=True)
    Commit.objects.reconcile()
    with transaction.atomic():
        job.lease.renew()
        Repository.objects.counted_too_early().recount()
        Commit.objects.measure_sittings()
    report_failures(job, requested)
    if work.fault:
        raise work.fault


def help_with_run(run_id: int) -> None:
    """Analyze one repository of a run that another process leads."""
    stop_requests = StopRequests()
    work = RepositoryAnalyzer(run_id, 1, lambda: stop_requests.check(run_id))
    with suppress(RunStopped):
        work.work(most=1)
    if work.fault:
        raise work.fault


class RepositoryProgress:
    """Counts the repositories that the run has analyzed and those that failed, and stores a change."""

    def __init__(self, job: SyncJob[GitHubClient], requested: RepositoryQuerySet) -> None:
        self._job = job
        self._requested = requested
        self._total = requested.count()
        self._stored = (-1, -1)
        self._checked = 0.0

    def update(self, *, now: bool = False) -> None:
        """Keep the run alive, and count again unless that was done a moment ago."""
        self._job.on_wait(0)
        if not now and time.monotonic() - self._checked < POLL_INTERVAL:
            return
        self._checked = time.monotonic()
        run_id = self._job.run.pk
        done = self._total - Repository.objects.filter(pending_run=run_id).count()
        failed = self._requested.exclude(failure="").exclude(pending_run=run_id).count()
        if (done, failed) != self._stored:
            self._stored = (done, failed)
            self._store(done, failed)

    def _store(self, done: int, failed: int) -> None:
        self._job.recorder.report_progress(done, self._total, failed)
        with transaction.atomic():
            self._job.lease.renew()
            self._job.recorder.save()
        self._job.listener.working(self._job.run)


def requested_repositories(job: SyncJob[GitHubClient]) -> RepositoryQuerySet:
    """Return the repositories that the run is about. Raises BadResponse for a name that none or several have."""
    visible = Repository.objects.visible()
    if not job.request.only:
        return visible
    found = Repository.objects.with_name(job.request.only).visible()
    names = list(found.values_list("full_name", flat=True))
    if not names:
        raise BadResponse(f"There is no repository {job.request.only} among those of the token.")
    if len(names) > 1:
        raise BadResponse(f"Several have this name; say which: {', '.join(names)}.")
    return visible.filter(pk__in=found.values("pk"))


def mark_pending(job: SyncJob[GitHubClient], requested: RepositoryQuerySet) -> int:
    """Mark the repositories that this run has to analyze and has not tried yet; return how many."""
    began = job.run.started_at
    tried = Q(mined_at__gte=began) | Q(failed_at__gte=began)
    due = requested if job.request.full or job.request.only else requested.stale()
    if job.request.days:
        pushed_since = job.now - timedelta(days=job.request.days)
        due = requested.stale() | requested.filter(pushed_at__gte=pushed_since)
    with transaction.atomic():
        job.lease.renew()
        # Left by runs that were killed: only one run is alive, and it is this.
        Repository.objects.filter(pending_run__isnull=False).update(pending_run=None)
        return int(due.exclude(tried).update(pending_run=job.run))


def prefetch_languages(job: SyncJob[GitHubClient]) -> None:
    """Read the languages that the list did not give: only the process that leads the run has a client."""
    unread = []
    for repository in Repository.objects.filter(pending_run=job.run.pk):
        if repository.listed_languages is not None:
            continue
        try:
            languages = job.client.languages(repository.source_id)
        except BadResponse as error:
            unread.append(f"{repository.full_name}: {error}")
        else:
            Repository.objects.filter(pk=repository.pk).update(languages=languages)
    if unread:
        job.remarks.append(
            f"The languages of {len(unread):,} repositories could not be read; those known before stay. {unread[0]}"
        )


def report_failures(job: SyncJob[GitHubClient], requested: RepositoryQuerySet) -> None:
    """Add a remark for each repository that failed. Raises BadResponse if not one was analyzed."""
    failed = [
        f"{repository.full_name}: {repository.failure}"
        for repository in requested.exclude(failure="").order_by("full_name")
    ]
    if failed and not requested.filter(failure="").exists():
        raise BadResponse("\n".join(failed))
    job.remarks.extend(failed)
