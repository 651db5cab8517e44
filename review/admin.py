from django.contrib import admin

from lifetracker.admin import GoneFilter, SourceRecordAdmin
from review.models import Intention


@admin.register(Intention)
class IntentionAdmin(SourceRecordAdmin):
    typed_in = True
    list_display = ("date", "text", "kept", "note", "service", "upstream")
    list_filter = ("kept", GoneFilter)
    search_fields = ("text", "note")
    search_help_text = "Search in the texts"
    facts = ("date", "text", "kept", "note")
