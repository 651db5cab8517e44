"""Accounts, groups and API tokens."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.db import models
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from lifetracker.admin.lists import LeanList, QuickList, labels
from lifetracker.admin.records import InstantField
from lifetracker.models import ApiToken
from lifetracker.web.domains_field import DomainsField

# Django registers these two with forms of its own look.
admin.site.unregister([User, Group])


@admin.register(User)
class UserAdmin(DjangoUserAdmin, LeanList):  # type: ignore[type-arg]  # not generic at run time
    """Who may change accounts without being a superuser becomes none by it: neither by the rights of an account nor
    by the password of a superuser."""

    confirm_first = True
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        rights = ("is_superuser", "is_staff", "groups", "user_permissions")
        kept = super().get_readonly_fields(request, obj)
        return kept if request.user.is_superuser else (*kept, *rights)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return super().has_change_permission(request, obj) and is_not_above(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return super().has_delete_permission(request, obj) and is_not_above(request, obj)


def is_not_above(request: HttpRequest, user: Any) -> bool:
    """Return whether this account, if it is one, has no rights that who asks lacks."""
    if user is None or request.user.is_superuser:
        return True
    if user.is_superuser or not user.is_active:  # one that is switched off tells none
        return False
    return bool(user.get_all_permissions() <= request.user.get_all_permissions())


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, LeanList):
    """A group gives rights: to superusers alone to decide, as the rights of an account are."""

    confirm_first = True

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return bool(request.user.is_superuser)


@admin.register(ApiToken)
class ApiTokenAdmin(QuickList):
    """Made here, its secret is told once; its digest is in no list and no form."""

    confirm_first = True
    list_display = ("name", "prefix", "user", "rights", "state", "last_used_at", "expires_at")
    list_select_related = ("user",)
    list_filter = ("scope",)
    search_fields = ("name", "prefix")
    fields = (
        "user",
        "name",
        "scope",
        "domains",
        "expires_at",
        "prefix",
        "created_at",
        "last_used_at",
        "revoked_at",
    )
    formfield_overrides: ClassVar = {models.DateTimeField: {"form_class": InstantField}}
    actions = ("revoke",)

    @admin.display(ordering="scope")
    def rights(self, token: ApiToken) -> str:
        return token.rights

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "domains":
            return DomainsField(
                required=False,
                label=db_field.verbose_name,
                help_text=db_field.help_text,
                widget=UnfoldAdminCheckboxSelectMultipleWidget,
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @labels("State", "revoked_at", {"valid": "success", "expired": "warning", "revoked": "danger"})
    def state(self, token: ApiToken) -> str:
        if token.revoked_at:
            return "revoked"
        return "expired" if token.has_expired else "valid"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Model]:
        """A token has the rights of its person: those of others are for superusers alone."""
        every: QuerySet[Model] = super().get_queryset(request)
        return every if request.user.is_superuser else every.filter(user=request.user.pk)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        kept = ("prefix", "created_at", "last_used_at", "revoked_at")
        return ("user", *kept) if obj else kept

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return super().get_fields(request, obj) if obj else self.fields[:5]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        given: dict[str, Any] = super().get_changeform_initial_data(request)
        return given | {"user": request.user.pk}

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if not request.user.is_superuser:
            kwargs["queryset"] = User.objects.filter(username=request.user.get_username())
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        if change:
            obj.save(update_fields=form.changed_data)
            return
        secret = obj.draw_secret()
        obj.save()
        self.message_user(request, f"Copy the token now. It is shown only once: {secret}")

    @admin.action(description="Revoke", permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Model]) -> None:
        count = queryset.revoke()  # type: ignore[attr-defined]  # ApiToken's own
        self.message_user(request, f"Tokens revoked: {count}.")
