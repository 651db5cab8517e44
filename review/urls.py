from django.urls import re_path

from lifetracker.api.lists import record_urls
from review import api

urlpatterns = [
    *record_urls("intentions", api.Intentions),
    re_path(r"^review/(?P<period>[\w-]{1,20})/?$", api.ReviewView.as_view()),
]
