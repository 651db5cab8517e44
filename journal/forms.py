"""What a person types in of notes and behaviours."""

from __future__ import annotations

from typing import Any

from django import forms

from journal.models import Behaviour, Note
from lifetracker.web.forms import MinuteField, Names, RecordForm


class NoteForm(RecordForm):
    written_at = MinuteField(label="Time")
    tags = Names(required=False, help_text="Separate tags with commas.")

    class Meta:
        model = Note
        fields = ("text", "tags", "written_at")
        widgets = {"text": forms.Textarea(attrs={"rows": 6})}


class BehaviourForm(RecordForm):
    class Meta:
        model = Behaviour
        fields = ("name", "kind", "unit")


class MergeForm(forms.Form):
    """The behaviour that another one is to be merged into: one with the same answers."""

    into = forms.ModelChoiceField(Behaviour.objects.none(), label="The same as", empty_label=None)

    def __init__(self, behaviour: Behaviour, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        same = Behaviour.objects.all().own().filter(kind=behaviour.kind, unit=behaviour.unit)
        field: Any = self.fields["into"]
        field.queryset = same.exclude(pk=behaviour.pk)
