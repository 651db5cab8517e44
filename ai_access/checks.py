"""`manage.py check --deploy` refuses OAuth where it would not be safe, or not be found."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from ai_access.switch import is_on


@register(Tags.security, deploy=True)
def check_access(**_: object) -> Iterable[CheckMessage]:
    if not is_on():
        return
    if not settings.HTTPS:
        yield Error(
            "MCP_OAUTH is on and HTTPS is off: codes and tokens would travel readable.",
            hint="Serve the pages by https and set HTTPS=true, or set MCP_OAUTH=false.",
            id="lifetracker.E053",
        )
    if settings.PATH_PREFIX:
        yield Error(
            "MCP_OAUTH is on and the pages are served under a path: clients look for /.well-known/ at the root.",
            hint="Serve Life Tracker under a host name of its own, or set MCP_OAUTH=false.",
            id="lifetracker.E054",
        )
