from __future__ import annotations

from datetime import date

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString

from github_projects.models import Commit, GitHubAccount, Repository
from lifetracker.admin import (
    Choices,
    GoneFilter,
    QuickList,
    ReadOnlyAdmin,
    SourceRecordAdmin,
    figure,
    labels,
    pretty,
)
from lifetracker.days import local_date


class KindFilter(admin.SimpleListFilter):
    title = "kind"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: object) -> Choices:
        return [("counted", "In the totals"), ("fork", "Forks"), ("archived", "Archived")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Repository]
    ) -> QuerySet[Repository]:
        kind = self.value()
        if kind == "counted":
            return queryset.counted()  # type: ignore[attr-defined,no-any-return]  # of repositories
        return queryset.filter(**{kind: True}) if kind in {"fork", "archived"} else queryset


class FailedFilter(admin.SimpleListFilter):
    title = "analysis"
    parameter_name = "failed"

    def lookups(self, request: HttpRequest, model_admin: object) -> Choices:
        return [("yes", "Failed"), ("no", "Succeeded")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Repository]
    ) -> QuerySet[Repository]:
        if self.value() == "yes":
            return queryset.exclude(failure="")
        return queryset.filter(failure="") if self.value() == "no" else queryset


@admin.register(Repository)
class RepositoryAdmin(SourceRecordAdmin):
    list_display = (
        "full_name",
        "language",
        figure("commit_count", "Commits"),
        figure("active_days"),
        figure("code_churn", "Churn"),
        figure("loc", "Lines"),
        figure("repository_size_kb"),
        "last_commit",
        "state",
    )
    list_filter = (KindFilter, FailedFilter, GoneFilter)
    search_fields = ("full_name",)
    search_help_text = "The name"
    heavy = ("raw", "languages", "loc_by_language")
    actions = ("mark_deleted",)
    facts = (
        ("name", "full_name"),
        "html_url",
        ("private", "fork"),
        ("archived", "disabled"),
        ("default_branch", "primary_language"),
        ("commit_count", "my_commit_count"),
        ("active_days", "my_active_days"),
        ("code_churn", "my_code_churn"),
        ("lines_added", "lines_deleted"),
        ("code_churn_generated", "merge_count"),
        ("first_commit_date", "last_commit_date"),
        ("time_spent_min", "repository_size_kb"),
        ("loc", "loc_generated"),
        "loc_method",
        "lines_by_language",
        "bytes_by_language",
        ("pushed_at", "mined_at"),
        "mined_oid",
        ("failure", "failed_at"),
        "not_visible_since",
    )
    readonly_fields = (
        *SourceRecordAdmin.readonly_fields,
        "lines_by_language",
        "bytes_by_language",
    )

    @admin.action(
        description="Mark as deleted those that are hidden from the token",
        permissions=["decide"],
    )
    def mark_deleted(self, request: HttpRequest, queryset: QuerySet[Repository]) -> None:
        """Mark the chosen repositories that GitHub does not show, since nobody else knows what became of them."""
        hidden = queryset.filter(deleted_at__isnull=True, not_visible_since__isnull=False)
        now = timezone.now()
        marked = hidden.update(deleted_at=now, updated_at=now)
        self.message_user(
            request,
            f"{marked} of {queryset.count()} are marked as deleted. GitHub still shows the others.",
        )

    @admin.display(description="Language", ordering="primary_language")
    def language(self, repository: Repository) -> str | None:
        return repository.primary_language

    @admin.display(description="Last commit", ordering="last_commit_date")
    def last_commit(self, repository: Repository) -> date | None:
        moment = repository.last_commit_date
        return local_date(moment) if moment else None

    @labels(
        "State",
        "failure",
        {
            "gone": "danger",
            "not visible": "warning",
            "failed": "danger",
            "pending": "info",
            "fork": "",
            "archived": "",
        },
    )
    def state(self, repository: Repository) -> str:
        kinds = {
            "gone": repository.deleted_at,
            "not visible": repository.not_visible_since,
            "failed": repository.failure,
            "pending": repository.pending_run_id,
            "fork": repository.fork,
            "archived": repository.archived,
        }
        return next((kind for kind, holds in kinds.items() if holds), "")

    @admin.display(description="Lines of code by language")
    def lines_by_language(self, repository: Repository) -> SafeString:
        return pretty(repository.loc_by_language)

    @admin.display(description="Bytes by language, as GitHub counts them")
    def bytes_by_language(self, repository: Repository) -> SafeString:
        return pretty(repository.languages)


@admin.register(Commit)
class CommitAdmin(SourceRecordAdmin):
    list_display = (
        "__str__",
        "authored_at",
        "author_name",
        figure("added"),
        figure("deleted"),
        "kind",
        "whose",
        "upstream",
    )
    list_filter = ("mine", "merge", GoneFilter)
    date_hierarchy = "authored_at"
    search_fields = ("source_id", "author_email")
    search_help_text = "The commit's id, or the author's address"
    facts = (
        ("authored_at", "committed_at"),
        ("date", "offset_min"),
        ("author_name", "mine"),
        "author_email",
        ("added", "deleted"),
        ("generated", "merge"),
        "found_in",
    )
    readonly_fields = (*SourceRecordAdmin.readonly_fields, "date", "found_in")

    @labels("Kind", "merge", {"merge": ""})
    def kind(self, commit: Commit) -> str:
        return "merge" if commit.merge else ""

    @labels("Whose", "mine", {"mine": "success"})
    def whose(self, commit: Commit) -> str:
        return "mine" if commit.mine else ""

    @admin.display(description="In the repositories")
    def found_in(self, commit: Commit) -> str:
        return ", ".join(commit.repositories.values_list("full_name", flat=True)) or "none"


@admin.register(GitHubAccount)
class GitHubAccountAdmin(ReadOnlyAdmin):
    """It may be deleted, so that the token of another account can take its place."""

    confirm_first = True
    list_display = ("__str__", "token_expires_at")
    search_fields = ("login",)
    fields = ("login", "user_id", "emails", "token_expires_at")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(QuickList.has_delete_permission(self, request, obj))
