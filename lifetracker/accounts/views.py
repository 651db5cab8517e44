"""The pages on which somebody looks after their account."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django.views.generic import FormView, TemplateView, View

from lifetracker.accounts import confirmation, factors, freshness, passkeys, sessions
from lifetracker.accounts.confirmation import confirm_first, confirm_writing
from lifetracker.accounts.current_user import current_user
from lifetracker.accounts.events import Kind, record
from lifetracker.accounts.forms import AppForm, PasskeyForm, PasswordForm
from lifetracker.accounts.models import (
    AuthenticatorApp,
    Event,
    Passkey,
    RecoveryCode,
    UserSession,
    digest_of,
)
from lifetracker.accounts.script_policy import with_script

# In the session: the digest of the secret of an app that it was shown.
SHOWN = "secret shown"
# So many lines of the log stand on the page.
NEWEST_EVENTS = 15


class AccountView(TemplateView):
    """The second factor, the logins, the password, and what was done with the account."""

    template_name = "accounts/account.html"

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        user = current_user(self.request)
        sessions.note(self.request)
        app = factors.app_of(user)
        keys = list(Passkey.objects.filter(user=user))
        return super().get_context_data(
            app=app,
            passkeys=keys,
            has_factor=bool(app or keys),
            passkeys_are_possible=passkeys.are_possible(self.request),
            site=passkeys.site_of(self.request),
            codes_left=factors.recovery_codes_left(user),
            logins=logins_of(self.request),
            tokens=user.api_tokens.usable().count(),
            events=Event.objects.filter(account=user.get_username())[:NEWEST_EVENTS],
            **kwargs,
        )


@dataclass(frozen=True, slots=True)
class LoginEntry:
    """A row of the list of logins."""

    login: UserSession
    device: str
    is_this: bool


def logins_of(request: HttpRequest) -> list[LoginEntry]:
    """Return the logins of this account, the one that makes the request first."""
    now = timezone.now()
    own = UserSession.objects.filter(user=request.user.pk, session__expire_date__gt=now)
    found = [
        LoginEntry(
            login=one,
            device=sessions.device_of(one.browser),
            is_this=one.session_id == request.session.session_key,
        )
        for one in own
    ]
    return sorted(found, key=lambda one: not one.is_this)


# --- Logins ---------------------------------------------------------------------------------------


@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    own = UserSession.objects.filter(user=request.user.pk)
    login = get_object_or_404(own, pk=pk)
    sessions.end(own.filter(pk=pk))
    messages.success(request, f"Logged out: {sessions.device_of(login.browser)}.")
    return redirect("account")


@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    count = sessions.end_others(request)
    messages.success(request, f"Other sessions logged out: {count}.")
    return redirect("account")


# --- Password -------------------------------------------------------------------------------------


@method_decorator([never_cache, sensitive_post_parameters(), confirm_first], name="dispatch")
class PasswordView(FormView):  # type: ignore[type-arg]  # not generic at run time
    template_name = "accounts/password.html"
    form_class = PasswordForm

    def get_form_kwargs(self) -> dict[str, object]:
        return super().get_form_kwargs() | {"request": self.request}

    def form_valid(self, form: PasswordForm) -> HttpResponse:
        ended = sessions.others(self.request).count()
        user = form.save()
        update_session_auth_hash(self.request, user)
        sentences = ["Your password was changed."]
        if ended:
            sentences.append(f"Other sessions logged out: {ended}.")
        if form.cleaned_data.get("revoke_tokens"):
            sentences.append(f"API tokens revoked: {user.api_tokens.all().revoke()}.")
        messages.success(self.request, " ".join(sentences))
        return redirect("account")


# --- Authenticator app ----------------------------------------------------------------------------


@method_decorator([never_cache, sensitive_post_parameters(), confirm_first], name="dispatch")
class AppView(FormView):  # type: ignore[type-arg]  # not generic at run time
    """Set up an authenticator app."""

    template_name = "accounts/app.html"
    form_class = AppForm

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if factors.app_of(current_user(request)):
            return redirect("account")
        user = current_user(request)
        self.app, _ = AuthenticatorApp.objects.get_or_create(
            user=user, defaults={"secret": factors.new_secret()}
        )
        # One that another session was shown may be in somebody else's phone.
        if self.app.is_unreadable or request.session.get(SHOWN) != digest_of(self.app.secret):
            self.app.secret = factors.new_secret()
            self.app.save()
            request.session[SHOWN] = digest_of(self.app.secret)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, object]:
        return super().get_form_kwargs() | {"app": self.app}

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        import segno  # noqa: PLC0415 - only this page draws

        secret = self.app.secret
        code = segno.make(factors.address_for_apps(current_user(self.request), secret), error="m")
        drawing = code.svg_inline(scale=5, border=2, dark="#000", light="#fff", omitsize=True)
        return super().get_context_data(
            qr=mark_safe(drawing),  # noqa: S308 - drawn by us, of an address that is escaped
            secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
            **kwargs,
        )

    def form_valid(self, form: AppForm) -> HttpResponse:
        user = current_user(self.request)
        is_first = not factors.has_second_factor(user)
        AuthenticatorApp.objects.filter(pk=self.app.pk).update(added_at=timezone.now())
        record(Kind.FACTOR_ADDED, user, factors.APP)
        return after_adding(self.request, "The authenticator app is set up.", is_first=is_first)


@require_POST
@confirm_first
def remove_app(request: HttpRequest) -> HttpResponse:
    if AuthenticatorApp.objects.filter(user=request.user.pk, added_at__isnull=False).delete()[0]:
        record(Kind.FACTOR_REMOVED, request.user, factors.APP)
        factors.delete_useless_recovery_codes(current_user(request))
        messages.success(request, "The authenticator app was removed.")
    return redirect("account")


# --- Recovery codes -------------------------------------------------------------------------------


def after_adding(request: HttpRequest, text: str, *, is_first: bool) -> HttpResponse:
    """Show recovery codes with the first factor: in this answer, and never again."""
    messages.success(request, text)
    return show_new_codes(request) if is_first else redirect("account")


def show_new_codes(request: HttpRequest) -> HttpResponse:
    codes = RecoveryCode.objects.renew(current_user(request))
    record(Kind.CODES_MADE, request.user, f"{len(codes)}")
    return render(request, "accounts/codes.html", {"codes": codes})


@never_cache
@require_POST
@confirm_first
def renew_codes(request: HttpRequest) -> HttpResponse:
    if not factors.has_second_factor(current_user(request)):
        return redirect("account")
    return show_new_codes(request)


# --- Passkeys -------------------------------------------------------------------------------------


@method_decorator([with_script, never_cache, confirm_first], name="dispatch")
class PasskeyView(FormView):  # type: ignore[type-arg]  # not generic at run time
    """Make a passkey."""

    template_name = "accounts/passkey.html"
    form_class = PasskeyForm

    def get_form_kwargs(self) -> dict[str, object]:
        return super().get_form_kwargs() | {"user": current_user(self.request)}

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        return super().get_context_data(
            site=passkeys.site_of(self.request),
            are_possible=passkeys.are_possible(self.request),
            **kwargs,
        )

    def form_valid(self, form: PasskeyForm) -> HttpResponse:
        user = current_user(self.request)
        is_first = not factors.has_second_factor(user)
        try:
            made = passkeys.add(
                self.request, form.cleaned_data["name"], self.request.POST.get("passkey", "")
            )
        except passkeys.Refused as refused:
            form.add_error(None, str(refused))
            return self.form_invalid(form)
        record(Kind.FACTOR_ADDED, user, f"passkey {made}")
        return after_adding(self.request, f"The passkey {made} was added.", is_first=is_first)


@require_POST
@confirm_first
def new_passkey_options(request: HttpRequest) -> JsonResponse:
    return JsonResponse(passkeys.ask_for_new(request))


@require_POST
def confirmation_options(request: HttpRequest) -> JsonResponse:
    return JsonResponse(passkeys.ask(request, current_user(request)))


@require_POST
@confirm_first
def remove_passkey(request: HttpRequest, pk: int) -> HttpResponse:
    passkey = get_object_or_404(Passkey, user=request.user.pk, pk=pk)
    passkey.delete()
    record(Kind.FACTOR_REMOVED, request.user, f"passkey {passkey}")
    factors.delete_useless_recovery_codes(current_user(request))
    messages.success(request, f"The passkey {passkey} was removed.")
    return redirect("account")


@require_POST
def rename_passkey(request: HttpRequest, pk: int) -> HttpResponse:
    passkey = get_object_or_404(Passkey, user=request.user.pk, pk=pk)
    form = PasskeyForm(current_user(request), data=request.POST)
    if form.is_valid():
        Passkey.objects.filter(pk=passkey.pk).update(name=form.cleaned_data["name"])
    elif request.POST.get("name") != passkey.name:
        messages.error(request, " ".join(str(error) for error in form.errors.get("name", [])))
    return redirect("account")


# --- Confirmation ---------------------------------------------------------------------------------


@method_decorator([never_cache, confirm_writing], name="dispatch")
class ConfirmView(View):
    """Asks for the confirmation, and goes on to where somebody was going."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        fresh = freshness.is_fresh(request)
        return redirect(self.target()) if fresh else confirmation.page(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        """The confirmation was looked at on the way here."""
        return redirect(self.target())

    def target(self) -> str:
        there = self.request.GET.get("next", "")
        hosts = {self.request.get_host()}
        safe = url_has_allowed_host_and_scheme(there, hosts, require_https=self.request.is_secure())
        return there if safe else resolve_url("account")
