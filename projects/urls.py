from django.urls import re_path

from projects import api

ONE = {
    "get": "retrieve",
    "put": "update",
    "patch": "partial_update",
    "delete": "destroy",
}

urlpatterns = [
    re_path(
        r"^projects/?$",
        api.Projects.as_view({"get": "list", "post": "create"}, detail=False),
    ),
    re_path(r"^projects/unassigned/?$", api.Unassigned.as_view()),
    re_path(r"^projects/suggestions/?$", api.Suggestions.as_view()),
    re_path(r"^projects/suggestions/(?P<pk>\d{1,18})/confirm/?$", api.Confirm.as_view()),
    re_path(r"^projects/suggestions/(?P<pk>\d{1,18})/refuse/?$", api.Refuse.as_view()),
    re_path(r"^projects/(?P<pk>\d{1,18})/?$", api.Projects.as_view(dict(ONE), detail=True)),
    re_path(r"^projects/(?P<pk>\d{1,18})/weeks/?$", api.Weeks.as_view()),
]
