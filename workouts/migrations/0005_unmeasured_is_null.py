"""What was stored as 0 and cannot be 0 was not measured."""

from typing import Any

from django.db import migrations
from django.utils import timezone

NEVER_ZERO = ("average_heart_rate", "max_heart_rate", "calories", "distance_meters")


def correct(apps: Any, _: Any) -> None:
    rows = apps.get_model("workouts", "Workout").objects
    for column in NEVER_ZERO:
        rows.filter(**{column: 0}).update(**{column: None}, updated_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("workouts", "0004_open_codes")]

    operations = [migrations.RunPython(correct, migrations.RunPython.noop)]
