"""What was sent, and the browsers that take it, to be read."""

from __future__ import annotations

from django.contrib import admin

from lifetracker.admin.lists import ReadOnlyAdmin
from notifications.models import Notification, PushSubscription


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    list_display = ("title", "kind", "channel", "state", "created_at", "ended_at", "outcome")
    list_filter = ("state", "channel", "kind")
    search_fields = ("title", "text")
    fields = (*list_display[:4], "text", "key", "attempts", *list_display[4:])


@admin.register(PushSubscription)
class PushSubscriptionAdmin(ReadOnlyAdmin):
    """Without where and under which secrets a browser is reached."""

    list_display = ("browser", "user", "created_at", "reached_at", "trouble")
    list_select_related = ("user",)
    fields = list_display
