"""Looks kept of pairs without a difference how large a one would have been seen: the next look says which ones fit."""

from typing import Any

from django.db import migrations


def forget(apps: Any, _: Any) -> None:
    apps.get_model("insights", "InsightRun").objects.update(bounds=[])


class Migration(migrations.Migration):
    dependencies = [("insights", "0002_what_changed")]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
