"""The pages of own metrics. Their API is in `urls.py`."""

from django.urls import URLPattern, URLResolver, include, path

from own_metrics import views

values = views.ValueRemoval()
metrics = views.MetricRemoval()

own: list[URLPattern | URLResolver] = [
    path("", views.metrics, name="own-metrics"),
    path("values/<int:pk>", values.or_deleted(views.value), name="own-value"),
    path("values/", include(values.urls())),
    path("<int:pk>", metrics.or_deleted(views.metric), name="own-metric"),
    path("<int:pk>/edit", metrics.or_deleted(views.edit), name="own-metric-edit"),
    path("<int:pk>/values/new", views.new_value, name="own-value-new"),
    *metrics.urls(),
]

urlpatterns = [path("own-metrics/", include(own))]
