from django.urls import re_path

from lifetracker.api.lists import record_urls
from time_logs import api

urlpatterns = [
    re_path(r"^time-entries/totals/?$", api.Totals.as_view()),
    re_path(r"^time-entries/overlaps/?$", api.Overlaps.as_view()),
    *record_urls("time-entries", api.TimeEntries),
]
