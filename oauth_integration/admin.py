from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminPasswordWidget

from lifetracker.admin import QuickList, labels
from lifetracker.words import title_of
from oauth_integration.client import providers
from oauth_integration.models import OAuthCredential


class CredentialForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """A form that takes the secret and never shows it: the field is the form's and not the model's."""

    client_secret = forms.CharField(
        required=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text="Stored encrypted and never shown. Leave it empty to keep the stored one.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "provider" in self.fields:
            self.fields["provider"].help_text = f"One of: {', '.join(providers())}"


@admin.register(OAuthCredential)
class OAuthCredentialAdmin(QuickList):
    """The connections, without their tokens, which are shown nowhere."""

    confirm_first = True
    form = CredentialForm
    list_display = ("service", "state", "expires_at", "scopes", "updated_at")
    search_fields = ("provider",)
    fields = (
        "provider",
        "client_id",
        "client_secret",
        "redirect_uri",
        "state",
        "expires_at",
        "scopes",
        "updated_at",
    )
    # The model's field; the form's own has the name.
    exclude = ("client_secret",)
    readonly_fields = ("state", "expires_at", "scopes", "updated_at")

    @admin.display(description="Service", ordering="provider")
    def service(self, row: OAuthCredential) -> str:
        return title_of(row.provider)

    @labels(
        "State",
        "needs_reauthorization",
        {
            "connected": "success",
            "needs re-authorization": "danger",
            "stored under another SECRET_KEY": "danger",
        },
    )
    def state(self, credential: OAuthCredential) -> str:
        if credential.is_unreadable:
            return "stored under another SECRET_KEY"
        if credential.needs_reauthorization:
            return "needs re-authorization"
        return "connected" if credential.is_connected else "not connected"

    def save_model(
        self, request: HttpRequest, obj: OAuthCredential, form: CredentialForm, change: bool
    ) -> None:
        if secret := form.cleaned_data["client_secret"]:
            obj.client_secret = secret
        # Only what was typed in: a refresh may have stored new tokens since this page was opened.
        obj.save(update_fields=[*form.changed_data, "updated_at"] if change else None)
