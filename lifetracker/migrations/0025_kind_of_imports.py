from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# Nothing but files brings records of these sources, so that each of their runs is an import.
OF_FILES = (
    "Zero",
    "WhoopExport",
    "TogglExport",
    "WithingsExport",
    "MyFitnessPal",
    "Cronometer",
    "MacroFactor",
    "LoseIt",
)
KINDS = [
    ("today", "Today"),
    ("incremental", "Incremental"),
    ("manual", "Manual"),
    ("full", "Full"),
    ("backfill", "Backfill"),
    ("retry", "Retry"),
    ("remap", "Remap"),
    ("webhook", "Webhook"),
    ("import", "Import"),
]


def change(apps: Apps, kind: str, to: str) -> None:
    runs = apps.get_model("lifetracker", "SyncRun").objects
    runs.filter(source__in=OF_FILES, kind=kind, in_queue=False).update(kind=to)


def forward(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    change(apps, "manual", "import")


def back(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    change(apps, "import", "manual")


class Migration(migrations.Migration):
    dependencies = [("lifetracker", "0024_revisions")]

    operations = [
        migrations.AlterField(
            model_name="syncrun",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=12),
        ),
        migrations.AlterField(
            model_name="syncruntotal",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=12),
        ),
        migrations.RunPython(forward, back),
    ]
