"""The pages of GitHub. The API is in `urls.py`."""

from django.urls import path, re_path

from github_projects import views

urlpatterns = [
    path("github/", views.RangeView.as_view(), name="github"),
    path("github/live", views.LiveView.as_view(), name="github-live"),
    re_path(
        r"^github/(?P<owner>[^/]+)/(?P<name>[^/]+)$",
        views.RepositoryView.as_view(),
        name="github-repository",
    ),
]
