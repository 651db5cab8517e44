"""The domains of a life, as a person knows them: WHOOP, Weight, Fasting. Each is an app with records or numbers of
its own; an API token can be limited to some of them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

from django.apps import AppConfig, apps
from django.conf import settings
from django.utils.module_loading import module_has_submodule

#: An app with one of these has something to tell of a domain.
TELLING = ("metrics", "api", "urls")


@cache
def domains() -> dict[str, str]:
    """Return the title of each domain by the label of its app, sorted by title."""
    found = {
        app.label: str(getattr(app, "domain_title", app.verbose_name))
        for app in own_apps()
        if tells_of_domain(app)
    }
    return dict(sorted(found.items(), key=lambda one: one[1].casefold()))


def own_apps() -> list[AppConfig]:
    """Return the apps that lie beside the shared one."""
    folder = Path(settings.BASE_DIR)
    every = apps.get_app_configs()
    return [one for one in every if Path(one.path).parent == folder and one.label != "lifetracker"]


def tells_of_domain(app: AppConfig) -> bool:
    return any(module_has_submodule(app.module, name) for name in TELLING)


def titles_of(labels: Iterable[str]) -> list[str]:
    """Return the titles of domains, sorted; of one whose app is gone, its label."""
    return sorted((domains().get(one, one) for one in labels), key=str.casefold)


def domain_of_module(module: str) -> str:
    """Return the label of the domain that a module belongs to; empty for what all share."""
    names = {app.name: app.label for app in own_apps()}
    found = names.get(module.partition(".")[0], "")
    return found if found in domains() else ""


@lru_cache(maxsize=2_000)
def domain_of_key(key: str) -> str:
    """Return the label of the domain of a metric by its key, or by the part of it before the dot; empty where there is
    none. An app says in `metric_domain` what its keys begin with, where that is not its label."""
    prefix = key.partition(".")[0]
    named = {getattr(app, "metric_domain", app.label): app.label for app in own_apps()}
    return named.get(prefix, "")


def title_of_key(key: str) -> str:
    """Return what the domain of a metric is called, such as `Apple Health`, by its key or the part of it before the dot."""
    prefix = key.partition(".")[0]
    return domains().get(domain_of_key(key)) or prefix.replace("_", " ").capitalize()
