from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

AT_ONCE = 500


def fill(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Take the ids from the payloads, where they stood up to now."""
    entries = apps.get_model("time_logs", "TimeEntry").objects.exclude(raw__tag_ids=[])
    found = []
    for entry in entries.exclude(raw=None).only("raw", "tag_refs").iterator(AT_ONCE):
        entry.tag_refs = [str(one) for one in entry.raw.get("tag_ids") or []]
        if entry.tag_refs:
            found.append(entry)
        if len(found) == AT_ONCE:
            entries.bulk_update(found, ["tag_refs"])
            found = []
    entries.bulk_update(found, ["tag_refs"])


class Migration(migrations.Migration):
    dependencies = [("time_logs", "0003_units")]

    operations = [
        migrations.AddField(
            model_name="timeentry",
            name="tag_refs",
            field=models.JSONField(blank=True, default=list, editable=False),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
