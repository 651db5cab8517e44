"""The page on which weigh-ins from Withings' files are previewed and imported."""

from __future__ import annotations

from django import forms

from lifetracker.web.import_pages import FileForm, ImportPages
from weight.importers import WITHINGS
from weight.withings_export.files import LARGEST_ZIP


class WeighInsForm(FileForm):
    """A file, and what it does not say itself."""

    largest = LARGEST_ZIP
    writer = "Withings"

    file = forms.FileField(
        label="File from Withings",
        help_text="The zip that came by e-mail, or its weight.csv.",
        error_messages={
            "required": "Choose the file that Withings sent you.",
            "empty": "This file is empty. Download it from Withings again.",
        },
    )
    zone = forms.CharField(
        label="Time zone of the weigh-ins",
        required=False,
        max_length=60,
        help_text="The file does not name it. Leave it empty if you weighed yourself at home.",
    )


class WithingsImport(ImportPages):
    importer = WITHINGS
    template = "weight/import.html"
    form = WeighInsForm
    leads_to = "weight"
    confirmation = "These weigh-ins are mine"
    in_the_form = ((", add --replace", ", tick the box below"),)
