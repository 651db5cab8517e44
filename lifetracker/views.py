"""The home page, and what every page is told."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest
from django.utils import timezone
from django.views.generic import TemplateView

from lifetracker.days import local_date
from lifetracker.models import RejectedItem, SyncRun
from oauth_integration.models import OAuthCredential
from whoop.models import WHOOP, WhoopCycle, WhoopRecovery, WhoopSleep


class HomeView(LoginRequiredMixin, TemplateView):
    """The latest recovery, night and strain, and how the last sync went."""

    template_name = "lifetracker/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        cycle = WhoopCycle.objects.live().first()
        credential = OAuthCredential.objects.of("whoop")
        return super().get_context_data(
            # Where the person is: the zone of the latest cycle, which travels with them.
            today=local_date(timezone.now(), cycle.utc_offset_min if cycle else None),
            recovery=WhoopRecovery.objects.live().first(),
            sleep=WhoopSleep.objects.nights().first(),
            cycle=cycle,
            credential=credential,
            configured=bool(credential.setting("client_id")),
            last_run=SyncRun.objects.filter(source=WHOOP).first(),
            last_success=SyncRun.objects.last_success(WHOOP),
            rejected=RejectedItem.objects.filter(source=WHOOP).count(),
            **kwargs,
        )


def demo(request: HttpRequest) -> dict[str, Any]:
    """For every template: whether all this is made up."""
    return {"demo": settings.DEMO}


def environment_badge(request: HttpRequest) -> list[str] | None:
    """The admin's badge."""
    return ["Demo data", "warning"] if settings.DEMO else None
