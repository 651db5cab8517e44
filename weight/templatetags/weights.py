"""How the pages of the weight show values."""

from __future__ import annotations

from decimal import Decimal

from django import template

from lifetracker.models import MANUAL
from lifetracker.web import units
from lifetracker.words import title_of
from weight.models import WeighIn

register = template.Library()
#: So exactly a weigh-in of its own page is written.
EXACT = 2


@register.filter
def exact_mass(kg: Decimal) -> str:
    """`65.32 kg`."""
    return units.mass(kg, EXACT)


@register.simple_tag
def mass_unit() -> str:
    """`kg` or `lb`."""
    return units.mass_unit()


@register.filter
def origin(weigh_in: WeighIn) -> str:
    """`Withings`, or that it was typed in."""
    return "typed in" if weigh_in.source == MANUAL else title_of(weigh_in.source)
