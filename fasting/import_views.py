"""The page on which an export of Zero is previewed and imported."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from fasting.imports import zones_of_earlier_csv
from fasting.imports.outcome import ImportCounts
from fasting.imports.preview import import_previewed, keep_preview, preview_again
from fasting.models import PendingImport
from fasting.zero import ORDERS, Export, Options, read_upload
from fasting.zero.files import LARGEST_JSON
from lifetracker.sync.files import CannotImport
from lifetracker.web.import_pages import FileForm, ImportPages
from lifetracker.words import counted

# Fifty years of a fast a day. A preview of more would take longer than a browser waits.
MOST_FASTS = 20_000
# What the importer says for its command, and what the page has instead of it.
IN_THE_FORM = (
    ("--date-order ymd", "\N{LEFT DOUBLE QUOTATION MARK}Year first\N{RIGHT DOUBLE QUOTATION MARK}"),
    (
        "--date-order mdy",
        "\N{LEFT DOUBLE QUOTATION MARK}Month first\N{RIGHT DOUBLE QUOTATION MARK}",
    ),
    ("--date-order dmy", "\N{LEFT DOUBLE QUOTATION MARK}Day first\N{RIGHT DOUBLE QUOTATION MARK}"),
    ("Leave --date-order out", "Leave the order of dates to the file"),
    ("another --timezone", "another time zone"),
    ("such as --timezone ", "such as "),
    ("with the right --timezone and", "with the right time zone and"),
    ("--date-order. If it is, add --replace", "order of dates. If it is, tick the box below"),
    ("the folder, the zip or", "the zip or"),
    ("or the whole folder or zip", "or the whole zip"),
)


class ImportForm(FileForm):
    """A file, and what it does not say itself."""

    largest = LARGEST_JSON
    writer = "Zero"

    file = forms.FileField(
        label="File from Zero",
        help_text="The CSV, the zip of the data package, or its biodata.json.",
        error_messages={
            "required": "Choose the file that Zero exported.",
            "empty": "This file is empty. Export it from Zero again.",
        },
    )
    zone = forms.CharField(
        label="Time zone of the phone",
        required=False,
        max_length=60,
        help_text="Only for a CSV, whose times have no zone. Leave it empty if the phone was at home.",
    )
    date_order = forms.ChoiceField(
        label="Order of dates",
        required=False,
        choices=[
            ("", "As the file shows"),
            *((key, name.capitalize()) for key, name in ORDERS.items()),
        ],
    )
    notes = forms.BooleanField(
        label="Import the private notes of the data package too", required=False
    )

    def options(self) -> Options:
        return Options(
            zone=self.zone_or_home,
            now=timezone.now(),
            zone_given=bool(self.cleaned_data["zone"]),
            known_zones=zones_of_earlier_csv(),
            date_order=self.cleaned_data["date_order"] or None,
            notes=self.cleaned_data["notes"],
        )


class ZeroImport(ImportPages):
    name = "fasting-import"
    template = "fasting/import.html"
    form = ImportForm
    model = PendingImport
    leads_to = "fasting"
    in_the_form = IN_THE_FORM

    def keep_preview(self, user: Any, name: str, form: ImportForm) -> None:
        options = form.options()
        export = read_upload(name, form.cleaned_data["file"], options)
        refuse_too_many(export)
        keep_preview(user, name, export, options)

    def preview_again(self, kept: PendingImport) -> None:
        preview_again(kept)

    def carry_out(self, kept: PendingImport) -> str:
        return imported_words(kept.file_name, import_previewed(kept).counts())


def refuse_too_many(export: Export) -> None:
    if len(export.fasts) > MOST_FASTS:
        raise CannotImport(
            f"It has {counted(len(export.fasts), 'fast')}, more than this page takes. Import it on the machine, "
            "with python manage.py import_zero."
        )


def imported_words(name: str, counts: ImportCounts) -> str:
    words = f"{name}: {counts.created} new, {counts.updated} changed, {counts.unchanged} unchanged"
    removed = f", {counts.deleted} removed" if counts.deleted else ""
    rejected = f", {counts.rejected} rejected" if counts.rejected else ""
    return f"{words}{removed}{rejected}."
