"""The field of a form in which domains are chosen."""

from __future__ import annotations

from typing import Any

from django import forms

from lifetracker.domains import domains


class DomainsField(forms.MultipleChoiceField):
    """The domains that a token is limited to; none of them means all."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=list(domains().items()), **options)
