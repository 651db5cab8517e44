"""The page on which a person makes API tokens for their scripts, and takes them back."""

from __future__ import annotations

from typing import Any, NamedTuple

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django.views.generic import FormView

from lifetracker.accounts.confirmation import confirm_writing
from lifetracker.models import ApiToken
from lifetracker.models.tokens import Scope
from lifetracker.sync.webhooks import webhooks
from lifetracker.web.domains_field import DomainsField
from lifetracker.words import title_of


class TokenForm(forms.Form):
    name = forms.CharField(max_length=60, help_text="The script or device that will use it.")
    rights = forms.ChoiceField(choices=Scope.choices)
    domains = DomainsField(
        required=False,
        label="Only these domains",
        help_text="None: all of them. What joins several, such as goals, shows all that it joins.",
    )
    days = forms.TypedChoiceField(
        label="Valid for",
        choices=[("30", "30 days"), ("90", "90 days"), ("365", "1 year"), ("", "no time limit")],
        coerce=int,
        empty_value=None,
        required=False,
        initial="365",
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if self.user.api_tokens.filter(name=name, revoked_at=None).exists():
            raise forms.ValidationError("You already have a token with this name.")
        return name


@method_decorator([never_cache, confirm_writing], name="dispatch")
class TokensView(LoginRequiredMixin, FormView):  # type: ignore[type-arg]  # not generic at run time
    """The person's own tokens. A new one is in the answer to the form, and nowhere else: a redirect
    would have to keep it somewhere."""

    template_name = "lifetracker/tokens.html"
    form_class = TokenForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.request.user}

    def form_valid(self, form: TokenForm) -> HttpResponse:
        asked = form.cleaned_data
        try:
            with transaction.atomic():
                issued = ApiToken.objects.issue(
                    form.user,
                    asked["name"],
                    scope=Scope(asked["rights"]),
                    domains=asked["domains"],
                    days=asked["days"],
                )
        except IntegrityError:
            # Sent twice at once.
            form.add_error("name", "You already have a token with this name.")
            return self.form_invalid(form)
        fresh = TokenForm(user=form.user)
        return self.render_to_response(self.get_context_data(form=fresh, issued=issued))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tokens = ApiToken.objects.filter(user=self.request.user.pk, revoked_at=None)
        return super().get_context_data(
            tokens=tokens,
            webhooks=webhook_addresses(),
            address_for_clients=address_for_clients(self.request),
            asks_by_oauth=settings.MCP_OAUTH,
            **kwargs,
        )


def address_for_clients(request: HttpRequest) -> str:
    """Return where AI clients ask; empty where they are switched off."""
    if not settings.MCP:
        return ""
    if settings.PUBLIC_URL:
        return f"{settings.PUBLIC_URL}/mcp"
    return request.build_absolute_uri(reverse("mcp"))


class WebhookAddress(NamedTuple):
    title: str
    slug: str
    #: Empty as long as nobody has said under which address this program is reached.
    address: str


def webhook_addresses() -> list[WebhookAddress]:
    """Return where each source that can push does it. What is secret in an address of Withings is not shown."""
    return [
        WebhookAddress(
            title_of(name),
            webhook.path.strip("/").rsplit("/", 1)[-1],
            f"{settings.PUBLIC_URL}{webhook.path}" if settings.PUBLIC_URL else "",
        )
        for name, webhook in sorted(webhooks.items())
    ]


@confirm_writing
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether a token is to be revoked, and revoke it once that is confirmed."""
    own = ApiToken.objects.filter(user=request.user.pk)
    token = get_object_or_404(own, pk=pk)
    if request.method != "POST":
        return render(request, "lifetracker/token_revoke.html", {"token": token})
    own.filter(pk=pk).revoke()
    messages.success(request, f"The token {token.name} was revoked.")
    return redirect("tokens")
