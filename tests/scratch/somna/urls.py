from django.urls import re_path
from somna import api

urlpatterns = [
    re_path(r"^somna/days/?$", api.Days.as_view()),
    re_path(r"^somna/naps/?$", api.Naps.as_view()),
]
