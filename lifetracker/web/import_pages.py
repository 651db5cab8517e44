"""The pages on which a file is previewed, and then imported exactly so."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.core.files.base import File
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from lifetracker.accounts.rights import staff_only
from lifetracker.days import zone_name
from lifetracker.models.pending_imports import PreviewedFile
from lifetracker.sync.file_imports import Preview, PreviewChanged
from lifetracker.sync.files import MB, CannotImport


class FileForm(forms.Form):
    """A file, and in which zone its times are. A form of its own says what the file is."""

    #: Of the file in bytes, and whose it is.
    largest: ClassVar[int]
    writer: ClassVar[str]

    file = forms.FileField()
    zone = forms.CharField(label="Time zone of the phone", required=False, max_length=60)

    def clean_file(self) -> File[bytes]:
        file: File[bytes] = self.cleaned_data["file"]
        if file.size > self.largest:
            raise forms.ValidationError(
                f"This file is larger than {self.largest // MB} MB, which no export from {self.writer} is."
            )
        return file

    def clean_zone(self) -> str:
        text = str(self.cleaned_data["zone"]).strip()
        if text and zone_name(text) is None:
            raise forms.ValidationError(
                f"There is no time zone {text}. Use a name such as Europe/Berlin or America/New_York."
            )
        return text

    @property
    def zone_or_home(self) -> ZoneInfo:
        return ZoneInfo(self.cleaned_data["zone"] or timezone.get_default_timezone_name())


class ImportPages(ABC):
    """One form, its preview, and what confirms or discards that."""

    #: The name of the page; those of its forms are made of it.
    name: ClassVar[str]
    template: ClassVar[str]
    form: ClassVar[type[FileForm]]
    model: ClassVar[type[PreviewedFile]]
    #: The page that shows what was imported.
    leads_to: ClassVar[str]
    #: What the importer says for its command, and what the page has instead of it.
    in_the_form: ClassVar[tuple[tuple[str, str], ...]] = ()
    #: What one confirms of a file that asks first. Empty: that it replaces what is stored.
    confirmation: ClassVar[str] = ""

    @abstractmethod
    def keep_preview(self, user: Any, name: str, form: Any) -> None:
        """Read the file of a form, preview it and keep that. Raises CannotImport."""

    @abstractmethod
    def preview_again(self, kept: Any) -> None:
        """Keep a new preview of the same. Raises CannotImport."""

    @abstractmethod
    def carry_out(self, kept: Any) -> str:
        """Import what was previewed, and return what came of it, in words. Raises PreviewChanged and CannotImport."""

    def address_after(self, kept: Any) -> str:
        """Return where one goes once it is imported. `kept` is no longer stored then."""
        return reverse(self.leads_to)

    def urls(self) -> list[URLPattern]:
        own: list[tuple[str, str, Callable[..., HttpResponse]]] = [
            ("import", self.name, require_http_methods(["GET", "HEAD", "POST"])(self.page)),
            ("import/confirm", f"{self.name}-confirm", require_POST(self.confirm)),
            ("import/discard", f"{self.name}-discard", require_POST(self.discard)),
        ]
        return [path(at, staff_only(view), name=name) for at, name, view in own]

    def words(self, text: str) -> str:
        """Return what the importer says in the words of the page, which has fields and no options."""
        for option, words in self.in_the_form:
            text = text.replace(option, words)
        return text

    # --- Requests ---------------------------------------------------------------------------------

    def page(self, request: HttpRequest) -> HttpResponse:
        """Show the form and what was previewed, or preview a file."""
        is_sent = request.method == "POST"
        form = self.form(request.POST, request.FILES) if is_sent else self.form()
        if is_sent and form.is_valid() and self.read_and_keep(request, form):
            return redirect(self.name)
        kept = None if is_sent else self.model._default_manager.of(request.user)
        about = {
            "form": form,
            "zone": timezone.get_default_timezone_name(),
            "page_name": self.name,
            "leads_to": self.leads_to,
        }
        return render(request, self.template, about | (self.shown(kept) if kept else {}))

    def read_and_keep(self, request: HttpRequest, form: FileForm) -> bool:
        """Preview the file of a form and keep the preview; return False where the form now says why not."""
        name = form.cleaned_data["file"].name or "The file"
        try:
            self.keep_preview(request.user, name, form)
        except CannotImport as error:
            form.add_error("file", self.words(str(error)))
            return False
        return True

    def shown(self, kept: PreviewedFile) -> dict[str, object]:
        """Return what the page says of a preview."""
        preview = Preview.from_json(kept.preview)
        lists = [replace(one, texts=list(map(self.words, one.texts))) for one in preview.lists]
        question = self.words(preview.question)
        return {
            "kept": kept,
            "preview": preview,
            "lists": lists,
            "question": question,
            "confirmation": self.confirmation,
            "confirm": f"{self.name}-confirm",
            "discard": f"{self.name}-discard",
        }

    def confirm(self, request: HttpRequest) -> HttpResponse:
        """Import what was previewed, exactly so, or show what it would do by now."""
        kept = self.model._default_manager.of(request.user)
        if kept is None:
            messages.info(
                request,
                "There is no preview to import. It was imported already, or it is older than a day. "
                "Connections shows what was imported.",
            )
            return redirect(self.name)
        if kept.preview["question"] and "replace" not in request.POST:
            messages.error(
                request,
                "Nothing was imported. Tick the box if the file is to replace what is stored.",
            )
            return redirect(self.name)
        return self.carried_out(request, kept)

    def carried_out(self, request: HttpRequest, kept: PreviewedFile) -> HttpResponse:
        try:
            said = self.carry_out(kept)
        except (PreviewChanged, CannotImport):
            messages.warning(
                request,
                "Nothing was imported, because what is stored has changed since the preview. This is the preview of now.",
            )
            return self.previewed_again(request, kept)
        messages.success(request, said)
        return redirect(self.address_after(kept))

    def previewed_again(self, request: HttpRequest, kept: PreviewedFile) -> HttpResponse:
        try:
            self.preview_again(kept)
        except CannotImport as error:
            kept.delete()
            messages.error(request, self.words(str(error)))
        return redirect(self.name)

    def discard(self, request: HttpRequest) -> HttpResponse:
        """Forget what was previewed."""
        if kept := self.model._default_manager.of(request.user):
            kept.delete()
        messages.info(request, "The preview was deleted. Nothing was imported.")
        return redirect(self.name)
