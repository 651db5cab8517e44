"""The pages of the fasts. Their API is in `urls.py`."""

from django.urls import include, path

from fasting import views

own = [
    path("", views.FastsView.as_view(), name="fasting"),
    path("start", views.start, name="fasting-start"),
    path("stop", views.stop, name="fasting-stop"),
    path("new", views.new, name="fasting-new"),
    path("<int:pk>", views.edit, name="fasting-edit"),
    path("<int:pk>/delete", views.delete, name="fasting-delete"),
    path("<int:pk>/take-back-start", views.take_back_start, name="fasting-take-back-start"),
    path("<int:pk>/take-back-stop", views.take_back_stop, name="fasting-take-back-stop"),
]

urlpatterns = [path("fasting/", include(own))]
