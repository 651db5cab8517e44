"""Whether clients may ask for access by OAuth. While they may not, no address of it answers."""

from __future__ import annotations

from django.conf import settings


def is_on() -> bool:
    return bool(settings.MCP and settings.MCP_OAUTH)
