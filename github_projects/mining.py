"""Brings the stored repositories up to the tips that GitHub told, two at a time on each machine, in
as many processes as there are.

A run marks the repositories that have changed (`Repository.todo`). Whoever works at one holds its
lease, so that no two do, and one whose process was killed is free again by itself. Threads run git
and know no database; what they find comes to the thread that owns the work, which writes it.
"""

from __future__ import annotations

import fcntl
import logging
import os
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from github_projects.models import (
    GITHUB,
    NOREPLY,
    Addresses,
    Commit,
    GitHubAccount,
    Inclusion,
    Repository,
)
from github_projects.services.git_errors import Busy, unminable
from github_projects.services.git_history import (
    Clone,
    Limits,
    LinesOfCode,
    MinedCommit,
    Reason,
    git_version,
)
from lifetracker.days import FIRST_DAY, LAST_DAY, local_date, local_hour
from lifetracker.http import (
    BadResponse,
    NeedsReauthorization,
    NotAllowed,
    NotConfigured,
    SyncError,
    TryLater,
)
from lifetracker.models import HeldLease, Lease, LeaseLost, SyncRun
from lifetracker.sync import LEASE, Run, describe
from lifetracker.upsert import Batch, upsert

logger = logging.getLogger(__name__)

# Repositories that one machine works at together: git uses one core for each.
PARALLEL = 2
# Commits to a transaction.
BATCH = 500
# Found things that wait to be written: a fast git must not fill the memory.
WAITING = 8
# Seconds between two signs of life of whoever owns the work.
BEAT = 1.0
# Seconds between two looks at what other processes still work at.
LOOK = 0.5
# Seconds that a killed git may take to be gone, and between two looks at a clone that is still in use.
STOPPING = 5.0
PAUSE = 5.0
WARN_BEFORE = timedelta(days=7)

COLUMNS = [
    *("source_id", "date", "hour", "authored_at", "offset_min", "committed_at", "author_name"),
    *("author_email", "added", "deleted", "generated", "merge", "mine"),
]


class Cancelled(Exception):
    """Whoever owns the work has left it."""


class Listed(NamedTuple):
    """All commits that the tip leads to: which of them are new is asked for."""

    oids: list[str]


class Found(NamedTuple):
    """A repository's tip, None without a commit, all oids that it leads to, and its tree's lines."""

    tip: str | None
    oids: list[str]
    lines: LinesOfCode | None


# --- In threads: git, without a database ----------------------------------------------------------


@dataclass(eq=False)
class Dig:
    """The work at one repository. `events`: where findings go, as pairs of this and the finding."""

    repository: Repository
    lease: HeldLease
    clone: Clone
    slot: int
    events: queue.Queue[tuple[Dig, Any]]
    stopped: threading.Event = field(default_factory=threading.Event)
    # Which of the oids are not known yet: the answer to `Listed`, for which git waits.
    answers: queue.Queue[list[str] | None] = field(default_factory=queue.Queue)

    def start(self) -> None:
        name = f"git {self.repository.source_id}"
        self.thread = threading.Thread(target=self._run, name=name, daemon=True)
        self.thread.start()

    def cancel(self) -> None:
        self.stopped.set()
        self.answers.put(None)
        self.clone.cancel()

    def _run(self) -> None:
        try:
            self._dig()
        except Cancelled:
            return
        except BaseException as error:  # noqa: BLE001 - for the owner, who decides what it means
            self._tell_last(error)

    def _dig(self) -> None:
        repository = self.repository
        if is_empty(repository):
            self._tell(Found(None, [], None))
            return
        refuse_large(repository)
        owner, _, name = repository.full_name.partition("/")
        self.clone.fetch(
            settings.GITHUB_CLONE_URL,
            owner,
            name,
            repository.default_branch,
            settings.GITHUB_ACCESS_TOKEN,
            strict=not repository.accept_malformed,
        )
        tip = self.clone.tip(repository.default_branch)
        oids = self.clone.oids(tip) if tip else []
        if repository.tip_oid and repository.tip_oid not in oids:
            # Perhaps another one has the name now. A fresh list will tell.
            raise TryLater("It was changed while it was read; the next run reads it.")
        self._tell(Listed(oids))
        commits = self.clone.mine(self._unknown())
        while batch := list(islice(commits, BATCH)):
            self._tell(batch)
        lines = self.clone.lines_of_code(tip, settings.GITHUB_LINE_COUNTER) if tip else None
        self._tell(Found(tip, oids, lines))

    def _unknown(self) -> list[str]:
        unknown = self.answers.get()
        if unknown is None:
            raise Cancelled
        return unknown

    def _tell(self, finding: Any) -> None:
        while not self.stopped.is_set():
            try:
                self.events.put((self, finding), timeout=0.2)
            except queue.Full:
                continue
            return
        raise Cancelled

    def _tell_last(self, error: BaseException) -> None:
        try:
            self._tell(error)
        except Cancelled:
            return


def is_empty(repository: Repository) -> bool:
    """Without a commit, as GitHub says; REST says it by a push that never was."""
    never = repository.tip_oid is None and repository.pushed_at is None
    return repository.tip_oid == "" or never


def limits() -> Limits:
    return Limits(
        size_kb=settings.GITHUB_MAX_REPOSITORY_MB * 1000,
        seconds=settings.GITHUB_MINUTES_PER_REPOSITORY * 60,
    )


def refuse_large(repository: Repository) -> None:
    if repository.repository_size_kb > limits().size_kb:
        raise unminable(Reason.TOO_LARGE)


# --- The owner of the work ------------------------------------------------------------------------


class Mining:
    """Works at the repositories that wait for a run: claims them, has git look into them, and writes
    what it finds. `beat` is called about every second."""

    def __init__(self, run_id: int, parallel: int, beat: Callable[[], None]) -> None:
        self._waiting = Repository.objects.filter(todo=run_id)
        # A full run trusts nothing that was mined before.
        self._everything = SyncRun.objects.filter(pk=run_id, kind=SyncRun.Kind.FULL).exists()
        self._parallel = parallel
        self._beat = beat
        self._events: queue.Queue[tuple[Dig, Any]] = queue.Queue(WAITING)
        self._digs: set[Dig] = set()
        account = GitHubAccount.current()
        self._own = Addresses(account.emails, account.user_id)
        self._renewed = time.monotonic()
        # Since when a repository's clone is in use by what was at work before, and until when it is
        # left alone.
        self._busy: dict[int, float] = {}
        self._until: dict[int, float] = {}
        # What was found wrong with this program itself.
        self.fault: BaseException | None = None

    def work(self, most: int | None = None) -> None:
        """Work until nothing waits any more, here or elsewhere, or at `most` so many repositories."""
        taken = 0
        try:
            while True:
                room = self._parallel - len(self._digs)
                if most is not None:
                    room = min(room, most - taken)
                for dig in islice(self._claims(), room):
                    self._digs.add(dig)
                    taken += 1
                    dig.start()
                if not self._digs and (most is not None or not self._waiting.exists()):
                    return
                self._next_event()
        finally:
            self._leave()

    def _claims(self) -> Iterator[Dig]:
        """Repositories that wait and that nobody works at, small ones first: progress is soon seen."""
        taken = {dig.repository.pk for dig in self._digs}
        for pk in self._waiting.order_by("repository_size_kb", "pk").values_list("pk", flat=True):
            if pk in taken or self._until.get(pk, 0) > time.monotonic():
                continue
            if (slot := take_slot()) is None:
                return
            if dig := self._claim(pk, slot):
                yield dig
            else:
                os.close(slot)

    def _claim(self, pk: int, slot: int) -> Dig | None:
        if (lease := Lease.objects.acquire(f"mine:{pk}", LEASE)) is None:
            return None
        # It may have been done between the two looks.
        repository = self._waiting.filter(pk=pk).first()
        if repository is None:
            lease.release()
            return None
        clone = Clone(settings.GITHUB_CACHE_DIR, repository.source_id, limits())
        return Dig(repository, lease, clone, slot, self._events)

    def _next_event(self) -> None:
        with suppress(queue.Empty):
            dig, finding = self._events.get(timeout=BEAT if self._digs else LOOK)
            if dig in self._digs:
                self._take(dig, finding)
        self._beat()
        if time.monotonic() - self._renewed > LEASE.total_seconds() / 4:
            self._renew()

    def _renew(self) -> None:
        self._renewed = time.monotonic()
        for dig in list(self._digs):
            try:
                dig.lease.renew()
            except LeaseLost:
                self._drop(dig)

    def _take(self, dig: Dig, finding: Any) -> None:
        try:
            if isinstance(finding, Found):
                self._finish(dig, finding)
            elif isinstance(finding, BaseException):
                self._failed(dig, finding)
            elif isinstance(finding, Listed):
                oids = finding.oids
                dig.answers.put(oids if self._everything else unknown(oids))
            else:
                self._store(dig, finding)
        except LeaseLost:
            # Frozen for too long: whoever has it now does it anew.
            self._drop(dig)

    def _store(self, dig: Dig, commits: list[MinedCommit]) -> None:
        # In one order for all: two that write the same commits would wait for each other for ever.
        rows = [row_of(commit, self._own) for commit in sorted(commits)]
        with transaction.atomic():
            dig.lease.renew()
            written = upsert(Batch(Commit, GITHUB, COLUMNS, rows))
        if written.refused:
            raise BadResponse(f"The database refused a commit: {written.refused[0][1]}")

    def _finish(self, dig: Dig, found: Found) -> None:
        repository = Repository.objects.filter(pk=dig.repository.pk)
        with transaction.atomic():
            dig.lease.renew()
            include(dig.repository, found.oids)
            repository.update(
                **lines_of(found.lines),
                languages=dig.repository.told_languages,
                mined_oid=found.tip or "",
                mined_branch=dig.repository.default_branch,
                mined_push=dig.repository.pushed_at,
                mined_at=timezone.now(),
                updated_at=timezone.now(),
                failure="",
                failed_at=None,
                todo=None,
            )
            repository.recount()
        self._drop(dig)

    def _failed(self, dig: Dig, error: BaseException) -> None:
        """One that cannot be mined is marked and stops no other; what no repository can be mined
        for stops all."""
        if isinstance(error, NotConfigured | NeedsReauthorization):
            raise error
        if isinstance(error, Busy) and self._may_wait(dig.repository.pk):
            self._drop(dig)
            return
        if not isinstance(error, SyncError):
            logger.error("repository %s cannot be mined", dig.repository.pk, exc_info=error)
            self.fault = error
        with transaction.atomic():
            dig.lease.renew()
            Repository.objects.filter(pk=dig.repository.pk).update(
                failure=describe(error), failed_at=timezone.now(), todo=None
            )
        self._drop(dig)

    def _may_wait(self, pk: int) -> bool:
        """What was at work at the clone before ends some time, but not for ever."""
        now = time.monotonic()
        self._until[pk] = now + PAUSE
        return now - self._busy.setdefault(pk, now) < limits().seconds

    def _drop(self, dig: Dig) -> None:
        """The lease goes last: whoever has it next must find no git at the clone."""
        self._digs.discard(dig)
        dig.cancel()
        dig.thread.join(STOPPING)
        os.close(dig.slot)
        dig.lease.release()

    def _leave(self) -> None:
        digs = list(self._digs)
        for dig in digs:
            # All of them before one is waited for.
            dig.cancel()
        for dig in digs:
            # Perhaps the database is why all this ends; the lease then runs out by itself.
            with suppress(DatabaseError):
                self._drop(dig)


def take_slot() -> int | None:
    """One of this machine's places, of which there are PARALLEL however many workers it has; None if
    they are taken. A place is a file that is locked until it is closed, by whatever end of the process.
    Raises NotConfigured."""
    folder = settings.GITHUB_CACHE_DIR
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for number in range(PARALLEL):
            name = folder / f"slot-{number}.lock"
            place = os.open(name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(place)
            else:
                return place
    except OSError as error:
        raise NotConfigured(
            f"GitHub: the folder for clones, GITHUB_CACHE_DIR, cannot be written to ({error.strerror})."
        ) from None
    return None


def unknown(oids: list[str]) -> list[str]:
    """Those that no repository has brought yet: a commit is mined once, in however many it is."""
    known: set[str] = set()
    for chunk in chunks(oids):
        stored = Commit.objects.filter(source=GITHUB, source_id__in=chunk)
        known.update(stored.order_by().values_list("source_id", flat=True))
    return [oid for oid in oids if oid not in known]


def chunks(items: Iterable[Any], size: int = BATCH) -> Iterator[list[Any]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def include(repository: Repository, oids: list[str]) -> None:
    """Let the repository include exactly these commits: a force-push takes some away."""
    links = Inclusion.objects.filter(repository=repository)
    linked = dict(links.values_list("commit__source_id", "commit"))
    wanted = set(oids)
    for gone in chunks([pk for oid, pk in linked.items() if oid not in wanted]):
        links.filter(commit__in=gone).delete()
    for fresh in chunks([oid for oid in oids if oid not in linked], 4 * BATCH):
        link(repository, fresh)


def link(repository: Repository, oids: list[str]) -> None:
    """In the database alone: fetching the commits' keys first takes three times as long."""
    quote = connection.ops.quote_name
    links, commits = quote(Inclusion._meta.db_table), quote(Commit._meta.db_table)
    places = ", ".join(["%s"] * len(oids))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {links} (repository_id, commit_id) SELECT %s, id FROM {commits} "  # noqa: S608 - only names of tables, quoted
            f"WHERE source = %s AND source_id IN ({places}) ON CONFLICT DO NOTHING",
            [repository.pk, GITHUB, *oids],
        )
    Commit.objects.filter(source=GITHUB, source_id__in=oids, deleted_at__isnull=False).update(
        deleted_at=None, updated_at=timezone.now()
    )


def lines_of(lines: LinesOfCode | None) -> dict[str, Any]:
    if lines is None:
        return {"loc": 0, "loc_generated": 0, "loc_by_language": {}, "loc_method": ""}
    return {
        "loc": lines.code,
        "loc_generated": lines.generated,
        "loc_by_language": lines.by_language,
        "loc_method": lines.method,
    }


def row_of(commit: MinedCommit, own: Addresses) -> list[Any]:
    """In the order of COLUMNS."""
    authored = moment(commit.authored)
    return [
        commit.oid,
        local_date(authored) if authored else None,
        local_hour(authored) if authored else None,
        authored,
        commit.offset_min,
        moment(commit.committed),
        commit.name,
        commit.email,
        commit.added,
        commit.deleted,
        commit.generated,
        commit.parents > 1,
        commit.email in own,
    ]


def moment(seconds: int) -> datetime | None:
    """None for what lies outside of the years that can be meant, and for 0, which stands for no time."""
    if not seconds:
        return None
    try:
        found = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return found if FIRST_DAY.year <= found.year <= LAST_DAY.year else None


# --- A run ----------------------------------------------------------------------------------------


def mine(run: Run) -> None:
    """What a run does after it has read the list: everything about the account that concerns the
    commits, then the repositories that have changed. Raises SyncError."""
    keep_account(run)
    asked = asked_for(run)
    if mark(run, asked):
        git_version()
        prefetch_languages(run)
    progress = Progress(run, asked)
    progress.show()
    mining = Mining(run.record.pk, PARALLEL, progress.show)
    mining.work()
    progress.show(now=True)
    Commit.objects.reconcile()
    with transaction.atomic():
        run.renew()
        Repository.objects.counted_too_early().recount()
    tell_failures(run, asked)
    if mining.fault:
        raise mining.fault


def lend_a_hand(run_id: int) -> None:
    """One repository of a run that another process leads."""
    mining = Mining(run_id, 1, lambda: None)
    mining.work(most=1)
    if mining.fault:
        raise mining.fault


class Progress:
    """How many of the repositories were looked into, and how many of these could not be read: written
    when that changes."""

    def __init__(self, run: Run, asked: Any) -> None:
        self._run = run
        self._asked = asked
        self._total = asked.count()
        self._shown = (-1, -1)
        self._looked = 0.0

    def show(self, *, now: bool = False) -> None:
        self._run.pulse(0)
        if not now and time.monotonic() - self._looked < LOOK:
            return
        self._looked = time.monotonic()
        waiting = Repository.objects.filter(todo=self._run.record.pk).count()
        failed = self._asked.exclude(failure="").exclude(todo=self._run.record.pk).count()
        shown = (self._total - waiting, failed)
        if shown != self._shown:
            self._shown = shown
            self._run.progressed(self._total - waiting, self._total, failed)
            with transaction.atomic():
                self._run.renew()
                self._run.save()
            self._run.listener.working(self._run.record)


def asked_for(run: Run) -> Any:
    """The repositories that the run is about. Raises BadResponse for a name that none of them has."""
    living = Repository.objects.visible()
    if not run.order.only:
        return living
    named = Repository.objects.named(run.order.only).visible()
    names = list(named.values_list("full_name", flat=True))
    if not names:
        raise BadResponse(f"There is no repository {run.order.only} among those of the token.")
    if len(names) > 1:
        raise BadResponse(f"Several have this name; say which: {', '.join(names)}.")
    return living.filter(pk__in=named.values("pk"))


def mark(run: Run, asked: Any) -> int:
    """Let the repositories wait that have changed, and that this run has not tried yet; returns how
    many wait."""
    began = run.record.started_at
    tried = Q(mined_at__gte=began) | Q(failed_at__gte=began)
    due = asked if run.order.full or run.order.only else asked.stale()
    if run.order.days:
        due = asked.stale() | asked.filter(pushed_at__gte=run.now - timedelta(days=run.order.days))
    with transaction.atomic():
        run.renew()
        # Of runs that came to no end: only one is alive, and it is this.
        Repository.objects.filter(todo__isnull=False).update(todo=None)
        return int(due.exclude(tried).update(todo=run.record))


def prefetch_languages(run: Run) -> None:
    """Where the list came without them: only whoever leads the run has a client."""
    unread = []
    for repository in Repository.objects.filter(todo=run.record.pk, raw__language_bytes=None):
        try:
            languages = run.client.languages(repository.source_id)  # type: ignore[attr-defined]  # GitHub's
        except BadResponse as error:
            unread.append(f"{repository.full_name}: {error}")
        else:
            Repository.objects.filter(pk=repository.pk).update(languages=languages)
    if unread:
        run.remarks.append(
            f"The languages of {len(unread):,} repositories could not be read; those known before stay. {unread[0]}"
        )


def tell_failures(run: Run, asked: Any) -> None:
    """Raises BadResponse if not one of the repositories could be mined."""
    failed = [
        f"{one.full_name}: {one.failure}" for one in asked.exclude(failure="").order_by("full_name")
    ]
    if failed and not asked.filter(failure="").exists():
        raise BadResponse("\n".join(failed))
    run.remarks += failed


# --- Whose they are -------------------------------------------------------------------------------


def keep_account(run: Run) -> None:
    """Let `mine` follow the addresses, and tell of a token that expires soon."""
    client: Any = run.client
    if not client.login:
        return  # the list could not be read, which its stream tells
    account = GitHubAccount.current()
    known = addresses(run, account)
    emails = sorted({*known, *settings.GITHUB_EMAILS}, key=str.lower)
    with transaction.atomic():
        run.renew()
        is_new = run.order.full or (account.emails, account.user_id) != (emails, client.user_id)
        account.known_emails = sorted(known, key=str.lower)
        if is_new and Commit.objects.mark_mine(emails, client.user_id):
            Repository.objects.recount()
        account.login, account.user_id, account.emails = client.login, client.user_id, emails
        account.token_expires_at = client.token_expires_at
        account.save()
    expires = account.token_expires_at
    if expires and expires - timezone.now() < WARN_BEFORE:
        run.remarks.append(
            f"The token expires on {local_date(expires)}. Make a new one and put it into .env as GITHUB_ACCESS_TOKEN."
        )


def addresses(run: Run, account: GitHubAccount) -> set[str]:
    """Those of the account, and those that stand for it, under a former login too. Where they cannot be
    read any more, those that were known."""
    client: Any = run.client
    known = {str(email) for email in account.known_emails or account.emails}
    hidden = {email for email in known if email.endswith(NOREPLY)} | {*client.hidden_emails()}
    try:
        return {*client.emails(), *hidden}
    except BadResponse as error:
        if known - hidden or not isinstance(error, NotAllowed):
            run.remarks.append(
                f"Your addresses could not be read, those known before count: {error}"
            )
        return known | hidden
