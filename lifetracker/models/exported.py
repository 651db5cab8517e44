"""Which models the export holds, and why it does not hold the others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import models

from lifetracker.models.records import SourceRecord

# Of the packages and of the machinery. An app says it in the class: `exported = True` for a model that holds what a
# person lived and is no SourceRecord, `not_exported = "the reason"` for any other. `manage.py check` asks for it.
NOT_EXPORTED = {
    "admin.LogEntry": "what was done in the admin, not what was lived",
    "auth.Group": "who may do what here",
    "auth.Group_permissions": "who may do what here",
    "auth.Permission": "who may do what here",
    "accounts.AuthenticatorApp": "a second factor, with its secret",
    "accounts.Event": "the log of logins and of what was done with accounts",
    "accounts.Passkey": "a second factor",
    "accounts.RecoveryCode": "a second factor, as a digest",
    "accounts.UserSession": "where somebody is logged in",
    "auth.User": "the login, with the digest of its password",
    "auth.User_groups": "who may do what here",
    "auth.User_user_permissions": "who may do what here",
    "axes.AccessAttempt": "wrong passwords",
    "axes.AccessAttemptExpiration": "wrong passwords",
    "axes.AccessFailureLog": "wrong passwords",
    "axes.AccessLog": "wrong passwords",
    "contenttypes.ContentType": "Django's list of models",
    "django_mcpz_oauth.AccessToken": "digests of secrets",
    "django_mcpz_oauth.AuthorizationCode": "digests of secrets",
    "django_mcpz_oauth.Client": "which AI clients asked for access",
    "django_mcpz_oauth.RefreshToken": "digests of secrets",
    "django_q.OrmQ": "messages to the workers",
    "django_q.Schedule": "when the workers do what",
    "django_q.Task": "what the workers did",
    "lifetracker.ApiToken": "digests of secrets",
    "lifetracker.DayZone": "the time zone of the days, which the README names",
    "lifetracker.Lease": "which process is at work",
    "lifetracker.PendingDeletion": "the sync history",
    "lifetracker.PlannedSync": "when the workers do what",
    "lifetracker.SyncRun": "the sync history",
    "lifetracker.SyncRunTotal": "the sync history",
    "lifetracker.SyncState": "the sync history",
    "lifetracker.WebhookDelivery": "the sync history",
    "sessions.Session": "who is logged in",
}


def stored_models() -> list[type[models.Model]]:
    """Return every model with a table of its own, also those that Django makes for the links of two."""
    return [one for one in apps.get_models(include_auto_created=True) if not one._meta.proxy]


def is_exported(model: type[models.Model]) -> bool:
    """Return whether it holds what a person lived: every SourceRecord, what says so itself, and what links such."""
    owner: Any = model._meta.auto_created or model
    return issubclass(owner, SourceRecord) or bool(getattr(owner, "exported", False))


def kept_rows(model: type[models.Model]) -> models.QuerySet[Any]:
    """Return the rows that backups and the export hold: all, unless the model says which (`kept_rows`), because others can
    be had again. No row of these may refer to one that is left out."""
    own = getattr(model, "kept_rows", None)
    rows: models.QuerySet[Any] = own() if own else model._base_manager.all()
    return rows


def exported_rows(model: type[models.Model]) -> models.QuerySet[Any]:
    """Return those of them that the export holds: all, unless the model says that it holds some back (`exported_rows`)."""
    own = getattr(model, "exported_rows", None)
    rows: models.QuerySet[Any] = own() if own else kept_rows(model)
    return rows


def why_not_exported(model: type[models.Model]) -> str:
    """Return why the export leaves a model out; "" where nobody has said it."""
    return NOT_EXPORTED.get(model._meta.label) or str(getattr(model, "not_exported", ""))


@register(Tags.models)
def check_exported(**_: object) -> Iterable[CheckMessage]:
    """Refuse a model of which nobody has said whether it belongs to the export."""
    for model in stored_models():
        if not is_exported(model) and not why_not_exported(model):
            yield Error(
                f"{model._meta.label} is neither exported nor left out of the export.",
                hint="Write `exported = True` into the class if it holds what a person lived, else "
                '`not_exported = "the reason"`. A model of a package stands in NOT_EXPORTED.',
                obj=model,
                id="lifetracker.E021",
            )
