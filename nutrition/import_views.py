"""The page on which the diary of another app is previewed and imported."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from lifetracker import days
from lifetracker.sync.files import CannotImport
from lifetracker.web.import_pages import FileForm, ImportPages
from lifetracker.words import counted
from nutrition.day_address import day_address
from nutrition.diary_import.entries import Options
from nutrition.diary_import.files import LARGEST, read_upload
from nutrition.diary_import.job import Outcome
from nutrition.diary_import.preview import (
    diary_from_json,
    import_previewed,
    keep_preview,
    preview_again,
)
from nutrition.models import PendingDiary

#: Fifteen years of four meals a day. A preview of more would take longer than a browser waits.
MOST_ITEMS = 100_000


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
    name = "nutrition-import"
    template = "nutrition/import.html"
    form = DiaryForm
    model = PendingDiary
    leads_to = "nutrition"
    in_the_form = (("If it is, add --replace", "If it is, tick the box below"),)

    def keep_preview(self, user: Any, name: str, form: DiaryForm) -> None:
        options = Options(form.zone_or_home, timezone.now())
        diary = read_upload(name, form.cleaned_data["file"], options)
        if len(diary.eaten) > MOST_ITEMS:
            raise CannotImport(
                f"It has {counted(len(diary.eaten), 'row')}, more than this page takes. Import it on the machine, "
                "with python manage.py import_nutrition."
            )
        keep_preview(user, name, diary, options)

    def preview_again(self, kept: PendingDiary) -> None:
        preview_again(kept)

    def carry_out(self, kept: PendingDiary) -> str:
        return imported_words(kept.file_name, import_previewed(kept))

    def address_after(self, kept: PendingDiary) -> str:
        """Return the last day with something eaten that the file has, as far as that has come."""
        days_eaten = {one.day for one in diary_from_json(kept.export).eaten}
        come = [day for day in days_eaten if day <= days.today()]
        return day_address(max(come, default=days.today()))


def imported_words(name: str, outcome: Outcome) -> str:
    counts = outcome.counts()
    words = f"{name}: {counted(counts.created, 'new meal')}, {counts.updated} changed, {counts.unchanged} unchanged"
    parts = (
        (counts.deleted, "removed"),
        (counts.rejected, "rejected"),
        (len(outcome.completed), "marked as complete days"),
    )
    more = "".join(f", {number} {what}" for number, what in parts if number)
    return f"{words}{more}."
