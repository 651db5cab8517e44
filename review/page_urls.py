"""The pages of the review. Its API is in `urls.py`."""

from django.urls import path, re_path

from review import views

urlpatterns = [
    path("review/", views.ReviewView.as_view(), name="review"),
    re_path(r"^review/(?P<name>[\w-]{1,20})$", views.ReviewView.as_view(), name="review-of"),
]
