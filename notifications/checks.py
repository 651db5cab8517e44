"""`manage.py check` says what of the settings of a channel is missing."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Tags, register


@register(Tags.compatibility)
def check_ntfy(**_: object) -> Iterable[CheckMessage]:
    """Mail is checked where it is sent from (`lifetracker/ops/mail.py`)."""
    if settings.NTFY_TOKEN and not settings.NTFY_TOPIC:
        yield checks.Warning(
            "No message can be sent by ntfy: NTFY_TOKEN is set and NTFY_TOPIC is missing.",
            hint="Set NTFY_TOPIC, or unset NTFY_TOKEN.",
            id="lifetracker.W056",
        )
