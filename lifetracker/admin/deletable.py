"""Lists of what a person deletes and restores, such as goals: without a source, so that nothing brings them back by itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst

from lifetracker.admin.lists import Choices, QuickList


class DeletedFilter(admin.SimpleListFilter):
    title = "deleted"
    parameter_name = "deleted"

    def lookups(self, request: HttpRequest, model_admin: object) -> Choices:
        return [("yes", "Yes")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        """Leave the deleted ones out unless they are asked for."""
        return queryset.filter(deleted_at__isnull=self.value() != "yes")


class DeletableList(QuickList):
    """Rows of a `DeletableQuerySet`: what is deleted here can be restored, here by an action of the list."""

    actions = ("restore",)

    def rows(self, pks: Any) -> Any:
        """Return rows by their keys, without the order and the joins of the list."""
        return self.model._default_manager.filter(pk__in=pks)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        self.rows([obj.pk]).mark_deleted()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> None:
        self.rows(queryset.values("pk")).mark_deleted()

    def get_deleted_objects(self, objs: Iterable[Model], request: HttpRequest) -> object:
        """Name them alone: nothing else goes with what can be restored."""
        return [str(one) for one in objs], {}, set(), []

    @admin.action(description="Restore deleted %(verbose_name_plural)s", permissions=["decide"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Model]) -> None:
        number = self.rows(queryset.values("pk")).restore()
        noun = capfirst(str(self.opts.verbose_name_plural))
        self.message_user(request, f"{noun} restored: {number}.")
