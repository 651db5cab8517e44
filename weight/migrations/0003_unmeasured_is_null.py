"""What was stored as 0 was not measured: Withings sends 0 beside a weight that was typed in."""

from typing import Any

from django.db import migrations
from django.db.models import Q
from django.utils import timezone

MEASURES = (
    "fat_ratio",
    "fat_mass_kg",
    "lean_mass_kg",
    "muscle_mass_kg",
    "bone_mass_kg",
    "hydration_kg",
    "heart_pulse",
)


def any_zero(*columns: str) -> Q:
    found = Q()
    for column in columns:
        found |= Q(**{column: 0})
    return found


def correct(apps: Any, _: Any) -> None:
    groups = apps.get_model("weight", "MeasureGroup").objects
    weigh_ins = apps.get_model("weight", "WeighIn").objects
    for column in ("weight_kg", *MEASURES):
        groups.filter(**{column: 0}).update(**{column: None}, updated_at=timezone.now())
    for weigh_in in weigh_ins.filter(any_zero(*MEASURES)).iterator(500):
        take_measures(weigh_in, parts_of(weigh_in, groups))


def parts_of(weigh_in: Any, groups: Any) -> list[Any]:
    """The groups that it was made of, the one that counts first."""
    ids = (weigh_in.raw or {}).get("groups", [])
    found = {group.source_id: group for group in groups.filter(source_id__in=ids)}
    return [found[source_id] for source_id in ids if source_id in found]


def take_measures(weigh_in: Any, parts: list[Any]) -> None:
    """A zero hid what another group of the same moment had measured."""
    for column in MEASURES:
        if getattr(weigh_in, column) == 0:
            values = (getattr(part, column) for part in parts)
            setattr(weigh_in, column, next((v for v in values if v is not None), None))
    weigh_in.updated_at = timezone.now()
    weigh_in.save(update_fields=[*MEASURES, "updated_at"])


class Migration(migrations.Migration):
    dependencies = [("weight", "0002_open_codes")]

    operations = [migrations.RunPython(correct, migrations.RunPython.noop)]
