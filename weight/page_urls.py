"""The pages of the weight. The API is in `urls.py`."""

from django.urls import include, path

from weight import import_views, record_views, views

removal = record_views.WeighInRemoval()

own = [
    *import_views.WithingsImport().urls(),
    path("", views.RangeView.as_view(), name="weight"),
    path("weigh-ins.csv", views.WeighInsAsCsv.as_view(), name="weigh-ins-csv"),
    path("whose", record_views.whose_all, name="weigh-ins-whose"),
    path("whose/undo", record_views.unsay_all, name="weigh-ins-unsay"),
    path("new", record_views.new, name="weigh-in-new"),
    path("<int:pk>", record_views.one, name="weigh-in"),
    path("<int:pk>/edit", removal.or_deleted(record_views.edit), name="weigh-in-edit"),
    path("<int:pk>/whose", record_views.whose, name="weigh-in-whose"),
    *removal.urls(),
]

urlpatterns = [path("weight/", include(own))]
