"""What records were before they changed: a list to read."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from lifetracker.admin.lists import ChoiceFilter, Choices, ReadOnlyAdmin, labels, pretty
from lifetracker.models import Revision
from lifetracker.models.kept import recorded_models
from lifetracker.models.revisions import type_of
from lifetracker.words import joined, title_of


class TypeFilter(ChoiceFilter):
    title = "kind of record"
    parameter_name = "record_type"

    def lookups(self, request: HttpRequest, model_admin: object) -> Choices:
        found = [(type_of(one), str(one._meta.verbose_name)) for one in recorded_models()]
        return sorted(found, key=lambda one: one[1])


@admin.register(Revision)
class RevisionAdmin(ReadOnlyAdmin):
    # By the primary key: nothing else about them is worth an index.
    ordering = ("-id",)
    list_display = ("changed_at", "record", "what", "columns", "author")
    list_filter = (TypeFilter, "kind")
    search_fields = ("record_id", "changed_by")
    search_help_text = "Search by the id of the record or the account"
    fields = ("record", "what", "changed_at", "author", "pretty_values")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Revision]:
        rows: QuerySet[Revision] = super().get_queryset(request)
        return rows.select_related("run")

    @labels("What happened", "kind", {"deleted": "danger", "brought back": "success"})
    def what(self, revision: Revision) -> str:
        return str(revision.get_kind_display())

    @admin.display(description="Values")
    def columns(self, revision: Revision) -> str:
        return joined([name.replace("_", " ") for name in revision.old_values])

    @admin.display(description="By")
    def author(self, revision: Revision) -> str:
        return title_of(revision.run.source) if revision.run else revision.changed_by

    @admin.display(description="Values before")
    def pretty_values(self, revision: Revision) -> SafeString:
        return pretty(revision.old_values)
