from django.urls import re_path

from apple_health.auto_export.api import HealthAutoExport

urlpatterns = [
    re_path(r"^import/health-auto-export/?$", HealthAutoExport.as_view()),
]
