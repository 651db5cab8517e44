"""`manage.py check` refuses records whose numbers nobody can read."""

from __future__ import annotations

from collections.abc import Iterable

from django.apps import apps
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import models

from lifetracker.models.fields import spelled_out
from lifetracker.models.records import SourceRecord


@register(Tags.models)
def check_units(**_: object) -> Iterable[CheckMessage]:
    """Refuse a numeric column of a record without a unit."""
    for model in apps.get_models():
        if issubclass(model, SourceRecord) and not model._meta.proxy:
            yield from check_units_of(model)


def check_units_of(model: type[models.Model]) -> Iterable[CheckMessage]:
    for field in model._meta.concrete_fields:
        try:
            spelled_out(field)
        except LookupError:
            yield Error(
                f"{model._meta.label}.{field.name} does not say its unit.",
                hint='Take the class from lifetracker.models.fields, and say its unit: fields.FloatField(unit="kg"). '
                'A plain number, such as a count or a score, has unit="".',
                obj=field,
                id="lifetracker.E020",
            )
