"""What a constraint of the database has against a record, as messages beside the fields of a form."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction


class ConstraintViolated(ValidationError, IntegrityError):
    """A constraint refused a record: an error of the database in words that forms and the API can show."""


class ConstraintsInWords(models.Model):
    """A row whose constraints say beside the field what is wrong."""

    #: Fields that count although no form has them.
    always_checked: ClassVar[frozenset[str]] = frozenset()

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        """Store the row. Raises ConstraintViolated for what a constraint refuses, also where another process has
        stored what it conflicts with since that was checked."""
        try:
            with transaction.atomic():
                super().save(*args, **options)
        except IntegrityError as error:
            if found := violations(self, ()):
                raise ConstraintViolated(found) from error
            raise

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Raise ValidationError with each message beside the field that a person can change."""
        if found := violations(self, set(exclude or ()) - self.always_checked):
            raise ValidationError(found)


def violations(record: models.Model, exclude: Collection[str]) -> dict[str, list[str]]:
    """Return by field what the constraints of its model refuse. What needs an excluded field is not
    asked; a message that belongs to no other field stands under NON_FIELD_ERRORS."""
    found: dict[str, list[str]] = {}
    for model, constraints in record.get_constraints():
        for constraint in constraints:
            try:
                constraint.validate(model, record, exclude=set(exclude))
            except ValidationError as error:
                names = fields_of(model, constraint)
                place = next((name for name in names if name not in exclude), NON_FIELD_ERRORS)
                found.setdefault(place, []).extend(messages(model, constraint, names, error))
    return found


def fields_of(model: type[models.Model], constraint: models.BaseConstraint) -> list[str]:
    """Return the fields that a person can change to satisfy a constraint, the likeliest first: of an end that comes
    after its start, the end."""
    condition: Any = getattr(constraint, "condition", None)
    named = set(condition.referenced_base_fields) if condition else set()
    order = [field.name for field in reversed(model._meta.concrete_fields)]
    return unique_fields(constraint) or [name for name in order if name in named]


def unique_fields(constraint: models.BaseConstraint) -> list[str]:
    return [name for name in getattr(constraint, "fields", ()) if name != "source"]


def messages(
    model: type[models.Model],
    constraint: models.BaseConstraint,
    names: list[str],
    error: ValidationError,
) -> list[str]:
    """Return the constraint's own message, where it has one (`violation_error_message`)."""
    if constraint.violation_error_message != constraint.default_violation_error_message:
        return error.messages
    if isinstance(constraint, models.UniqueConstraint):
        words = words_for(model, unique_fields(constraint))
        same = f"a record with this {' and '.join(words)}" if words else "such a record"
        return [f"There is already {same}."]
    others = " and ".join(f'"{word}"' for word in words_for(model, names[1:]))
    return [f"This does not fit {others}." if others else "This value is not possible."]


def words_for(model: type[models.Model], names: list[str]) -> list[str]:
    columns = {field.name: field for field in model._meta.concrete_fields}
    return [str(columns[name].verbose_name) for name in names]
