"""The page on which a detailed report of Toggl is previewed and imported."""

from __future__ import annotations

from typing import Any

from django import forms

from lifetracker.web.import_pages import FileForm, ImportPages
from time_logs.importers import TOGGL
from time_logs.toggl_export.files import LARGEST


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

    def options(self) -> dict[str, Any]:
        return super().options() | {"user": self.cleaned_data["user"]}


class TogglImport(ImportPages):
    importer = TOGGL
    template = "time_logs/import.html"
    form = ReportForm
    leads_to = "time"
    confirmation = "This file is mine, and its time zone is right"
    in_the_form = (
        (", add --replace", ", tick the box below"),
        (", with --user and your e-mail", ", by your e-mail in the field below"),
    )
