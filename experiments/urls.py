from django.urls import re_path

from experiments import api

ONE = {
    "get": "retrieve",
    "put": "update",
    "patch": "partial_update",
    "delete": "destroy",
}
OF_ONE = r"^experiments/(?P<pk>\d{1,18})"

urlpatterns = [
    re_path(
        r"^experiments/?$", api.Experiments.as_view({"get": "list", "post": "create"}, detail=False)
    ),
    re_path(rf"{OF_ONE}/?$", api.Experiments.as_view(dict(ONE), detail=True)),
    re_path(rf"{OF_ONE}/schedule/?$", api.Schedule.as_view()),
    re_path(rf"{OF_ONE}/start/?$", api.Start.as_view()),
    re_path(rf"{OF_ONE}/stop/?$", api.Stop.as_view()),
    re_path(rf"{OF_ONE}/finish/?$", api.Finish.as_view()),
    re_path(rf"{OF_ONE}/restore/?$", api.Restore.as_view()),
]
