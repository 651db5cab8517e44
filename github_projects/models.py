"""Repositories, the commits in them, and their totals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple, Self, TypedDict, cast

from django.db import models
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, Sum
from django.db.models.functions import Coalesce, ExtractHour, Lower
from django.utils import timezone

from github_projects.source import SOURCE
from lifetracker.days import CLOCK_ERROR, latest
from lifetracker.models import SourceRecord, SourceRecordQuerySet, SyncRun, fields

GITHUB = SOURCE.name
# The end of GitHub's addresses that stand for an account: `number+login@…`, formerly `login@…`.
NOREPLY = "@users.noreply.github.com"

# Git itself began later: an earlier date comes from a clock that was never set.
EARLIEST_DATE = datetime(1970, 1, 2, tzinfo=UTC)
#: The owner's commits that are at most so long apart belong to one sitting.
SITTING_GAP = timedelta(hours=2)
# The repositories that totals are made of, among those that are live.
COUNTED = Q(fork=False, archived=False)


def plausible_condition(column: str) -> Q:
    """Return the condition for a time that is possible: not before 1970-01-02 and not in the future."""
    return Q(**{f"{column}__range": (EARLIEST_DATE, latest())})


class Churn(NamedTuple):
    """The totals of a set of commits."""

    commits: int
    merges: int
    active_days: int
    added: int
    deleted: int
    #: The part of `added` and `deleted` in generated, vendored and lock files.
    generated: int


class HourTotals(TypedDict):
    """The commits of an hour of a day."""

    date: date
    hour: int
    commits: int
    merges: int
    added: int
    deleted: int
    generated: int


class DayTotals(TypedDict):
    """The commits of a day."""

    date: date
    commits: int
    added: int
    deleted: int


class RepositoryShare(TypedDict):
    """The part that a repository has in a set of commits."""

    full_name: str
    commits: int
    added: int
    deleted: int


class Activity:
    """The totals of a set of commits by hour, and what follows from them."""

    def __init__(self, hours: list[HourTotals]) -> None:
        self.hours = hours

    def churn(self) -> Churn:
        return Churn(
            commits=sum(hour["commits"] for hour in self.hours),
            merges=sum(hour["merges"] for hour in self.hours),
            active_days=len({hour["date"] for hour in self.hours}),
            added=sum(hour["added"] for hour in self.hours),
            deleted=sum(hour["deleted"] for hour in self.hours),
            generated=sum(hour["generated"] for hour in self.hours),
        )

    def per_day(self) -> list[DayTotals]:
        """Return the days that have commits, newest first."""
        days: dict[date, DayTotals] = {}
        for hour in self.hours:
            empty = DayTotals(date=hour["date"], commits=0, added=0, deleted=0)
            day = days.setdefault(hour["date"], empty)
            day["commits"] += hour["commits"]
            day["added"] += hour["added"]
            day["deleted"] += hour["deleted"]
        return [days[day] for day in sorted(days, reverse=True)]

    def by_weekday_and_hour(self) -> list[list[int]]:
        """Return how many commits were made in each hour of each weekday, by the clock in `TIME_ZONE`.

        Seven rows of 24 numbers, Monday first.
        """
        table = [[0] * 24 for _ in range(7)]
        for hour in self.hours:
            table[hour["date"].weekday()][hour["hour"]] += hour["commits"]
        return table


class Addresses:
    """The addresses of the owner's commits.

    These are `emails`, whatever their case, and those that stand for the account with the number
    `user_id`, under any login.
    """

    def __init__(self, emails: Iterable[str], user_id: int | None) -> None:
        self._emails = {email.lower() for email in emails}
        self._prefix = None if user_id is None else f"{user_id}+"

    def __contains__(self, email: str) -> bool:
        lower = email.lower()
        if lower in self._emails:
            return True
        return bool(self._prefix and lower.startswith(self._prefix) and lower.endswith(NOREPLY))


class CommitQuerySet(SourceRecordQuerySet):
    """Questions about commits. `live()` are those in the default branch of at least one repository."""

    def move_days(self, zone: tzinfo, before: tzinfo | None) -> None:
        """Set the dates and hours by the clock of another time zone."""
        hour = ExtractHour("authored_at", tzinfo=zone)
        if self.date_by(F("authored_at"), zone, hour=hour):
            Repository.objects.recount()

    def plausible(self) -> Self:
        """Return those whose author's date is possible."""
        return self.filter(plausible_condition("authored_at"))

    def within(self, repositories: models.QuerySet[Repository]) -> Self:
        """Return the commits that are in any of these, each once in however many it is."""
        links = RepositoryCommit.objects.filter(repository__in=repositories.order_by().values("pk"))
        return self.live().filter(pk__in=links.values("commit"))

    def each_within(self, repositories: models.QuerySet[Repository]) -> Self:
        """Return the same commits as `within`, by a query that is cheap for a few days.

        The database checks commit by commit, which takes longer for a whole history.
        """
        having = repositories.order_by().filter(commit_links__commit=OuterRef("pk"))
        return self.live().filter(Exists(having))

    def between(self, first: date, last: date) -> Self:
        """Return those of the days from `first` to `last`, both included."""
        return self.plausible().filter(date__range=(first, last))

    def churn(self) -> Churn:
        dated = plausible_condition("authored_at")
        return Churn(
            **self.aggregate(
                commits=Count("pk"),
                merges=Count("pk", filter=Q(merge=True)),
                active_days=Count("date", filter=dated, distinct=True),
                **{name: Coalesce(Sum(name), 0) for name in ("added", "deleted", "generated")},
            )
        )

    def activity(self) -> Activity:
        """Return the totals by day and hour of those whose date is possible, by one statement."""
        hours = self.plausible().order_by().values("date", "hour")
        sums = {name: Sum(name) for name in ("added", "deleted", "generated")}
        merges = Count("pk", filter=Q(merge=True))
        totals = list(hours.annotate(commits=Count("pk"), merges=merges, **sums))
        return Activity(cast("list[HourTotals]", totals))

    def per_day(self) -> list[DayTotals]:
        """Return the days that have commits, newest first."""
        days = self.plausible().order_by().values("date").order_by("-date")
        days = days.annotate(commits=Count("pk"), added=Sum("added"), deleted=Sum("deleted"))
        return cast("list[DayTotals]", list(days))

    def per_repository(self, repositories: models.QuerySet[Repository]) -> list[RepositoryShare]:
        """Return the share of each repository that has any of these commits, the busiest first.

        A commit counts in each repository that it is in.
        """
        # Checked for each link: by a list of them SQLite would go through all commits of these repositories.
        counts = Exists(repositories.order_by().filter(pk=OuterRef("repository_links__repository")))
        shares = (
            self.order_by()
            .filter(counts)
            .values(full_name=F("repository_links__repository__full_name"))
        )
        shares = shares.annotate(commits=Count("pk"), added=Sum("added"), deleted=Sum("deleted"))
        return cast("list[RepositoryShare]", list(shares.order_by("-commits", "full_name")))

    def reconcile(self) -> None:
        """Mark commits that no repository has any more as deleted, and restore those that are back."""
        included = Exists(RepositoryCommit.objects.filter(commit=OuterRef("pk")))
        now = timezone.now()
        self.live().exclude(included).update(deleted_at=now, updated_at=now)
        restored = self.filter(included, deleted_at__isnull=False)
        restored.update(deleted_at=None, updated_at=now)

    def mark_mine(self, emails: Iterable[str], user_id: int | None = None) -> int:
        """Set `mine` by the author's addresses; return how many commits changed.

        Theirs are `emails`, whatever their case, and those that stand for the account `user_id`.
        """
        own = Q(lower__in=[email.lower() for email in emails])
        if user_id is not None:
            own |= Q(lower__startswith=f"{user_id}+", lower__endswith=NOREPLY)
        commits = self.alias(lower=Lower("author_email"))
        now = timezone.now()
        gained = commits.filter(own, mine=False).update(mine=True, updated_at=now)
        lost = commits.filter(mine=True).exclude(own)
        return int(gained + lost.update(mine=False, updated_at=now))

    def measure_sittings(self) -> int:
        """Set `sitting_seconds` of every commit from the owner's live commits in their order; return how many changed.

        The time between two commits of one sitting belongs to the later one, and so to its day and repository."""
        own = self.live().plausible().filter(mine=True).order_by("authored_at", "pk")
        before: datetime | None = None
        changed: dict[int, int] = {}
        for pk, moment, stored in own.values_list(
            "pk", "authored_at", "sitting_seconds"
        ).iterator():
            gap = moment - before if before else None
            seconds = int(gap.total_seconds()) if gap and gap <= SITTING_GAP else 0
            if seconds != stored:
                changed[pk] = seconds
            before = moment
        now = timezone.now()
        rows = [
            self.model(pk=pk, sitting_seconds=new, updated_at=now) for pk, new in changed.items()
        ]
        self.bulk_update(rows, ["sitting_seconds", "updated_at"], batch_size=500)
        others = self.filter(sitting_seconds__gt=0).exclude(pk__in=own.order_by().values("pk"))
        return len(changed) + int(others.update(sitting_seconds=0, updated_at=now))


class Commit(SourceRecord):
    """A commit, known by its object id, in however many repositories it is. Its numbers never change."""

    #: The author's time on a clock in `TIME_ZONE`. These and the next are NULL for an impossible time.
    date = models.DateField(null=True, editable=False)
    hour = fields.PositiveSmallIntegerField(
        unit="hour of the day, 0 to 23", null=True, editable=False
    )
    authored_at = models.DateTimeField(null=True)
    offset_min = fields.SmallIntegerField(
        "UTC offset",
        unit="minutes east of UTC",
        default=0,
        help_text="Of the author's clock.",
    )
    committed_at = models.DateTimeField(null=True)
    author_name = models.CharField(max_length=255, blank=True)
    author_email = models.CharField(max_length=255, blank=True)
    #: Lines of text files against the parent, without files that were only moved; a merge has none.
    added = fields.PositiveBigIntegerField(unit="lines", default=0)
    deleted = fields.PositiveBigIntegerField(unit="lines", default=0)
    generated = fields.PositiveBigIntegerField(
        unit="lines",
        default=0,
        help_text="The part of the added and deleted lines in generated, vendored and lock files.",
    )
    merge = models.BooleanField(default=False)
    mine = models.BooleanField(default=False)
    #: 0 for the first commit of a sitting, and for other people's. `measure_sittings` keeps it right.
    sitting_seconds = fields.PositiveIntegerField(
        "time since the commit before",
        unit="s",
        default=0,
        editable=False,
        help_text="Since the owner's commit before in any repository, if that was at most two hours earlier.",
    )

    moments = ("authored_at",)
    #: Computed from other commits, from the account and from `TIME_ZONE`.
    no_values = frozenset({"date", "hour", "mine", "sitting_seconds"})

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


class RepositoryTotals(NamedTuple):
    """What all live repositories add up to."""

    repositories: int
    #: How many could not be read the last time.
    failed: int
    #: How many have a number of lines of code, among those that count, as in all that follows.
    measured: int
    #: Lines of code; None where none was measured.
    loc: int | None
    commits: int
    #: The owner's own commits.
    mine: int


class RepositorySizes(TypedDict):
    """What a set of repositories adds up to."""

    repositories: int
    #: How many have a number of lines of code.
    repositories_measured: int
    #: How many could not be read the last time.
    repositories_failed: int
    #: Lines of code; None where none was measured.
    loc: int | None
    repository_size_kb: int


class RepositoryQuerySet(SourceRecordQuerySet):
    """Questions about repositories."""

    def visible(self) -> Self:
        """Return those that the token has access to: only they can be analyzed."""
        return self.live().filter(not_visible_since__isnull=True)

    def totals(self) -> RepositoryTotals:
        return RepositoryTotals(
            **self.live().aggregate(
                repositories=Count("pk"),
                failed=Count("pk", filter=~Q(failure="")),
                measured=Count("loc", filter=COUNTED),
                loc=Sum("loc", filter=COUNTED),
                commits=Coalesce(Sum("commit_count", filter=COUNTED), 0),
                mine=Coalesce(Sum("my_commit_count", filter=COUNTED), 0),
            )
        )

    def sizes(self) -> RepositorySizes:
        sizes = self.aggregate(
            repositories=Count("pk"),
            repositories_measured=Count("loc"),
            repositories_failed=Count("pk", filter=~Q(failure="")),
            loc=Sum("loc"),
            repository_size_kb=Coalesce(Sum("repository_size_kb"), 0),
        )
        return cast("RepositorySizes", sizes)

    def counted(self) -> Self:
        """Return those that totals are made of.

        They are live and not archived, and no forks, which hold other people's history.
        """
        return self.live().filter(COUNTED)

    def with_name(self, name: str) -> Self:
        """Return the repositories called `name` or `owner/name`, whatever the case.

        Visible ones are preferred to live ones, and these to deleted ones, of the same name.
        """
        if "\0" in name:
            return self.none()
        column = "full_name" if "/" in name else "name"
        found = self.filter(**{f"{column}__iexact": name})
        return found.visible() or found.live() or found

    def named(self, full_name: str) -> Repository | None:
        """Return the repository of that whole name, whatever the case: a visible one rather than one that is hidden,
        and this rather than a deleted one."""
        last = [
            F("deleted_at").desc(nulls_first=True),
            F("not_visible_since").desc(nulls_first=True),
        ]
        found: Repository | None = (
            self.filter(full_name__iexact=full_name).defer("raw").order_by(*last, "-pk").first()
        )
        return found

    def stale(self) -> Self:
        """Return those that have changed since they were analyzed, and those that failed the last time.

        A change is another tip of the branch, or another last push where the tip is not known.
        """
        known = Q(tip_oid__isnull=False)
        by_tip = known & (Q(mined_oid__isnull=True) | ~Q(mined_oid=F("tip_oid")))
        pushed = Q(pushed_at__isnull=False) & (
            Q(mined_push__isnull=True) | ~Q(mined_push=F("pushed_at"))
        )
        moved = Q(mined_oid__isnull=True) | ~Q(mined_branch=F("default_branch"))
        return self.visible().filter(by_tip | (~known & (pushed | moved)) | ~Q(failure=""))

    def counted_too_early(self) -> Self:
        """Return those with a commit that was dated in the future when they were read, and is no longer."""
        then = OuterRef("mined_at") + CLOCK_ERROR
        links = RepositoryCommit.objects.filter(repository=OuterRef("pk"))
        no_longer = [
            Q(**{f"commit__{column}__gt": then, f"commit__{column}__lte": latest()})
            for column in ("authored_at", "committed_at")
        ]
        return self.filter(Exists(links.filter(no_longer[0] | no_longer[1])))

    def recount(self) -> None:
        """Set every number of these repositories from their commits, by one query for all.

        Those that were never analyzed have none, because no commit of theirs is known.
        """
        links = RepositoryCommit.objects.filter(repository__in=self.order_by().values("pk"))
        numbers: dict[int, Mapping[str, object]] = {
            row["repository"]: row
            for row in links.values("repository").annotate(**numbers_of_commits())
        }
        repositories = list(self.filter(mined_at__isnull=False))
        for repository in repositories:
            repository.set_numbers(numbers.get(repository.pk, {}))
        self.model._default_manager.bulk_update(repositories, NUMBERS_OF_COMMITS, batch_size=100)


def numbers_of_commits() -> dict[str, models.Aggregate]:
    """Return the numbers of the commits that a repository includes."""
    dated, spanned = (
        plausible_condition("commit__authored_at"),
        plausible_condition("commit__committed_at"),
    )
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
    """A repository of the owner, known by GitHub's number, which survives renames and transfers.

    Its numbers are NULL until it is analyzed for the first time. They stay as they are when it is deleted
    at GitHub, is hidden from the token or cannot be read.
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
    repository_size_kb = fields.PositiveBigIntegerField("size", unit="kB", default=0)
    #: The tip of the default branch at GitHub. NULL: not known; empty: no commit.
    tip_oid = models.CharField(max_length=64, null=True)  # noqa: DJ001 - see above
    pushed_at = models.DateTimeField(null=True)

    languages = models.JSONField(
        default=dict, help_text="Bytes by language, as GitHub counts them."
    )

    # What git says of the default branch at `mined_oid`.

    #: Lines of code without blanks and comments, each distinct file once, without prose and data.
    loc = fields.PositiveBigIntegerField("lines of code", unit="lines", null=True)
    loc_generated = fields.PositiveBigIntegerField(
        "generated lines of code", unit="lines", null=True
    )
    loc_by_language = models.JSONField(default=dict)
    #: The program that counted them.
    loc_method = models.CharField(max_length=40, blank=True, default="")
    commit_count = fields.PositiveIntegerField(unit="", null=True)
    merge_count = fields.PositiveIntegerField(unit="", null=True)
    active_days = fields.PositiveIntegerField(unit="days", null=True)
    lines_added = fields.PositiveBigIntegerField(unit="lines", null=True)
    lines_deleted = fields.PositiveBigIntegerField(unit="lines", null=True)
    #: Lines added and deleted, without merges.
    code_churn = fields.PositiveBigIntegerField(unit="lines", null=True)
    #: The part of it in generated, vendored and lock files.
    code_churn_generated = fields.PositiveBigIntegerField(unit="lines", null=True)
    first_commit_date = models.DateTimeField(null=True)
    last_commit_date = models.DateTimeField(null=True)
    #: From the first to the last commit: a span, not time worked. NULL without a commit.
    time_spent_min = fields.PositiveIntegerField("time span", unit="min", null=True)
    my_commit_count = fields.PositiveIntegerField(unit="", null=True)
    my_active_days = fields.PositiveIntegerField(unit="days", null=True)
    my_code_churn = fields.PositiveBigIntegerField(unit="lines", null=True)
    #: When it was analyzed the last time, and of what: NULL for never, an empty oid for no commit.
    mined_at = models.DateTimeField(null=True)
    mined_oid = models.CharField(max_length=64, null=True)  # noqa: DJ001 - see above
    mined_branch = models.CharField(max_length=255, blank=True, default="")
    mined_push = models.DateTimeField(null=True)
    not_visible_since = models.DateTimeField(
        null=True,
        help_text="Since when GitHub has not shown it to the token. It need not be deleted.",
    )
    failure = models.TextField(
        blank=True, default="", help_text="Why it could not be read the last time."
    )
    failed_at = models.DateTimeField(null=True)
    accept_malformed = models.BooleanField(
        default=False,
        help_text="Read it although git's check of its objects fails, because its owner trusts it.",
    )
    #: The run that is to analyze the repository; NULL once that is done.
    pending_run = models.ForeignKey(
        SyncRun, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )

    commits = models.ManyToManyField(
        Commit, through="RepositoryCommit", related_name="repositories"
    )

    objects = RepositoryQuerySet.as_manager()  # type: ignore[misc]  # as any model may

    #: Counted from the commits, and how far the analysis has come.
    no_values = frozenset(
        {
            *(*numbers_of_commits(), "code_churn", "time_spent_min", "tip_oid"),
            *("mined_at", "mined_oid", "mined_branch", "mined_push", "not_visible_since"),
            *("failure", "failed_at", "accept_malformed", "pending_run"),
        }
    )

    class Meta(SourceRecord.Meta):
        verbose_name_plural = "repositories"
        ordering = [F("last_commit_date").desc(nulls_last=True), "-id"]

    def __str__(self) -> str:
        return self.full_name

    @property
    def owner(self) -> str:
        return self.full_name.partition("/")[0]

    @property
    def known_languages(self) -> dict[str, int]:
        """Return those of the list; where it came without, those that were read since."""
        listed = self.listed_languages
        return dict(self.languages if listed is None else listed)

    @property
    def listed_languages(self) -> dict[str, int] | None:
        """Return the bytes by language that came with the list; None where it came without."""
        raw = self.raw or {}
        # As an earlier version stored it.
        if "language_bytes" in raw:
            return dict(raw["language_bytes"]) if raw["language_bytes"] is not None else None
        languages = raw.get("languages")
        return languages and {edge["node"]["name"]: edge["size"] for edge in languages["edges"]}

    def set_numbers(self, numbers: Mapping[str, object]) -> None:
        """Set the numbers from the result of `numbers_of_commits`."""
        for name in QUERIED_NUMBERS:
            setattr(self, name, numbers.get(name) or (None if name in DATES else 0))
        self.code_churn = (self.lines_added or 0) + (self.lines_deleted or 0)
        first, last = self.first_commit_date, self.last_commit_date
        self.time_spent_min = int((last - first).total_seconds() // 60) if first and last else None


class RepositoryCommit(models.Model):
    """A commit that is in the default branch of a repository."""

    exported = True
    #: What its file in the export is called, whatever the class is.
    export_name = "inclusions"

    repository = models.ForeignKey(
        Repository, on_delete=models.CASCADE, related_name="commit_links"
    )
    commit = models.ForeignKey(Commit, on_delete=models.CASCADE, related_name="repository_links")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["repository", "commit"], name="commit_included_once")
        ]

    def __str__(self) -> str:
        return f"{self.commit_id} in {self.repository_id}"


QUERIED_NUMBERS = tuple(numbers_of_commits())
# A sum or a count over no commit is 0; these have no value then.
DATES = ("first_commit_date", "last_commit_date")
NUMBERS_OF_COMMITS = (*QUERIED_NUMBERS, "code_churn", "time_spent_min")


class GitHubAccount(models.Model):
    """The GitHub account whose repositories these are."""

    exported = True

    login = models.CharField(max_length=100, blank=True)
    user_id = models.BigIntegerField(null=True)
    #: The addresses whose commits are the owner's.
    emails = models.JSONField(default=list)
    #: Those that GitHub has given, and those that stood for the account under any login.
    known_emails = models.JSONField(default=list)
    token_expires_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "GitHub account"

    def __str__(self) -> str:
        return self.login or "not known yet"

    @classmethod
    def current(cls) -> Self:
        """Return the one account, which may not be known yet."""
        return cls.objects.get_or_create(pk=1)[0]


class StoredAnswerQuerySet(models.QuerySet["StoredAnswer"]):
    def find(self, key: str) -> StoredAnswer | None:
        return self.filter(pk=key).first()

    def store(self, key: str, etag: str, body: object, links: str) -> None:
        self.update_or_create(pk=key, defaults={"etag": etag, "body": body, "links": links})


class StoredAnswer(models.Model):
    """A response that GitHub need not send again while it says by the `etag` that nothing changed."""

    not_exported = "a cache of GitHub's answers"
    not_backed_up = "a cache: it spares a request, and is filled again"

    #: A digest of the token and the whole address: another token gives other tags.
    key = models.CharField(max_length=64, primary_key=True)
    etag = models.CharField(max_length=200)
    body = models.JSONField(null=True)
    links = models.CharField(max_length=2000, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = StoredAnswerQuerySet.as_manager()

    def __str__(self) -> str:
        return self.key[:12]
