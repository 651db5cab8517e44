"""The page on which the diary of another app is previewed and imported."""

from __future__ import annotations

from django import forms

from lifetracker.web.import_pages import FileForm, ImportPages
from nutrition.diary_import.files import LARGEST
from nutrition.importers import DIARIES_OF_APPS


class DiaryForm(FileForm):
    """A file, and what it does not say itself."""

    largest = LARGEST
    writer = "these apps"

    file = forms.FileField(
        label="File from the other app",
        help_text="The CSV or the zip, as MyFitnessPal, Cronometer, MacroFactor or Lose It! exported it.",
        error_messages={
            "required": "Choose the file that the other app exported.",
            "empty": "This file is empty. Export it again.",
        },
    )
    zone = forms.CharField(
        label="Time zone of the meals",
        required=False,
        max_length=60,
        help_text="These files have none. Leave it empty if you ate at home.",
    )


class DiaryImport(ImportPages):
    importer = DIARIES_OF_APPS
    template = "nutrition/import.html"
    form = DiaryForm
    leads_to = "nutrition"
    in_the_form = (("If it is, add --replace", "If it is, tick the box below"),)
