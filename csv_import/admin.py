from __future__ import annotations

from django.contrib import admin

from csv_import.models import KeptMapping
from lifetracker.admin.lists import ReadOnlyAdmin


@admin.register(KeptMapping)
class KeptMappingAdmin(ReadOnlyAdmin):
    """What was chosen of files. It is changed, deleted and brought back on the page that imports them."""

    list_display = ("name", "used_at", "deleted_at")
    search_fields = ("name",)
    search_help_text = "Search in the names of files"
    fields = ("name", "header", "choices", "used_at", "deleted_at")
