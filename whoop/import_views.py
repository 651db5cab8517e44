"""The page on which an export of WHOOP's app is previewed and imported."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from lifetracker.sync.files import MB, CannotImport
from lifetracker.web.import_pages import FileForm, ImportPages
from lifetracker.words import counted
from whoop.exports.export import Export, Options
from whoop.exports.files import read_upload
from whoop.exports.outcome import Outcome
from whoop.exports.preview import import_previewed, keep_preview, preview_again
from whoop.models import PendingWhoopExport

#: Ten years with twenty answers a day. A preview of more would take longer than a browser waits.
MOST_ROWS = 100_000


class ExportForm(FileForm):
    """A file, and what it does not say itself."""

    largest = 60 * MB
    writer = "WHOOP"

    file = forms.FileField(
        label="File from WHOOP",
        help_text="The zip that came by e-mail, or one of its tables.",
        error_messages={
            "required": "Choose the file that WHOOP sent you.",
            "empty": "This file is empty. Export it from WHOOP again.",
        },
    )
    day = forms.ChoiceField(
        label="An answer of the journal is about",
        required=False,
        choices=[
            ("", "The day before you woke up, as WHOOP asks"),
            ("waking", "The day on which you woke up"),
        ],
    )
    zone = forms.CharField(
        label="Time zone of rows that name none",
        required=False,
        max_length=60,
        help_text="Only few exports have such rows. Leave it empty if you were at home.",
    )


class WhoopImport(ImportPages):
    name = "whoop-import"
    template = "whoop/import.html"
    form = ExportForm
    model = PendingWhoopExport
    leads_to = "whoop"
    confirmation = "This file is mine, and its times are those of the place where I was"
    in_the_form = ((", add --replace", ", tick the box below"),)

    def keep_preview(self, user: Any, name: str, form: ExportForm) -> None:
        on_waking_day = form.cleaned_data["day"] == "waking"
        options = Options(form.zone_or_home, timezone.now(), on_waking_day)
        export = read_upload(name, form.cleaned_data["file"], options)
        refuse_too_many(export)
        keep_preview(user, name, export, options)

    def preview_again(self, kept: PendingWhoopExport) -> None:
        preview_again(kept)

    def carry_out(self, kept: PendingWhoopExport) -> str:
        return imported_words(kept.file_name, import_previewed(kept))


def refuse_too_many(export: Export) -> None:
    rows = len(export.all_entries()) + len(export.answers)
    if rows > MOST_ROWS:
        raise CannotImport(
            f"It has {counted(rows, 'row')}, more than this page takes. Import it on the machine, with "
            "python manage.py import_whoop."
        )


def imported_words(name: str, outcome: Outcome) -> str:
    total = outcome.total()
    words = f"{name}: {counted(total.created, 'new record')}, {total.updated:,} changed, {total.unchanged:,} unchanged"
    parts = ((total.deleted, "replaced"), (total.rejected, "rejected"))
    more = "".join(f", {number:,} {what}" for number, what in parts if number)
    return f"{words}{more}."
