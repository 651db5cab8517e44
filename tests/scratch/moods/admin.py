from django.contrib import admin
from moods.models import Mood

from lifetracker.admin import SourceRecordAdmin


@admin.register(Mood)
class MoodAdmin(SourceRecordAdmin):
    typed_in = True
    list_display = ("date", "score", "walk_km", "source", "upstream")
