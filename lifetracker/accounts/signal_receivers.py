"""Receivers of the signals of Django and axes that become events of accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from axes.signals import user_locked_out
from django.contrib.auth.models import Group, Permission, User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save
from django.dispatch import receiver
from django.http import HttpRequest

from lifetracker.accounts import freshness
from lifetracker.accounts.events import Kind, address, own_session, record
from lifetracker.accounts.models import UserSession
from lifetracker.accounts.sessions import others_ended
from lifetracker.models import ApiToken
from lifetracker.models.tokens import token_revoked

# Of an account, beside its groups and permissions.
RIGHTS_FIELDS = {"is_active", "is_staff", "is_superuser"}
CHANGE_NAMES = {"post_add": "given", "post_remove": "taken", "post_clear": "taken"}
# Of a token.
TOKEN_RIGHTS = {"scope", "domains", "expires_at"}
# Some people type their password where the name belongs.
UNKNOWN_NAME = "unknown name"


@receiver(user_logged_in)
def record_login(user: User, request: HttpRequest, **_: object) -> None:
    freshness.note(request)
    UserSession.objects.note(request, address())
    record(Kind.LOGIN, user, getattr(request, "logged_in_with", ""))


@receiver(user_login_failed)
def record_failed_login(
    credentials: Mapping[str, str],
    request: HttpRequest | None = None,
    detail: str = "",
    **_: object,
) -> None:
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        record(Kind.CONFIRM_FAILED, user, detail or "wrong password")
        return
    name = known_name(credentials.get("username"))
    record(Kind.LOGIN_FAILED, name, detail)


@receiver(user_locked_out)
def record_lockout(username: str | None, **_: object) -> None:
    record(Kind.LOCKED, known_name(username))


@receiver(user_logged_out)
def record_logout(user: User | None, **_: object) -> None:
    if user is not None:
        record(Kind.LOGOUT, user)


@receiver(post_save, sender=User)
def record_new_account(instance: User, created: bool, **_: object) -> None:
    if created:
        record(Kind.ACCOUNT_MADE, instance)


@receiver(pre_save, sender=User)
def record_changed_rights(
    instance: User, update_fields: Iterable[str] | None = None, **_: object
) -> None:
    saved = RIGHTS_FIELDS if update_fields is None else RIGHTS_FIELDS & set(update_fields)
    before = User.objects.filter(pk=instance.pk).values(*saved).first() if saved else None
    for name in sorted(before or ()):
        now = getattr(instance, name)
        if before and now != before[name]:
            record(Kind.RIGHTS, instance, f"{name}: {'yes' if now else 'no'}")


@receiver(m2m_changed, sender=User.groups.through)
@receiver(m2m_changed, sender=User.user_permissions.through)
@receiver(m2m_changed, sender=Group.permissions.through)
def record_changed_permissions(
    instance: Model, action: str, model: type[Model], pk_set: set[int] | None, **_: object
) -> None:
    if action not in CHANGE_NAMES or pk_set == set():
        return
    whose = instance if isinstance(instance, User) else ""
    what = {Permission: "permissions", Group: "groups"}.get(model, "members")
    of_group = f" of the group {instance}" if isinstance(instance, Group) else ""
    count = "all" if pk_set is None else len(pk_set)
    record(Kind.RIGHTS, whose, f"{what}{of_group} {CHANGE_NAMES[action]}: {count}")


@receiver(post_delete, sender=User)
def record_deleted_account(instance: User, **_: object) -> None:
    record(Kind.ACCOUNT_DELETED, instance)


@receiver(post_save, sender=ApiToken)
def record_new_token(
    instance: ApiToken, created: bool, update_fields: Iterable[str] | None = None, **_: object
) -> None:
    if created:
        record(Kind.TOKEN_MADE, instance.user, f"{instance}: {instance.rights}")
    elif TOKEN_RIGHTS & set(update_fields or TOKEN_RIGHTS):
        record(Kind.TOKEN_CHANGED, instance.user, f"{instance}: {instance.rights}")


@receiver(token_revoked, sender=ApiToken)
def record_revoked_token(token: ApiToken, **_: object) -> None:
    record(Kind.TOKEN_REVOKED, token.user, str(token))


@receiver(post_delete, sender=ApiToken)
def record_deleted_token(instance: ApiToken, **_: object) -> None:
    record(Kind.TOKEN_REVOKED, instance.user, f"{instance}, deleted")


def known_name(name: str | None) -> str:
    """Return the name as it was typed in if an account has it; of other names nothing is stored."""
    if not name or "\0" in name:
        return UNKNOWN_NAME
    return name if User.objects.filter(username=name).exists() else UNKNOWN_NAME


class RecordPasswords:
    """Record every new password as an event. Django calls a validator wherever a password is set: on the pages,
    in the admin, by commands. This one accepts each of them."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Accept the password; the other validators judge it."""

    def get_help_text(self) -> str:
        return ""

    def password_changed(self, password: str, user: User | None = None) -> None:
        UserSession.objects.filter(user=user).forget()
        if user is not None:
            others_ended.send(User, user=user, kept=own_session(user))
        record(Kind.PASSWORD, user)
