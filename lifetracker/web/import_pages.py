"""The pages on which a file is previewed, and then imported exactly so: at once where it is small, else by a worker."""

from __future__ import annotations

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
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lifetracker.accounts.rights import staff_only
from lifetracker.accounts.script_policy import allow_script
from lifetracker.days import zone_name
from lifetracker.models.pending_imports import PreviewedFile
from lifetracker.sync.file_imports import Preview, PreviewChanged
from lifetracker.sync.files import CannotImport
from lifetracker.sync.import_files import CannotStore
from lifetracker.sync.import_queue import CHANGED
from lifetracker.sync.importers import Importer
from lifetracker.sync.previewed_imports import PreviewedImporter, TooLarge
from lifetracker.web.queued_imports import IsBeingImported, QueuedImports
from lifetracker.web.uploads import refusal_of, stored, takes_uploads, too_large

NO_PREVIEW = (
    "There is no preview to import. It was imported already, or it is older than a day. "
    "Connections shows what was imported."
)
NOT_TICKED = "Nothing was imported. Tick the box if the file is to replace what is stored."
DELETED = "The preview was deleted. Nothing was imported."
ANOTHER = "Another file was chosen meanwhile, perhaps in another window, and nothing was imported. This is what that one would do."


class FileForm(forms.Form):
    """A file, and in which zone its times are. A form of its own says what the file is."""

    #: Of the file in bytes, and whose it is.
    largest: ClassVar[int]
    writer: ClassVar[str]

    file = forms.FileField()
    zone = forms.CharField(label="Time zone of the phone", required=False, max_length=60)

    #: Why the file of the form was dropped while it came in.
    refusal = ""

    def clean_file(self) -> File[bytes]:
        file: File[bytes] = self.cleaned_data["file"]
        if file.size > self.largest:
            raise forms.ValidationError(too_large(self.largest, self.writer))
        return file

    def clean_zone(self) -> str:
        text = str(self.cleaned_data["zone"]).strip()
        if text and zone_name(text) is None:
            raise forms.ValidationError(
                f"There is no time zone {text}. Use a name such as Europe/Berlin or America/New_York."
            )
        return text

    def full_clean(self) -> None:
        super().full_clean()
        if self.refusal and "file" in self.errors:
            self.errors["file"] = self.error_class([self.refusal], error_class="errorlist")

    @property
    def zone_or_home(self) -> ZoneInfo:
        return ZoneInfo(self.cleaned_data["zone"] or timezone.get_default_timezone_name())

    def options(self) -> dict[str, Any]:
        """Return what the importer is told beside the file, as JSON has it."""
        return {"zone": self.zone_or_home.key, "now": timezone.now().isoformat()}


class ImportPages:
    """One form, its preview, and what confirms or discards that."""

    importer: ClassVar[Importer]
    template: ClassVar[str]
    form: ClassVar[type[FileForm]]
    #: The page that shows what was imported.
    leads_to: ClassVar[str]
    #: What the importer says for its command, and what the page has instead of it.
    in_the_form: ClassVar[tuple[tuple[str, str], ...]] = ()
    #: What one confirms of a file that asks first. Empty: that it replaces what is stored.
    confirmation: ClassVar[str] = ""

    def __init__(self) -> None:
        #: The name of the page; those of its forms are made of it.
        self.name = self.importer.page
        self.queued = QueuedImports(self.importer, self.leads_to, self.words)

    def urls(self) -> list[URLPattern]:
        takes_file = takes_uploads(self.form.largest, self.form.writer)
        page = takes_file(require_http_methods(["GET", "HEAD", "POST"])(self.page))
        own: list[tuple[str, str, Callable[..., HttpResponse]]] = [
            ("import/confirm", f"{self.name}-confirm", require_POST(self.confirm)),
            ("import/discard", f"{self.name}-discard", require_POST(self.discard)),
            ("import/cancel", f"{self.name}-cancel", require_POST(self.queued.cancel)),
            ("import/progress", f"{self.name}-progress", require_GET(self.queued.progress)),
        ]
        rest = [path(at, staff_only(view), name=name) for at, name, view in own]
        return [path("import", page, name=self.name), *rest]

    def words(self, text: str) -> str:
        """Return what the importer says in the words of the page, which has fields and no options."""
        for option, words in self.in_the_form:
            text = text.replace(option, words)
        return text

    def pending_of(self, user: Any) -> PreviewedFile | None:
        """Return the small file that an account has previewed and not imported yet."""
        if not isinstance(self.importer, PreviewedImporter):
            return None
        found: PreviewedFile | None = self.importer.pending._default_manager.of(user)
        return found

    # --- Requests ---------------------------------------------------------------------------------

    def page(self, request: HttpRequest) -> HttpResponse:
        """Show the form and what was previewed or is being imported, or take a file."""
        is_sent = request.method == "POST"
        form = self.form(request.POST, request.FILES) if is_sent else self.form()
        if is_sent:
            form.refusal = refusal_of(request)
            if form.is_valid() and self.take(request, form):
                return redirect(self.name)
        about = {
            "form": form,
            "zone": timezone.get_default_timezone_name(),
            "page_name": self.name,
            "leads_to": self.leads_to,
        }
        shown = {} if is_sent else self.shown(request)
        response = render(request, self.template, about | shown)
        allow_script(request, response)
        return response

    def take(self, request: HttpRequest, form: FileForm) -> bool:
        """Preview the file of a form, or let a worker do that; return False where the form now says why not."""
        name, options = form.cleaned_data["file"].name or "The file", form.options()
        try:
            if not self.is_previewed_at_once(request, form, name, options):
                self.give_to_worker(request, form, name, options)
        except (CannotImport, CannotStore, IsBeingImported) as error:
            form.add_error("file", self.words(str(error)))
            return False
        return True

    def is_previewed_at_once(
        self, request: HttpRequest, form: FileForm, name: str, options: dict[str, Any]
    ) -> bool:
        """Preview a small file, and return True. Raises CannotImport and IsBeingImported."""
        file, importer = form.cleaned_data["file"], self.importer
        if not isinstance(importer, PreviewedImporter) or file.size > importer.read_at_once:
            return False
        try:
            importer.keep_preview(request.user, name, file, options)
        except TooLarge:
            return False
        self.queued.forget_preview(request.user)
        return True

    def give_to_worker(
        self, request: HttpRequest, form: FileForm, name: str, options: dict[str, Any]
    ) -> None:
        """Raises CannotStore and IsBeingImported."""
        file: File[bytes] = form.cleaned_data["file"]
        self.queued.require_none(request.user)
        self.queued.add(request.user, stored(file), name, file.size, options)
        if kept := self.pending_of(request.user):
            kept.delete()

    def shown(self, request: HttpRequest) -> dict[str, object]:
        """Return what the page shows beside its form."""
        if kept := self.pending_of(request.user):
            return self.shown_preview(kept.file_name, kept.created_at, kept.preview)
        job = self.queued.of(request.user)
        if job and job.asks and job.preview:
            return self.shown_preview(job.file_name, job.previewed_at, job.preview) | {"job": job}
        return self.queued.shown(job)

    def shown_preview(
        self, name: str, read_at: object, values: dict[str, Any]
    ) -> dict[str, object]:
        """Return what the page says of a preview."""
        preview = Preview.from_json(values)
        return {
            "file_name": name,
            "read_at": read_at,
            "preview": preview,
            "lists": [
                replace(one, texts=list(map(self.words, one.texts))) for one in preview.lists
            ],
            "question": self.words(preview.question),
            "confirmation": self.confirmation,
            "confirm": f"{self.name}-confirm",
            "discard": f"{self.name}-discard",
        }

    def confirm(self, request: HttpRequest) -> HttpResponse:
        """Import what was previewed, exactly so, or show what it would do by now."""
        kept = self.pending_of(request.user)
        job = None if kept else self.queued.of(request.user)
        asking = kept or (job if job and job.asks else None)
        if asking is None or asking.preview is None:
            if job is None or not job.is_active:
                messages.info(request, NO_PREVIEW)
        elif is_another(request, asking.preview["fingerprint"]):
            messages.warning(request, ANOTHER)
        elif asking.preview["question"] and "replace" not in request.POST:
            messages.error(request, NOT_TICKED)
        elif kept and isinstance(self.importer, PreviewedImporter):
            return self.carried_out(request, self.importer, kept)
        elif job:
            self.queued.confirm(job)
        return redirect(self.name)

    def carried_out(
        self,
        request: HttpRequest,
        importer: PreviewedImporter[Any, Any, Any],
        kept: PreviewedFile,
    ) -> HttpResponse:
        try:
            imported = importer.import_previewed(kept)
        except (PreviewChanged, CannotImport):
            messages.warning(request, CHANGED)
            return self.previewed_again(request, importer, kept)
        messages.success(request, imported.words)
        return redirect(imported.leads_to or reverse(self.leads_to))

    def previewed_again(
        self,
        request: HttpRequest,
        importer: PreviewedImporter[Any, Any, Any],
        kept: PreviewedFile,
    ) -> HttpResponse:
        try:
            importer.preview_again(kept)
        except CannotImport as error:
            kept.delete()
            messages.error(request, self.words(str(error)))
        return redirect(self.name)

    def discard(self, request: HttpRequest) -> HttpResponse:
        """Forget what was previewed."""
        if kept := self.pending_of(request.user):
            kept.delete()
        else:
            self.queued.forget_preview(request.user)
        messages.info(request, DELETED)
        return redirect(self.name)


def is_another(request: HttpRequest, token: str) -> bool:
    """Return whether the page from which a form was sent showed something else than there is now."""
    return request.POST.get("shown", token) != token
