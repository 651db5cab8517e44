"""What changes who can reach the data is done only by who has shown lately that it is really them: by the
login, or once more by the second factor, or by the password where there is none."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import TypeVar

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render

from lifetracker.accounts import factors, freshness, lockout, passkeys
from lifetracker.accounts.current_user import current_user
from lifetracker.accounts.redirects import redirect_via
from lifetracker.accounts.script_policy import allow_script

# Methods for which a view does not ask. They name what is let through and not what is asked for: the admin shows
# its forms, and a FormView what it does by POST, by any other method too.
READING = frozenset({"GET", "HEAD", "OPTIONS"})
NONE: frozenset[str] = frozenset()
# What no page gives back, and what belongs to this form.
NOT_REPEATED = re.compile("password|secret|csrfmiddlewaretoken|^confirm_")

View = TypeVar("View", bound=Callable[..., object])


def confirm_first(view: View, free: frozenset[str] = NONE) -> View:
    """Mark a view as one that wants a confirmation, but for these methods."""
    view.confirm_first = free  # type: ignore[attr-defined]
    return view


def confirm_writing(view: View) -> View:
    return confirm_first(view, READING)


def is_wanted(request: HttpRequest, view: Callable[..., object]) -> bool:
    # Who is logged in is asked last: API and tokens need no session, and get none here.
    free = free_methods(request, view)
    if settings.DEMO or free is None or request.method in free:
        return False
    return request.user.is_authenticated and not freshness.is_fresh(request)


def free_methods(request: HttpRequest, view: Callable[..., object]) -> frozenset[str] | None:
    """Return for which methods this view does not ask; None for all. A page of the admin asks for each, and a
    list of it for its actions, if its ModelAdmin says so."""
    bound = inspect.unwrap(view, stop=lambda one: hasattr(one, "__self__"))
    of_admin = getattr(view, "model_admin", None) or getattr(bound, "__self__", None)
    if not getattr(of_admin, "confirm_first", False):
        return getattr(view, "confirm_first", None)
    name = request.resolver_match.url_name if request.resolver_match else ""
    return READING if str(name).endswith(("_changelist", "_history")) else NONE


class ConfirmationForm(forms.Form):
    """The password, or the second factor of who has one: a code, or a passkey's answer."""

    confirm_password = forms.CharField(
        label="Password",
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    confirm_code = forms.CharField(
        label="Code",
        max_length=40,
        help_text="Enter the six digits from your authenticator app, or a recovery code.",
        widget=forms.TextInput({"autocomplete": "one-time-code", "autocapitalize": "none"}),
    )

    def __init__(self, request: HttpRequest, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.request = request
        self.has_factor = factors.has_second_factor(current_user(request))
        del self.fields["confirm_password" if self.has_factor else "confirm_code"]

    def clean_confirm_password(self) -> str:
        password = str(self.cleaned_data["confirm_password"])
        name = self.request.user.get_username()
        if authenticate(self.request, username=name, password=password) != self.request.user:
            raise ValidationError("This password is wrong.")
        return ""

    def clean_confirm_code(self) -> str:
        user = current_user(self.request)
        if lockout.is_locked(self.request, user):
            raise ValidationError("Too many wrong codes. Try again in a few minutes.")
        if not factors.use_code(user, self.cleaned_data["confirm_code"]):
            lockout.count_wrong(self.request, user, "wrong code")
            raise ValidationError(factors.NO_CODE)
        return ""


def answer(request: HttpRequest, view: Callable[..., object]) -> HttpResponseBase | None:
    """Return the page that asks for it; None where it was given, so that what was asked for goes on."""
    if request.method != "POST":
        return redirect_via("confirm", request.get_full_path())
    refusal, form = "", None
    if "confirm_passkey" in request.POST:
        refusal = refusal_of_passkey(request)
    else:
        is_given = any(name.startswith("confirm_") for name in request.POST)
        form = ConfirmationForm(request, request.POST if is_given else None)
    if refusal or (form is not None and not form.is_valid()):
        return page(request, form, refusal)
    lockout.reset_attempts(request, current_user(request))
    freshness.note(request)
    return None


def refusal_of_passkey(request: HttpRequest) -> str:
    try:
        passkeys.proof(request, request.POST["confirm_passkey"], current_user(request))
    except passkeys.Refused as refused:
        return str(refused)
    return ""


def page(
    request: HttpRequest, form: ConfirmationForm | None = None, refusal: str = ""
) -> HttpResponseBase:
    """Ask, and send what was typed into the form before along with the answer."""
    repeated = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if not NOT_REPEATED.search(name)
    ]
    context = {
        "form": form or ConfirmationForm(request),
        "repeated": repeated,
        "action": request.get_full_path(),
        "app": factors.app_of(current_user(request)),
        "passkeys": passkeys.usable(request, current_user(request)),
        "refusal": refusal,
        "minutes": freshness.LASTS // 60,
    }
    return allow_script(request, render(request, "accounts/confirm.html", context))
