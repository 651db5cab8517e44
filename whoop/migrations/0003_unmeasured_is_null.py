"""What was stored as 0 and cannot be 0 was not measured."""

from typing import Any

from django.db import migrations
from django.utils import timezone

NEVER_ZERO = {
    "WhoopCycle": ("kilojoules", "average_heart_rate", "max_heart_rate"),
    "WhoopProfile": ("height_meter", "weight_kilogram", "max_heart_rate"),
    "WhoopRecovery": (
        "resting_heart_rate",
        "hrv_rmssd",
        "spo2_percentage",
        "skin_temp_celsius",
    ),
    "WhoopSleep": ("respiratory_rate",),
}
# Without a minute in bed a sleep has no stages.
OF_STAGES = (
    "in_bed_min",
    "total_sleep_hours",
    "rem_sleep_min",
    "deep_sleep_min",
    "light_sleep_min",
    "awake_min",
    "no_data_min",
    "sleep_cycle_count",
    "disturbance_count",
)


def correct(apps: Any, _: Any) -> None:
    now = timezone.now()
    for model, columns in NEVER_ZERO.items():
        rows = apps.get_model("whoop", model).objects
        for column in columns:
            rows.filter(**{column: 0}).update(**{column: None}, updated_at=now)
    sleeps = apps.get_model("whoop", "WhoopSleep").objects
    sleeps.filter(in_bed_min=0).update(**dict.fromkeys(OF_STAGES), updated_at=now)


class Migration(migrations.Migration):
    dependencies = [("whoop", "0002_open_codes")]

    operations = [migrations.RunPython(correct, migrations.RunPython.noop)]
