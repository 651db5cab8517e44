from __future__ import annotations

from django.contrib import admin

from lifetracker.accounts.models import Event
from lifetracker.admin import ReadOnlyAdmin


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("at", "kind", "account", "by", "address", "detail")
    list_filter = ("kind",)
    search_fields = ("account", "by", "address", "detail")
    search_help_text = "Search by account, actor, address or detail"
    fields = ("at", "kind", "account", "by", "address", "detail")
