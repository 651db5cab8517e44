from __future__ import annotations

from django import forms

from lifetracker.models.tokens import Scope
from lifetracker.web.token_page import TokenForm


class ConsentForm(TokenForm):
    """What a client may do: as for a token that is made by hand, but that its name is given."""

    name = None  # type: ignore[assignment]  # so Django leaves out a field of the form that it extends
    rights = forms.ChoiceField(
        label="It may",
        choices=[(one.value, one.label) for one in (Scope.READ, Scope.WRITE)],
        initial=Scope.READ,
    )
