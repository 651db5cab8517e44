"""Undoing a change of something eaten: what it was before goes along with the button, signed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.db import transaction
from django.urls import reverse

from nutrition.diary import for_change
from nutrition.models import MealItem
from nutrition.nutrients import COLUMNS

SALT = "nutrition.item"
#: What a change may touch.
CHANGED = ("name", "amount", "unit", "size", *COLUMNS, "further", "at_least")

State = dict[str, Any]


def state_of(item: MealItem) -> State:
    return {name: getattr(item, name) for name in CHANGED}


def undo_change_address(item: MealItem, before: State) -> str:
    """Return where the button sends to that writes back what an item was before."""
    signed = signing.dumps([item.pk, before], salt=SALT, compress=True)
    page = reverse("nutrition-item-put-back", args=[item.pk])
    return f"{page}?{urlencode({'before': signed})}"


@transaction.atomic
def put_back(pk: int, signed: str) -> MealItem:
    """Give an item what it had before a change. Raises MealItem.DoesNotExist, also for what was not signed for it."""
    try:
        signed_for, before = signing.loads(signed, salt=SALT)
    except signing.BadSignature:
        raise MealItem.DoesNotExist from None
    if signed_for != pk:
        raise MealItem.DoesNotExist
    item = for_change(pk)
    for name in CHANGED:
        setattr(item, name, before[name])
    item.save()
    return item
