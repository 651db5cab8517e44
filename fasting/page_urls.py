"""The pages of the fasts. Their API is in `urls.py`."""

from django.urls import include, path

from fasting import fast_views, import_views, press_views, views

removal = fast_views.FastRemoval()

own = [
    path("", views.RangeView.as_view(), name="fasting"),
    path("fasts.csv", views.FastsAsCsv.as_view(), name="fasting-csv"),
    path("start", press_views.start, name="fasting-start"),
    path("stop", press_views.stop, name="fasting-stop"),
    *import_views.ZeroImport().urls(),
    path("new", fast_views.new, name="fasting-new"),
    path("<int:pk>", removal.or_deleted(fast_views.edit), name="fasting-edit"),
    path("<int:pk>/take-back-start", press_views.take_back_start, name="fasting-take-back-start"),
    path("<int:pk>/take-back-stop", press_views.take_back_stop, name="fasting-take-back-stop"),
    *removal.urls(),
]

urlpatterns = [path("fasting/", include(own))]
