"""The page on which weigh-ins from Withings' files are previewed and imported."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from lifetracker.sync.files import CannotImport
from lifetracker.web.import_pages import FileForm, ImportPages
from lifetracker.words import counted
from weight.models import PendingWithingsExport
from weight.same_weigh_ins import DESTINATION
from weight.withings_export.export import Options
from weight.withings_export.files import LARGEST_ZIP, read_upload
from weight.withings_export.preview import import_previewed, keep_preview, preview_again

#: Fifteen years of ten weigh-ins a day. A preview of more would take longer than a browser waits.
MOST_WEIGH_INS = 50_000


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
    name = "withings-import"
    template = "weight/import.html"
    form = WeighInsForm
    model = PendingWithingsExport
    leads_to = "weight"
    confirmation = "These weigh-ins are mine"
    in_the_form = ((", add --replace", ", tick the box below"),)

    def keep_preview(self, user: Any, name: str, form: WeighInsForm) -> None:
        options = Options(form.zone_or_home, timezone.now())
        export = read_upload(name, form.cleaned_data["file"], options)
        if len(export.entries) > MOST_WEIGH_INS:
            raise CannotImport(
                f"It has {counted(len(export.entries), 'row')}, more than this page takes. Import it on the machine, with "
                "python manage.py import_withings."
            )
        keep_preview(user, name, export, options)

    def preview_again(self, kept: PendingWithingsExport) -> None:
        preview_again(kept)

    def carry_out(self, kept: PendingWithingsExport) -> str:
        return DESTINATION.imported_words(kept.file_name, import_previewed(kept))
