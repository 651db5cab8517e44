"""What the address of the history of runs may ask for."""

from __future__ import annotations

from typing import Any

from django import forms

from lifetracker.web.connections import runs


class RunFilter(forms.Form):
    """`before`: the run that the page before ended with."""

    source = forms.ChoiceField(required=False)
    outcome = forms.ChoiceField(required=False)
    before = forms.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"] = forms.ChoiceField(
            required=False, choices=[("", "All sources"), *runs.source_choices()]
        )
        self.fields["outcome"] = forms.ChoiceField(
            required=False,
            label="How it ended",
            choices=[("", "All outcomes"), *runs.outcome_choices()],
        )
