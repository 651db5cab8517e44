"""The pages of the review. Its API is in `urls.py`."""

from django.urls import include, path, re_path

from review import intention_views, views

intentions = intention_views.IntentionRemoval()

of_intentions = [
    path("new", intention_views.new, name="intention-new"),
    path("<int:pk>", intentions.or_deleted(intention_views.edit), name="intention"),
    path("<int:pk>/answer", intention_views.answer, name="intention-answer"),
    *intentions.urls(),
]
urlpatterns = [
    path("review/", views.ReviewView.as_view(), name="review"),
    path("review/intentions/", include(of_intentions)),
    re_path(r"^review/(?P<name>[\w-]{1,20})$", views.ReviewView.as_view(), name="review-of"),
]
