"""The pages of WHOOP. The API is in `urls.py`."""

from django.urls import path

from whoop import views

urlpatterns = [path("whoop/", views.RangeView.as_view(), name="whoop")]
