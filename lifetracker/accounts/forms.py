from __future__ import annotations

from typing import Any, TypedDict, Unpack

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict

from lifetracker.accounts import factors
from lifetracker.accounts.current_user import current_user
from lifetracker.accounts.models import AuthenticatorApp, Passkey


class FormOptions(TypedDict, total=False):
    """What Django's form views pass to a form."""

    data: QueryDict
    files: MultiValueDict[str, UploadedFile[bytes]]
    initial: dict[str, object]
    prefix: str | None


class LoginForm(AuthenticationForm):
    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": "The username or the password is wrong. Both are case-sensitive.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.data.get("username"):
            # The name is kept, and the password is what is to be typed in again.
            del self.fields["username"].widget.attrs["autofocus"]
            self.fields["password"].widget.attrs["autofocus"] = True


class PasswordForm(PasswordChangeForm):
    revoke_tokens = forms.BooleanField(label="Also revoke all my API tokens", required=False)

    def __init__(self, request: HttpRequest, **options: Unpack[FormOptions]) -> None:
        super().__init__(current_user(request), **options)
        self.request = request
        self.fields["new_password1"].help_text = ""
        if not self.user.api_tokens.usable().exists():
            del self.fields["revoke_tokens"]

    def clean_old_password(self) -> str:
        # Counted as a login is: who has found an open browser must not guess here for ever.
        given = str(self.cleaned_data["old_password"])
        if authenticate(self.request, username=self.user.get_username(), password=given) is None:
            raise ValidationError("This password is wrong.")
        return given


class AppForm(forms.Form):
    """The first code of an authenticator app, which shows that it has the secret."""

    code = forms.CharField(
        max_length=10,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def __init__(self, app: AuthenticatorApp, **options: Unpack[FormOptions]) -> None:
        super().__init__(**options)
        self.app = app

    def clean_code(self) -> str:
        code = "".join(str(self.cleaned_data["code"]).split())
        if not factors.accept_code(self.app, code):
            raise ValidationError(
                "This is not the app's current code. Check that your phone's clock is right."
            )
        return code


class PasskeyForm(forms.Form):
    name = forms.CharField(
        max_length=60, help_text='The device or security key that holds it, such as "My phone".'
    )

    def __init__(self, user: User, **options: Unpack[FormOptions]) -> None:
        super().__init__(**options)
        self.user = user

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if Passkey.objects.filter(user=self.user, name=name).exists():
            raise ValidationError("You already have a passkey with this name.")
        return name
