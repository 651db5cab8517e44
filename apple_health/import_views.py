"""The page on which an export of Apple Health is given to a worker, previewed and imported."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from apple_health.importers import APPLE_HEALTH_EXPORTS
from lifetracker.sync.files import MB
from lifetracker.web.import_pages import FileForm, ImportPages


class ExportForm(FileForm):
    """A file, and whether it may say what connected services say themselves."""

    largest = 8_000 * MB
    writer = "Apple Health"

    file = forms.FileField(
        label="File from Apple Health",
        help_text="The zip that Health exports, as it is.",
        error_messages={
            "required": "Choose the zip that Health exported.",
            "empty": "This file is empty. Export it from Health again.",
        },
    )
    #: An export says itself when everything was.
    zone = None  # type: ignore[assignment]
    services = forms.ChoiceField(
        label="What WHOOP and Withings wrote into Health",
        required=False,
        choices=[("", "Leave it out if they are connected"), ("all", "Take it too")],
    )

    def options(self) -> dict[str, Any]:
        return {
            "now": timezone.now().isoformat(),
            "all_sources": self.cleaned_data["services"] == "all",
        }


class AppleHealthImport(ImportPages):
    importer = APPLE_HEALTH_EXPORTS
    template = "apple_health/import.html"
    form = ExportForm
    leads_to = "apple-health"
    confirmation = "This file is mine"
    in_the_form = ((", add --replace", ", tick the box below"),)
