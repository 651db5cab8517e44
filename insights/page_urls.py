"""The pages of insights. Their API is in `urls.py`."""

from django.urls import path

from insights import views

urlpatterns = [
    path("insights/", views.InsightsView.as_view(), name="insights"),
    path("insights/<int:pk>/hide", views.hide, name="insight-hide"),
    path("insights/<int:pk>/unhide", views.unhide, name="insight-unhide"),
]
