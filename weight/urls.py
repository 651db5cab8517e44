from django.urls import re_path

from lifetracker.api.lists import record_urls
from weight import api

urlpatterns = [
    re_path(r"^weight/trend/?$", api.Trend.as_view()),
    re_path(r"^weight/forecast/?$", api.ForecastView.as_view()),
    *record_urls("weight", api.WeighIns),
]
