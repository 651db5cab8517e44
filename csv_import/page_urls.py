from django.urls import include, path

from csv_import.import_views import CsvImport

urlpatterns = [path("csv/", include(CsvImport().urls()))]
