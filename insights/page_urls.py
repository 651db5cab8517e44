"""The pages of insights. Their API is in `urls.py`."""

from django.urls import path

from insights import change_views, views

urlpatterns = [
    path("insights/", views.InsightsView.as_view(), name="insights"),
    path("insights/<int:pk>/hide", views.hide, name="insight-hide"),
    path("insights/<int:pk>/unhide", views.unhide, name="insight-unhide"),
    path("insights/changes/<int:pk>/hide", change_views.hide, name="change-hide"),
    path("insights/changes/<int:pk>/unhide", change_views.unhide, name="change-unhide"),
]
