from django.contrib import admin
from somna.models import SomnaDay, SomnaNap

from lifetracker.admin import GoneFilter, SourceRecordAdmin


@admin.register(SomnaDay)
class SomnaDayAdmin(SourceRecordAdmin):
    list_display = ("date", "score", "upstream")
    list_filter = (GoneFilter,)
    date_hierarchy = "date"


@admin.register(SomnaNap)
class SomnaNapAdmin(SourceRecordAdmin):
    list_display = ("start", "minutes", "upstream")
    list_filter = (GoneFilter,)
    date_hierarchy = "start"
