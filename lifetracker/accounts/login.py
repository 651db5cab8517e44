"""Logging in: the password, then the second factor of who has one; or a passkey alone."""

from __future__ import annotations

import time

from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView as DjangoLoginView
from django.contrib.auth.views import RedirectURLMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils.crypto import constant_time_compare
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django.views.generic import FormView

from lifetracker.accounts import factors, lockout, passkeys
from lifetracker.accounts.forms import LoginForm
from lifetracker.accounts.models import Passkey
from lifetracker.accounts.redirects import redirect_via
from lifetracker.accounts.script_policy import allow_script, with_script

# In the session of who has shown the password and not yet the second factor.
PENDING = "login"
PENDING_FOR = 10 * 60
BACKEND = "django.contrib.auth.backends.ModelBackend"


def log_in(request: HttpRequest, user: User, how: str) -> None:
    """Log somebody in who has shown all that is asked for; `how` is for the log of events."""
    request.session.pop(PENDING, None)
    request.session.set_expiry(None)
    request.logged_in_with = how  # type: ignore[attr-defined]  # our own
    login(request, user, backend=BACKEND)


@method_decorator(login_not_required, name="dispatch")
class LoginView(DjangoLoginView):
    """The login of the pages and of the admin."""

    redirect_authenticated_user = True
    authentication_form = LoginForm

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        user = request.user
        if (
            user.is_authenticated
            and not user.is_staff
            and request.path == resolve_url("admin:login")
        ):
            raise PermissionDenied  # the admin would send them here again, for ever
        self.offers_passkeys = not user.is_authenticated and offers_passkeys(request)
        answer = super().dispatch(request, *args, **kwargs)
        return allow_script(request, answer) if self.offers_passkeys else answer

    def get_default_redirect_url(self) -> str:
        is_admin = self.request.path == resolve_url("admin:login")
        return resolve_url("admin:index") if is_admin else super().get_default_redirect_url()

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        user = form.get_user()
        if not factors.has_second_factor(user):
            log_in(self.request, user, "password")
            return redirect(self.get_success_url())
        begin(self.request, user)
        return redirect_via("login-code", self.get_success_url())

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        return super().get_context_data(passkeys=self.offers_passkeys, **kwargs)


def offers_passkeys(request: HttpRequest) -> bool:
    here = Passkey.objects.filter(site=passkeys.site_of(request))
    return passkeys.are_possible(request) and here.exists()


def begin(request: HttpRequest, user: User) -> None:
    """Remember whose password was right. The session gets a new key, as at a login."""
    request.session.cycle_key()
    request.session[PENDING] = {
        "user": user.pk,
        # Of the password: a change of it ends this too.
        "hash": user.get_session_auth_hash(),
        "at": time.time(),
    }


def pending_user(request: HttpRequest) -> User | None:
    """Return who has shown the password a short while ago, or None."""
    pending = request.session.get(PENDING)
    if not pending or not 0 <= time.time() - pending["at"] < PENDING_FOR:
        return None
    user = User.objects.filter(pk=pending["user"], is_active=True).first()
    if user is None or not constant_time_compare(pending["hash"], user.get_session_auth_hash()):
        return None
    return user


class CodeForm(forms.Form):
    """A code of the authenticator app, or a recovery code."""

    code = forms.CharField(
        max_length=40,
        widget=forms.TextInput(
            {
                "autocomplete": "one-time-code",
                "autocapitalize": "none",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )


@method_decorator(
    [with_script, login_not_required, never_cache, sensitive_post_parameters()], name="dispatch"
)
class CodeView(RedirectURLMixin, FormView):  # type: ignore[type-arg]  # not generic at run time
    """The second step."""

    template_name = "registration/code.html"
    form_class = CodeForm
    next_page = "home"
    user: User

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        user = pending_user(request)
        if user is None:
            return redirect_via("login", self.get_redirect_url() or resolve_url("home"))
        self.user = user
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if "passkey" not in request.POST:
            return super().post(request, *args, **kwargs)
        try:
            passkeys.proof(request, request.POST["passkey"], self.user)
        except passkeys.Refused as refused:
            return self.refuse(CodeForm(), str(refused))
        return self.succeed("password and passkey")

    def form_valid(self, form: CodeForm) -> HttpResponse:
        if lockout.is_locked(self.request, self.user):
            return self.form_invalid(form)
        how = factors.use_code(self.user, form.cleaned_data["code"])
        if not how:
            lockout.count_wrong(self.request, self.user, "wrong code")
            return self.refuse(form, factors.NO_CODE)
        if how == factors.RECOVERY:
            messages.warning(
                self.request,
                f"This recovery code cannot be used again. Codes left: {factors.recovery_codes_left(self.user)}. You can create new ones under Account.",
            )
        return self.succeed(f"password and {how}")

    def succeed(self, how: str) -> HttpResponse:
        log_in(self.request, self.user, how)
        return redirect(self.get_success_url())

    def refuse(self, form: CodeForm, reason: str) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form, refusal=reason))

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        app = factors.app_of(self.user)
        return super().get_context_data(
            app=app,
            passkeys=passkeys.usable(self.request, self.user),
            next=self.get_redirect_url(),
            **kwargs,
        )


@login_not_required
@require_POST
def passkey_login(request: HttpRequest) -> HttpResponse:
    """Log in with a passkey alone."""
    view = RedirectURLMixin()
    view.request, view.next_page = request, "home"  # type: ignore[attr-defined]
    try:
        passkey = passkeys.proof(request, request.POST.get("passkey", ""))
    except passkeys.Refused as refused:
        messages.error(request, str(refused))
        return redirect_via("login", view.get_success_url())
    log_in(request, passkey.user, f"passkey {passkey}")
    return redirect(view.get_success_url())


@login_not_required
@require_POST
def passkey_options(request: HttpRequest) -> JsonResponse:
    """Return what a browser asks its passkeys for: those of who has shown the password, else of anybody."""
    user = pending_user(request) if "of_user" in request.GET else None
    if user is None and "of_user" in request.GET:
        raise PermissionDenied
    if not request.session.session_key:
        # A stranger's, who may ask as often as they like, and leaves a session each time.
        if not offers_passkeys(request):
            raise PermissionDenied
        request.session.set_expiry(passkeys.ANSWER_WITHIN)
    return JsonResponse(passkeys.ask(request, user))
