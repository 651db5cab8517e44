"""The groups of models in the side bar and on the first page."""

from __future__ import annotations

from operator import attrgetter
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest

LAST_OF_LIFE = 99
# What keeps the program running comes last. An app says of its models where they stand (`sidebar` in `apps.py`); a
# record that is typed in comes under "Life" otherwise, and any other model under "More".
MACHINERY = {
    "Sync": [
        "lifetracker.SyncRun",
        "lifetracker.RejectedItem",
        "lifetracker.PendingDeletion",
        "lifetracker.FileImport",
        "lifetracker.SyncState",
        "lifetracker.Revision",
    ],
    "Accounts": [
        *("auth.User", "auth.Group", "lifetracker.ApiToken", "accounts.Event", "ai_access.Consent"),
        *("notifications.Notification", "notifications.PushSubscription"),
        *(
            "django_mcpz_oauth.Client",
            "django_mcpz_oauth.AccessToken",
            "django_mcpz_oauth.RefreshToken",
        ),
    ],
    "Machinery": [
        "django_q.Schedule",
        "django_q.OrmQ",
        "django_q.Success",
        "django_q.Failure",
        "lifetracker.WebhookDelivery",
        "lifetracker.SyncRunTotal",
        "lifetracker.Lease",
    ],
}


class Place(NamedTuple):
    """Of a model in the side bar; the group with the lowest number comes first."""

    group: str
    number: int
    label: str


def groups_of_models(request: HttpRequest) -> dict[str, list[dict[str, Any]]]:
    """The models that this person may see, as the admin describes them; no group is empty."""
    models = {
        f"{app['app_label']}.{model['object_name']}": model
        for app in admin.site.get_app_list(request)
        for model in app["models"]
    }
    groups: dict[str, list[dict[str, Any]]] = {}
    for place in places():
        if place.label in models:
            groups.setdefault(place.group, []).append(models.pop(place.label))
    for title, labels in MACHINERY.items():
        found = [models.pop(label) for label in labels if label in models]
        groups[title] = [*groups.pop(title, []), *found]
    groups["More"] = [*groups.pop("More", []), *models.values()]
    return {title: found for title, found in groups.items() if found}


def places() -> list[Place]:
    """Return the places that apps name, and those of what is typed in and has none."""
    named = [
        Place(group, number, f"{app.label}.{model}")
        for app in apps.get_app_configs()
        for group, number, model in getattr(app, "sidebar", ())
    ]
    labels = {place.label for place in named}
    typed_in = [
        Place("Life", LAST_OF_LIFE, model._meta.label)
        for model, page in admin.site._registry.items()
        if getattr(page, "typed_in", False) and model._meta.label not in labels
    ]
    return sorted([*named, *typed_in], key=attrgetter("number", "label"))


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    return [
        {
            "title": title,
            "items": [{"title": model["name"], "link": model["admin_url"]} for model in models],
        }
        for title, models in groups_of_models(request).items()
    ]


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The admin's first page, in the order of the side bar."""
    groups = [
        {"name": title, "app_url": request.path, "models": models}
        for title, models in groups_of_models(request).items()
    ]
    return context | {"app_list": groups}


def environment_badge(request: HttpRequest) -> list[str] | None:
    """The admin's badge."""
    return ["Demo data", "warning"] if settings.DEMO else None
