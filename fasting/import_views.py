"""The page on which an export of Zero is previewed and imported."""

from __future__ import annotations

from typing import Any

from django import forms

from fasting.importers import ZERO_EXPORTS
from fasting.zero import ORDERS
from fasting.zero.files import LARGEST_JSON
from lifetracker.web.import_pages import FileForm, ImportPages

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

    def options(self) -> dict[str, Any]:
        return super().options() | {
            "zone_given": bool(self.cleaned_data["zone"]),
            "date_order": self.cleaned_data["date_order"] or None,
            "notes": self.cleaned_data["notes"],
        }


class ZeroImport(ImportPages):
    importer = ZERO_EXPORTS
    template = "fasting/import.html"
    form = ImportForm
    leads_to = "fasting"
    in_the_form = IN_THE_FORM
