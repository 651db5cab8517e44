"""The page on which a detailed report of Toggl is previewed and imported."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from lifetracker.sync.files import CannotImport
from lifetracker.web.import_pages import FileForm, ImportPages
from lifetracker.words import counted
from time_logs.models import PendingTogglExport
from time_logs.names import entries_url
from time_logs.same_entries import DESTINATION
from time_logs.toggl_export.export import Options
from time_logs.toggl_export.files import LARGEST, read_upload
from time_logs.toggl_export.preview import (
    export_kept,
    import_previewed,
    keep_preview,
    preview_again,
)

#: Ten years with 25 entries a day. A preview of more would take longer than a browser waits.
MOST_ENTRIES = 100_000


class ReportForm(FileForm):
    """A file, and what it does not say itself."""

    largest = LARGEST
    writer = "Toggl"

    file = forms.FileField(
        label="File from Toggl",
        help_text="The CSV of the detailed report, or a zip of several.",
        error_messages={
            "required": "Choose the file that Toggl exported.",
            "empty": "This file is empty. Export it from Toggl again.",
        },
    )
    zone = forms.CharField(
        label="Time zone of your profile at Toggl",
        required=False,
        max_length=60,
        help_text="The file does not name it. Leave it empty if it is that of your home.",
    )
    user = forms.CharField(
        label="Your e-mail at Toggl",
        required=False,
        max_length=200,
        help_text="Only for a report of several people.",
    )


class TogglImport(ImportPages):
    name = "toggl-import"
    template = "time_logs/import.html"
    form = ReportForm
    model = PendingTogglExport
    leads_to = "time"
    confirmation = "This file is mine, and its time zone is right"
    in_the_form = (
        (", add --replace", ", tick the box below"),
        (", with --user and your e-mail", ", by your e-mail in the field below"),
    )

    def keep_preview(self, user: Any, name: str, form: ReportForm) -> None:
        options = Options(form.zone_or_home, timezone.now(), form.cleaned_data["user"])
        export = read_upload(name, form.cleaned_data["file"], options)
        if len(export.entries) > MOST_ENTRIES:
            raise CannotImport(
                f"It has {counted(len(export.entries), 'row')}, more than this page takes. Import it on the machine, with "
                "python manage.py import_toggl."
            )
        keep_preview(user, name, export, options)

    def preview_again(self, kept: PendingTogglExport) -> None:
        preview_again(kept)

    def carry_out(self, kept: PendingTogglExport) -> str:
        return DESTINATION.imported_words(kept.file_name, import_previewed(kept))

    def address_after(self, kept: PendingTogglExport) -> str:
        """Return the last day of the file."""
        day = max(one.item["date"] for one in export_kept(kept).entries.values())
        return entries_url(day, day)
