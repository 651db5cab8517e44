"""Refuse two weigh-ins that are typed in at one moment, as the forms do. What earlier versions took of them stays: the
later one is moved by a millionth of a second, which no page shows."""

from datetime import timedelta

from django.db import migrations, models
from django.db.models import Count

TYPED_IN = {"source": "Manual", "deleted_at__isnull": True}
MOMENT = timedelta(microseconds=1)


def move_apart(apps, schema_editor):
    weigh_ins = apps.get_model("weight", "WeighIn").objects.filter(**TYPED_IN).order_by()
    counted = weigh_ins.values("measured_at").annotate(number=Count("pk"))
    for moment in list(counted.filter(number__gt=1).values_list("measured_at", flat=True)):
        first, *later = weigh_ins.filter(measured_at=moment).order_by("pk").values_list("pk", flat=True)
        for pk in later:
            free = moment + MOMENT
            while weigh_ins.filter(measured_at=free).exists():
                free += MOMENT
            weigh_ins.filter(pk=pk).update(measured_at=free)


class Migration(migrations.Migration):
    dependencies = [("weight", "0007_whose_a_weigh_in_is")]

    operations = [
        migrations.RunPython(move_apart, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="weighin",
            constraint=models.UniqueConstraint(
                condition=models.Q(("deleted_at__isnull", True), ("source", "Manual")),
                fields=("measured_at",),
                name="weigh_in_typed_in_once_a_moment",
                violation_error_message=(
                    "There is already a weigh-in at this time. Edit that one, or choose another time for this one."
                ),
            ),
        ),
    ]
