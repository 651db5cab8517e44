"""Repositories, the commits in them, and what both add up to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, tzinfo
from typing import Any, NamedTuple, Self

from django.db import models
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, Sum
from django.db.models.functions import Coalesce, ExtractHour, Lower
from django.utils import timezone

from lifetracker.days import CLOCK_ERROR, latest
from lifetracker.models import SourceRecord, SourceRecordQuerySet, SyncRun

GITHUB = "GitHub"
# The end of GitHub's addresses that stand for an account: `number+login@…`, of old `login@…`.
NOREPLY = "@users.noreply.github.com"

# Git itself began later; what is dated before has a clock that was never set.
FIRST_MOMENT = datetime(1970, 1, 2, tzinfo=UTC)
# Of repositories that are there, those that totals are made of.
COUNTED = Q(fork=False, archived=False)


def credible(column: str) -> Q:
    """A time that a history can have: of a clock that was set, and does not go ahead."""
    return Q(**{f"{column}__range": (FIRST_MOMENT, latest())})


class Churn(NamedTuple):
    """What a set of commits comes to. `generated`: of the lines in `added` and `deleted`, those in
    generated, vendored and lock files."""

    commits: int
    merges: int
    active_days: int
    added: int
    deleted: int
    generated: int


class Addresses:
    """By which a commit is known as the owner's: `emails`, whatever their case, and those that stand for
    the account with the number `user_id`, under whichever login."""

    def __init__(self, emails: Iterable[str], user_id: int | None) -> None:
        self._emails = {email.lower() for email in emails}
        self._prefix = None if user_id is None else f"{user_id}+"

    def __contains__(self, email: str) -> bool:
        lower = email.lower()
        if lower in self._emails:
            return True
        return bool(self._prefix and lower.startswith(self._prefix) and lower.endswith(NOREPLY))


class CommitQuerySet(SourceRecordQuerySet):
    """`live()` are the commits that at least one repository has in its default branch."""

    def move_days(self, zone: tzinfo, before: tzinfo | None) -> None:
        hour = ExtractHour("authored_at", tzinfo=zone)
        if self.date_by(F("authored_at"), zone, hour=hour):
            Repository.objects.recount()

    def plausible(self) -> Self:
        """Those whose author's date can be true: not before 1970-01-02, and not in the future."""
        return self.filter(credible("authored_at"))

    def within(self, repositories: models.QuerySet[Repository]) -> Self:
        """The commits that are in any of these, each once in however many it is."""
        links = Inclusion.objects.filter(repository__in=repositories.order_by().values("pk"))
        return self.live().filter(pk__in=links.values("commit"))

    def each_within(self, repositories: models.QuerySet[Repository]) -> Self:
        """The same commits, asked one by one: much cheaper for those of a few days, and much dearer
        for a whole history."""
        links = Inclusion.objects.filter(
            commit=OuterRef("pk"), repository__in=repositories.order_by().values("pk")
        )
        return self.live().filter(Exists(links))

    def between(self, first: date, last: date) -> Self:
        """By the person's day, both included."""
        return self.plausible().filter(date__range=(first, last))

    def churn(self) -> Churn:
        found = self.aggregate(
            commits=Count("pk"),
            merges=Count("pk", filter=Q(merge=True)),
            **{name: Coalesce(Sum(name), 0) for name in ("added", "deleted", "generated")},
        )
        days = self.plausible().aggregate(days=Count("date", distinct=True))["days"]
        return Churn(active_days=days, **found)

    def per_day(self) -> list[dict[str, Any]]:
        """date, commits, added, deleted: only days that have any, the newest first."""
        days = self.plausible().order_by().values("date").order_by("-date")
        return list(days.annotate(commits=Count("pk"), added=Sum("added"), deleted=Sum("deleted")))

    def last_day(self) -> date | None:
        newest: date | None = self.plausible().values_list("date", flat=True).first()
        return newest

    def per_repository(self, repositories: models.QuerySet[Repository]) -> list[dict[str, Any]]:
        """full_name, commits, added, deleted of each that has any of these, the busiest first. A
        commit counts in each that it is in."""
        links = Inclusion.objects.filter(
            repository__in=repositories.order_by().values("pk"),
            commit__in=self.order_by().values("pk"),
        )
        found: Any = links.values(full_name=F("repository__full_name")).annotate(
            commits=Count("pk"), added=Sum("commit__added"), deleted=Sum("commit__deleted")
        )
        return list(found.order_by("-commits", "full_name"))

    def by_weekday_and_hour(self) -> list[list[int]]:
        """How many commits were made in each hour of each weekday: seven rows, Monday's first, of 24
        numbers, by the clock in `TIME_ZONE`."""
        table = [[0] * 24 for _ in range(7)]
        found = self.plausible().order_by().values_list("date", "hour").annotate(n=Count("pk"))
        for day, hour, count in found:
            table[day.weekday()][hour] += count
        return table

    def reconcile(self) -> None:
        """A commit that no repository has any more gets a tombstone, and one that is back again
        loses it."""
        included = Exists(Inclusion.objects.filter(commit=OuterRef("pk")))
        now = timezone.now()
        self.live().exclude(included).update(deleted_at=now, updated_at=now)
        buried = self.filter(included, deleted_at__isnull=False)
        buried.update(deleted_at=None, updated_at=now)

    def mark_mine(self, emails: Iterable[str], user_id: int | None = None) -> int:
        """Let `mine` say whether the author's address is one of these, whatever its case, or stands for
        the account with this number; returns how many commits have changed sides."""
        own = Q(lower__in=[email.lower() for email in emails])
        if user_id is not None:
            own |= Q(lower__startswith=f"{user_id}+", lower__endswith=NOREPLY)
        commits = self.alias(lower=Lower("author_email"))
        now = timezone.now()
        gained = commits.filter(own, mine=False).update(mine=True, updated_at=now)
        lost = commits.filter(mine=True).exclude(own)
        return int(gained + lost.update(mine=False, updated_at=now))


class Commit(SourceRecord):
    """A commit, known by its oid, in whichever repositories it is. Its numbers never change.

    `added` and `deleted` are lines of text files against the parent, exact renames not counted; a
    merge has none. `date` and `hour` are the author's time on a clock in `TIME_ZONE`; NULL, as
    `authored_at` and `committed_at` are, for a time that no calendar has.
    """

    date = models.DateField(null=True, editable=False)
    hour = models.PositiveSmallIntegerField(null=True, editable=False)
    authored_at = models.DateTimeField(null=True)
    offset_min = models.SmallIntegerField(default=0, help_text="Of the author's clock, from UTC.")
    committed_at = models.DateTimeField(null=True)
    author_name = models.CharField(max_length=255, blank=True)
    author_email = models.CharField(max_length=255, blank=True)
    added = models.PositiveBigIntegerField(default=0)
    deleted = models.PositiveBigIntegerField(default=0)
    generated = models.PositiveBigIntegerField(
        default=0, help_text="Lines of both in generated, vendored and lock files."
    )
    merge = models.BooleanField(default=False)
    mine = models.BooleanField(default=False)

    moments = ("authored_at",)

    objects = CommitQuerySet.as_manager()  # type: ignore[misc]  # as any model may

    class Meta(SourceRecord.Meta):
        ordering = ["-authored_at", "-id"]
        indexes = [
            # The admin's list, and commits of a range of days.
            models.Index(fields=["-authored_at", "-id"], name="commit_newest"),
            models.Index(fields=["date"], name="commit_per_day"),
        ]

    def __str__(self) -> str:
        return self.oid[:12]

    @property
    def oid(self) -> str:
        return self.source_id


class Holdings(NamedTuple):
    """Of all `repositories` that are there, so many could not be mined the last time (`failed`). The
    rest is of those that count: how many were `measured`, their lines of code (`loc`, None where
    none was), whether they have `commits`, and so many that are the person's own (`mine`)."""

    repositories: int
    failed: int
    measured: int
    loc: int | None
    commits: int
    mine: int


class RepositoryQuerySet(SourceRecordQuerySet):
    def visible(self) -> Self:
        """Those that the token shows: only they can be looked into."""
        return self.live().filter(not_visible_since__isnull=True)

    def holdings(self) -> Holdings:
        return Holdings(
            **self.live().aggregate(
                repositories=Count("pk"),
                failed=Count("pk", filter=~Q(failure="")),
                measured=Count("loc", filter=COUNTED),
                loc=Sum("loc", filter=COUNTED),
                commits=Coalesce(Sum("commit_count", filter=COUNTED), 0),
                mine=Coalesce(Sum("my_commit_count", filter=COUNTED), 0),
            )
        )

    def sizes(self) -> dict[str, int | None]:
        """Return repositories, loc, repository_size_kb over all of these: `loc` of the
        `repositories_measured`, None where there is none. `repositories_failed` could not be read the
        last time."""
        return dict[str, int | None](
            **self.aggregate(
                repositories=Count("pk"),
                repositories_measured=Count("loc"),
                repositories_failed=Count("pk", filter=~Q(failure="")),
                loc=Sum("loc"),
                repository_size_kb=Coalesce(Sum("repository_size_kb"), 0),
            )
        )

    def counted(self) -> Self:
        """What totals are made of: without forks, which hold other people's history, without what
        is archived, and without what is gone."""
        return self.live().filter(COUNTED)

    def named(self, name: str) -> Self:
        """By `name` or `owner/name`, whatever the case. One that is there comes before those that are
        hidden or gone and had the same name."""
        if "\0" in name:
            return self.none()
        column = "full_name" if "/" in name else "name"
        found = self.filter(**{f"{column}__iexact": name})
        return found.visible() or found.live() or found

    def stale(self) -> Self:
        """Those that could not be mined the last time, and those that have changed since they were:
        by the tip of their branch, or, where the listing does not tell it, by their last push."""
        known = Q(tip_oid__isnull=False)
        by_tip = known & (Q(mined_oid__isnull=True) | ~Q(mined_oid=F("tip_oid")))
        pushed = Q(pushed_at__isnull=False) & (
            Q(mined_push__isnull=True) | ~Q(mined_push=F("pushed_at"))
        )
        moved = Q(mined_oid__isnull=True) | ~Q(mined_branch=F("default_branch"))
        return self.visible().filter(by_tip | (~known & (pushed | moved)) | ~Q(failure=""))

    def counted_too_early(self) -> Self:
        """Return those with a commit that was dated in the future when they were read, and whose
        moment has come since."""
        read_at: Any = OuterRef("mined_at")
        then = read_at + CLOCK_ERROR
        links = Inclusion.objects.filter(repository=OuterRef("pk"))
        come = [
            Q(**{f"commit__{column}__gt": then, f"commit__{column}__lte": latest()})
            for column in ("authored_at", "committed_at")
        ]
        return self.filter(Exists(links.filter(come[0] | come[1])))

    def recount(self) -> None:
        """Make every number of these repositories anew from their commits, by one query for all. Of
        those that were never mined no commit is known, and so no number."""
        links = Inclusion.objects.filter(repository__in=self.order_by().values("pk"))
        found: dict[int, Any] = {
            row["repository"]: row
            for row in links.values("repository").annotate(**numbers_of_commits())
        }
        repositories = list(self.filter(mined_at__isnull=False))
        for repository in repositories:
            repository.take_numbers(found.get(repository.pk, {}))
        self.model._default_manager.bulk_update(repositories, OF_COMMITS, batch_size=100)


def numbers_of_commits() -> dict[str, Any]:
    """Of the commits that a repository includes."""
    dated, spanned = credible("commit__authored_at"), credible("commit__committed_at")
    mine = Q(commit__mine=True)
    return {
        "commit_count": Count("pk"),
        "merge_count": Count("pk", filter=Q(commit__merge=True)),
        "lines_added": Sum("commit__added"),
        "lines_deleted": Sum("commit__deleted"),
        "code_churn_generated": Sum("commit__generated"),
        "active_days": Count("commit__date", filter=dated, distinct=True),
        "my_commit_count": Count("pk", filter=mine),
        "my_code_churn": Sum(F("commit__added") + F("commit__deleted"), filter=mine),
        "my_active_days": Count("commit__date", filter=dated & mine, distinct=True),
        "first_commit_date": Min("commit__committed_at", filter=spanned),
        "last_commit_date": Max("commit__committed_at", filter=spanned),
    }


class Repository(SourceRecord):
    """A repository of the person, known by GitHub's number, which survives renames and transfers.

    The numbers stand for `mined_oid`, the tip of the default branch when it was mined, and keep
    their last values when the repository is gone (`deleted_at`), is not visible to the token
    (`not_visible_since`: it still counts) or cannot be mined (`failure`). They are NULL until it was
    mined for the first time.
    `code_churn`: lines added and deleted, merges left out; `code_churn_generated`: those of them in
    generated, vendored and lock files. `loc`: lines of code without blanks and comments, each
    distinct file once, prose and data left out; counted by `loc_method`. `time_spent_min`: from the
    first to the last commit, a span and not time worked; NULL without a commit.
    """

    name = models.CharField(max_length=255)
    full_name = models.CharField(max_length=512)
    html_url = models.CharField(max_length=1024, blank=True)
    private = models.BooleanField(default=False)
    fork = models.BooleanField(default=False)
    archived = models.BooleanField(default=False)
    disabled = models.BooleanField(default=False)
    default_branch = models.CharField(max_length=255, blank=True)
    primary_language = models.CharField(max_length=100, null=True)  # noqa: DJ001 - GitHub's own null: nothing recognised
    repository_size_kb = models.PositiveBigIntegerField(default=0)
    tip_oid = models.CharField(max_length=64, null=True)  # noqa: DJ001 - NULL: not told; empty: no commit
    pushed_at = models.DateTimeField(null=True)

    # From mining.
    languages = models.JSONField(default=dict, help_text="Bytes by language, as GitHub counts.")
    loc = models.PositiveBigIntegerField(null=True)
    loc_generated = models.PositiveBigIntegerField(null=True)
    loc_by_language = models.JSONField(default=dict)
    loc_method = models.CharField(max_length=40, blank=True, default="")
    commit_count = models.PositiveIntegerField(null=True)
    merge_count = models.PositiveIntegerField(null=True)
    active_days = models.PositiveIntegerField(null=True)
    lines_added = models.PositiveBigIntegerField(null=True)
    lines_deleted = models.PositiveBigIntegerField(null=True)
    code_churn = models.PositiveBigIntegerField(null=True)
    code_churn_generated = models.PositiveBigIntegerField(null=True)
    first_commit_date = models.DateTimeField(null=True)
    last_commit_date = models.DateTimeField(null=True)
    time_spent_min = models.PositiveIntegerField(null=True)
    my_commit_count = models.PositiveIntegerField(null=True)
    my_active_days = models.PositiveIntegerField(null=True)
    my_code_churn = models.PositiveBigIntegerField(null=True)
    mined_at = models.DateTimeField(null=True)
    mined_oid = models.CharField(max_length=64, null=True)  # noqa: DJ001 - NULL: never mined; empty: no commit
    mined_branch = models.CharField(max_length=255, blank=True, default="")
    mined_push = models.DateTimeField(null=True)
    not_visible_since = models.DateTimeField(
        null=True,
        help_text="When GitHub ceased to show it to the token, which need not mean that it was deleted.",
    )
    failure = models.TextField(
        blank=True, default="", help_text="Why it could not be mined the last time."
    )
    failed_at = models.DateTimeField(null=True)
    accept_malformed = models.BooleanField(
        default=False,
        help_text="Read although git's check of its objects fails: the person's word.",
    )
    # The run that is to mine it; NULL once that is done.
    todo = models.ForeignKey(
        SyncRun, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )

    commits = models.ManyToManyField(Commit, through="Inclusion", related_name="repositories")

    objects = RepositoryQuerySet.as_manager()  # type: ignore[misc]  # as any model may

    class Meta(SourceRecord.Meta):
        verbose_name_plural = "repositories"
        ordering = [F("last_commit_date").desc(nulls_last=True), "-id"]

    def __str__(self) -> str:
        return self.full_name

    @property
    def owner(self) -> str:
        return self.full_name.partition("/")[0]

    @property
    def told_languages(self) -> dict[str, int]:
        """Those of the list; where it came without, what was asked for since."""
        told = (self.raw or {}).get("language_bytes")
        return dict(self.languages if told is None else told)

    def take_numbers(self, found: dict[str, Any]) -> None:
        for name in FROM_QUERY:
            setattr(self, name, found.get(name) or (None if name in MOMENTS else 0))
        self.code_churn = (self.lines_added or 0) + (self.lines_deleted or 0)
        first, last = self.first_commit_date, self.last_commit_date
        self.time_spent_min = int((last - first).total_seconds() // 60) if first and last else None


class Inclusion(models.Model):
    """A commit is in the default branch of a repository."""

    repository = models.ForeignKey(Repository, on_delete=models.CASCADE)
    commit = models.ForeignKey(Commit, on_delete=models.CASCADE)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["repository", "commit"], name="commit_included_once")
        ]

    def __str__(self) -> str:
        return f"{self.commit_id} in {self.repository_id}"


FROM_QUERY = tuple(numbers_of_commits())
# A sum or a count over no commit is 0; these have no value then.
MOMENTS = ("first_commit_date", "last_commit_date")
OF_COMMITS = (*FROM_QUERY, "code_churn", "time_spent_min")


class GitHubAccount(models.Model):
    """Whose repositories these are. `known_emails`: the addresses that GitHub has told, and those that
    stood for the account under any login."""

    login = models.CharField(max_length=100, blank=True)
    user_id = models.BigIntegerField(null=True)
    emails = models.JSONField(default=list)
    known_emails = models.JSONField(default=list)
    token_expires_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "GitHub account"

    def __str__(self) -> str:
        return self.login or "not known yet"

    @classmethod
    def current(cls) -> Self:
        return cls.objects.get_or_create(pk=1)[0]


class StoredAnswerQuerySet(models.QuerySet["StoredAnswer"]):
    def recall(self, key: str) -> StoredAnswer | None:
        return self.filter(pk=key).first()

    def remember(self, key: str, etag: str, body: Any, links: str) -> None:
        self.update_or_create(pk=key, defaults={"etag": etag, "body": body, "links": links})


class StoredAnswer(models.Model):
    """An answer that GitHub need not send again while it says by the `etag` that nothing changed.
    The key is a digest of the token and the whole address: another token gives other tags."""

    key = models.CharField(max_length=64, primary_key=True)
    etag = models.CharField(max_length=200)
    body = models.JSONField(null=True)
    links = models.CharField(max_length=2000, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = StoredAnswerQuerySet.as_manager()

    def __str__(self) -> str:
        return self.key[:12]
