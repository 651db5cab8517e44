"""The page on which an export of WHOOP's app is previewed and imported."""

from __future__ import annotations

from typing import Any

from django import forms

from lifetracker.sync.files import MB
from lifetracker.web.import_pages import FileForm, ImportPages
from whoop.importers import WHOOP_EXPORTS


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

    def options(self) -> dict[str, Any]:
        return super().options() | {"on_waking_day": self.cleaned_data["day"] == "waking"}


class WhoopImport(ImportPages):
    importer = WHOOP_EXPORTS
    template = "whoop/import.html"
    form = ExportForm
    leads_to = "whoop"
    confirmation = "This file is mine, and its times are those of the place where I was"
    in_the_form = ((", add --replace", ", tick the box below"),)
