from django.apps import AppConfig


class CsvImportConfig(AppConfig):
    name = "csv_import"
    verbose_name = "Any CSV"
    #: Where its models stand in the side bar of the admin: the group, the place, the model.
    sidebar = (("Sync", 1, "KeptMapping"),)
