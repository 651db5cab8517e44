from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TASKS = "lifetracker.tasks."
RENAMED = {"take_up": "resume_stalled_runs"}
OLD_TITLE, NEW_TITLE = "Take up what was left", "Resume stalled runs"


def rename(apps: Apps, names: dict[str, str], title: str, new_title: str) -> None:
    schedules = apps.get_model("django_q", "Schedule").objects.all()
    for old, new in names.items():
        schedules.filter(func=TASKS + old).update(func=TASKS + new)
    if schedules.filter(name=new_title).exists():
        schedules.filter(name=title).delete()
    schedules.filter(name=title).update(name=new_title)


def forward(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    rename(apps, RENAMED, OLD_TITLE, NEW_TITLE)


def back(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    rename(apps, {new: old for old, new in RENAMED.items()}, NEW_TITLE, OLD_TITLE)


class Migration(migrations.Migration):
    dependencies = [
        ("lifetracker", "0013_webhook_delivery_body"),
        ("django_q", "0019_alter_task_options_alter_ormq_key_alter_ormq_lock_and_more"),
    ]

    operations = [migrations.RunPython(forward, back)]
