from django.urls import include, path, re_path

from github_projects import api

# With or without a slash at the end.
own = [
    re_path(r"^projects/?$", api.Projects.as_view()),
    re_path(r"^project/(?P<name>[^/]+(?:/[^/]+)?)/?$", api.Project.as_view()),
    re_path(r"^metrics/?$", api.Metrics.as_view()),
    re_path(r"^refresh/?$", api.Refresh.as_view()),
    re_path(r"^refresh/status/(?P<pk>\d{1,18})/?$", api.RefreshJob.as_view()),
    re_path(r"^refresh/jobs/?$", api.RefreshJobs.as_view()),
]

urlpatterns = [path("github/", include(own))]
