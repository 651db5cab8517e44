from django.urls import URLPattern, re_path

from goals import api

ONE = {
    "get": "retrieve",
    "put": "update",
    "patch": "partial_update",
    "delete": "destroy",
}


def routes(prefix: str, views: type[api.TypedIn]) -> list[URLPattern]:
    every = views.as_view({"get": "list", "post": "create"}, detail=False)
    return [
        re_path(rf"^{prefix}/?$", every),
        re_path(rf"^{prefix}/(?P<pk>\d{{1,18}})/?$", views.as_view(dict(ONE), detail=True)),
    ]


urlpatterns = [
    *routes("goals", api.Goals),
    *routes("goals/free-periods", api.FreePeriods),
    re_path(r"^goals/(?P<pk>\d{1,18})/progress/?$", api.ProgressView.as_view()),
    re_path(r"^goals/(?P<pk>\d{1,18})/history/?$", api.HistoryView.as_view()),
    re_path(r"^goals/(?P<pk>\d{1,18})/restore/?$", api.Restore.as_view()),
]
