from django.urls import re_path

from fasting import api
from lifetracker.api.lists import record_urls

urlpatterns = [
    re_path(r"^fasting/current/?$", api.Current.as_view()),
    re_path(r"^fasting/start/?$", api.Start.as_view()),
    re_path(r"^fasting/stop/?$", api.Stop.as_view()),
    *record_urls("fasting", api.Fasts),
]
