from __future__ import annotations

from django import forms

from lifetracker.web.forms import RecordForm
from review.models import Intention


class NewIntentionForm(RecordForm):
    """For a week that the page names."""

    class Meta:
        model = Intention
        fields = ("text", "date")
        widgets = {"date": forms.HiddenInput()}


class IntentionForm(RecordForm):
    class Meta:
        model = Intention
        fields = ("text", "kept", "note")
        widgets = {"note": forms.Textarea(attrs={"rows": 4})}
