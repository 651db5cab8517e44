from django.urls import re_path

from insights import api, change_api

urlpatterns = [
    re_path(r"^insights/?$", api.InsightsView.as_view()),
    re_path(r"^insights/changes/?$", change_api.ChangesView.as_view()),
    re_path(r"^insights/changes/(?P<pk>\d{1,18})/hide/?$", change_api.HideChange.as_view()),
    re_path(r"^insights/changes/(?P<pk>\d{1,18})/unhide/?$", change_api.UnhideChange.as_view()),
    re_path(r"^insights/(?P<pk>\d{1,18})/hide/?$", api.Hide.as_view()),
    re_path(r"^insights/(?P<pk>\d{1,18})/unhide/?$", api.Unhide.as_view()),
]
