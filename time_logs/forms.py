"""What a person types in about a time entry."""

from __future__ import annotations

from typing import Any

from django import forms

from lifetracker.web.forms import MinuteField, Names, RecordForm
from time_logs.models import TimeEntry


class EntryForm(RecordForm):
    """An entry of a person's own. The lists of the names of before are offered by the page."""

    start = MinuteField()
    end = MinuteField(
        required=False,
        help_text="Leave empty only while it is running: the entry then counts on until you set an end.",
    )
    tags = Names(required=False, help_text="Separate tags with commas.")

    class Meta:
        model = TimeEntry
        fields = ("start", "end", "description", "project", "client", "tags", "billable")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("project", "client"):
            self.fields[name].widget.attrs["list"] = f"{name}s"
        self.fields["description"].widget = forms.TextInput(attrs={"maxlength": 3000})
