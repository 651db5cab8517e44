"""Clients, what they were allowed, and their tokens, to be read. They are revoked where tokens are."""

from __future__ import annotations

from django.contrib import admin
from django_mcpz.oauth.models import AccessToken, Client, RefreshToken

from ai_access.models import Consent
from lifetracker.admin.lists import ReadOnlyAdmin

# The package registers these with pages of its own look, on which they can be changed.
admin.site.unregister([AccessToken, Client, RefreshToken])


@admin.register(Client)
class ClientAdmin(ReadOnlyAdmin):
    list_display = ("name", "client_id", "kind", "created_at", "last_used_at")
    list_filter = ("kind",)
    search_fields = ("name", "client_id")
    fields = (*list_display, "redirect_uris", "fetched_at")


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    list_display = ("token", "client", "redirect_uri", "created_at")
    list_select_related = ("token", "code__client")
    search_fields = ("token__name",)
    fields = ("token", "client", "redirect_uri", "created_at")

    @admin.display(ordering="code__client__name")
    def client(self, consent: Consent) -> str:
        return str(consent.code.client)

    @admin.display(ordering="code__redirect_uri")
    def redirect_uri(self, consent: Consent) -> str:
        return consent.code.redirect_uri

    @admin.display(description="Created", ordering="code__created_at")
    def created_at(self, consent: Consent) -> object:
        return consent.code.created_at


class HeldAdmin(ReadOnlyAdmin):
    list_display: tuple[str, ...] = ("client", "user", "created_at", "expires_at", "revoked_at")
    list_select_related = ("client", "user")
    search_fields = ("client__name",)
    fields: tuple[str, ...] = (*list_display, "resource", "scope")


@admin.register(AccessToken)
class AccessTokenAdmin(HeldAdmin):
    pass


@admin.register(RefreshToken)
class RefreshTokenAdmin(HeldAdmin):
    list_display = (*HeldAdmin.list_display, "used_at")
    fields = (*HeldAdmin.fields, "used_at")
