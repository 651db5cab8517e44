"""Deleting a record that was typed in, and undoing that: the same pages for records of every kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import wraps
from http import HTTPStatus
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from lifetracker.models import MANUAL, SourceRecord
from lifetracker.web.forms import form_page
from lifetracker.web.ranges import Link

#: What was typed into a form: what each field is called, and its text.
Typed = Sequence[tuple[str, str]]
NOTHING_TYPED: Typed = ()


class Removal:
    """The pages on which the records of one kind are deleted and brought back. The row stays, marked as deleted, so that
    nothing is lost. A subclass says what the kind is called and what its pages show."""

    model: ClassVar[type[SourceRecord]]
    #: What one is called, such as `fast`.
    noun: ClassVar[str]
    #: The template of its facts.
    facts: ClassVar[str]
    #: The name of the address of one, and what those of its deletion begin with.
    record_page: ClassVar[str]
    prefix: ClassVar[str]

    def context(self, record: Any) -> dict[str, Any]:
        """Return what the template of the facts needs; `name`, where one has a name."""
        raise NotImplementedError

    def way_back(self, record: Any) -> Link:
        """Return where one goes from here."""
        raise NotImplementedError

    def restored_url(self, record: Any) -> str:
        """Return where one goes once it is back."""
        return self.way_back(record).url

    def locked(self) -> AbstractContextManager[object]:
        """Open a transaction in which nobody else changes what `refuse` looks at."""
        return transaction.atomic()

    def refuse(self, record: Any) -> None:
        """Raise ValidationError where a deleted record cannot come back."""

    def show(
        self, request: HttpRequest, template: str, record: Any, **also: object
    ) -> HttpResponse:
        about = {"removal": self, "pk": record.pk, "way_back": self.way_back(record)}
        about |= {
            "edit_url": self.record_page,
            "delete_url": f"{self.prefix}-delete",
            "restore_url": f"{self.prefix}-restore",
        }
        return render(request, template, about | self.context(record) | also)

    # --- The views --------------------------------------------------------------------------------

    def urls(self) -> list[URLPattern]:
        """Return the addresses below that of the kind."""
        views = {
            "delete": form_page(self.or_deleted(self.delete)),
            "restore": require_POST(self.restore),
        }
        if self.deleted_page != self.record_page:
            views["deleted"] = self.deleted
        return [
            path(f"<int:pk>/{name}", login_required(view), name=f"{self.prefix}-{name}")
            for name, view in views.items()
        ]

    def or_deleted(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        """Let a page of one record lead to where it is brought back, after it was deleted. What is sent there is not
        saved, and is shown instead."""

        def shown(request: HttpRequest, pk: int, typed: Typed) -> HttpResponse:
            record = self.find(pk, is_deleted=True, source=MANUAL)
            return self.show(request, "records/deleted.html", record, typed=typed)

        return or_deleted(view, shown, self.deleted_page)

    @property
    def deleted_page(self) -> str:
        """The name of the address at which a deleted one is brought back: a page of its own, or that of the record."""
        return f"{self.prefix}-deleted"

    def delete(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask, delete, and show how to undo that. Raises PermissionDenied for what a service sent."""
        with transaction.atomic():
            record = self.find(pk, for_change=request.method == "POST", is_deleted=False)
            if record.source != MANUAL:
                raise PermissionDenied
            if request.method != "POST":
                return self.show(request, "records/delete.html", record)
            record.mark_deleted()
        return redirect(self.deleted_page, pk)

    def deleted(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say that it was deleted, with the way to undo it."""
        record = self.find(pk, is_deleted=True, source=MANUAL)
        return self.show(request, "records/deleted.html", record)

    def restore(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Bring it back, also if it was brought back already."""
        try:
            with self.locked():
                record = self.find(pk, for_change=True, source=MANUAL)
                record.deleted_at = None
                self.refuse(record)
                record.save()
        except ValidationError as error:
            messages.error(request, f"The {self.noun} stays deleted. {' '.join(error.messages)}")
            return redirect(self.deleted_page, pk)
        messages.success(request, f"The {self.noun} is back.")
        return redirect(self.restored_url(record))

    def find(
        self, pk: int, *, is_deleted: bool | None = None, for_change: bool = False, **values: object
    ) -> Any:
        """Return a record, with the write lock if it is to be changed. Raises Http404."""
        rows: Any = self.model._default_manager.filter(**values).defer("raw")
        if is_deleted is not None:
            rows = rows.filter(deleted_at__isnull=not is_deleted)
        return get_object_or_404(rows.select_for_update() if for_change else rows, pk=pk)


class DeletionAtOnce:
    """The pages on which something without a source, such as a goal, is deleted without a question and brought back. Its rows stay,
    so that nothing is lost. Its QuerySet is a `DeletableQuerySet`."""

    model: ClassVar[type[Model]]
    #: What one is called, such as `goal`: so is the address of its page, and what those of its deletion begin with.
    noun: ClassVar[str]
    #: Says that it was deleted.
    template: ClassVar[str]

    def context(self, one: Any) -> dict[str, Any]:
        """Return what the template shows of it."""
        return {self.noun: one}

    def urls(self) -> list[URLPattern]:
        """Return the addresses below that of the kind."""
        views = {
            "delete": self.live(require_POST(self.delete)),
            "deleted": self.deleted,
            "restore": require_POST(self.restore),
        }
        return [
            path(f"<int:pk>/{name}", login_required(view), name=f"{self.noun}-{name}")
            for name, view in views.items()
        ]

    def live(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        """Let a page of one that was deleted lead to where it is brought back."""
        return or_deleted(view, login_required(self.deleted), f"{self.noun}-deleted")

    def delete(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Delete it, and offer to undo that."""
        self._rows(pk, deleted_at__isnull=True).mark_deleted()
        return redirect(f"{self.noun}-deleted", pk)

    def deleted(self, request: HttpRequest, pk: int, typed: Typed = NOTHING_TYPED) -> HttpResponse:
        """Say that it was deleted, with what was typed for it since, and offer to undo that."""
        one = get_object_or_404(self.model, pk=pk, deleted_at__isnull=False)
        return render(request, self.template, self.context(one) | {"typed": typed})

    def restore(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Bring it back, also if it was brought back already."""
        self._rows(pk).restore()
        messages.success(request, f"The {self.noun} is back.")
        return redirect(self.noun, pk)

    def _rows(self, pk: int, **values: object) -> Any:
        """Return the QuerySet of the one row. Raises Http404 where there is none."""
        rows: Any = self.model._default_manager.filter(pk=pk)
        get_object_or_404(rows, **values)
        return rows


def or_deleted(
    view: Callable[..., HttpResponse], shown: Callable[..., HttpResponse], address: str
) -> Callable[..., HttpResponse]:
    """Let a page of something lead to the address at which it is brought back, after it was deleted. What is sent there
    is not saved: `shown` shows it, and raises Http404 for what is not deleted."""

    @wraps(view)
    def page(request: HttpRequest, pk: int, **more: int) -> HttpResponse:
        try:
            return view(request, pk=pk, **more)
        except Http404:
            lost = typed(request)
            response = shown(request, pk, typed=lost)
            if not lost:
                return redirect(address, pk)
            response.status_code = HTTPStatus.CONFLICT
            return response

    return page


def typed(request: HttpRequest) -> Typed:
    """Return what was typed into a form, without what it carries hidden."""
    hidden = {"csrfmiddlewaretoken", "next", "updated_at", "confirm"}
    return [
        (name.replace("_", " ").capitalize(), str(text))
        for name, text in request.POST.items()
        if text and name not in hidden
    ]
