"""Weights and distances in the units that the owner chose."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.template import Context, Template

from goals.words import amount
from lifetracker.models.preferences import Preferences, shown_with
from lifetracker.web import units

pytestmark = pytest.mark.one_database


@contextmanager
def american() -> Iterator[None]:
    with shown_with(Preferences(mass="lb", distance="mi", clock=12, first_weekday=6)):
        yield


@pytest.mark.parametrize(
    ("kg", "metric", "pounds"),
    [
        (65.3, "65.3 kg", "144.0 lb"),
        (Decimal("65.3170"), "65.3 kg", "144.0 lb"),
        (0, "0.0 kg", "0.0 lb"),
        (0.45359237, "0.5 kg", "1.0 lb"),
        (999, "999.0 kg", "2,202.4 lb"),
        (-0.01, "0.0 kg", "0.0 lb"),
    ],
)
def test_a_weight(kg: float, metric: str, pounds: str) -> None:
    assert units.mass(kg) == metric
    with american():
        assert units.mass(kg) == pounds
        assert units.mass_figure(kg) == tuple(pounds.split())


def test_a_difference_of_weights() -> None:
    assert units.mass_change(0.25) == "+0.25 kg"
    assert units.mass_change(-0.04, 1) == "0.0 kg"
    with american():
        assert units.mass_change(0.25) == "+0.55 lb"
        assert units.mass_change(-1) == "\N{MINUS SIGN}2.20 lb"
        assert units.mass_change(0) == "0.00 lb"


@pytest.mark.parametrize(
    ("meters", "metric", "miles"),
    [
        (5150, "5.2 km", "3.2 mi"),
        (1609.344, "1.6 km", "1.0 mi"),
        (42_195, "42.2 km", "26.2 mi"),
        (400, "0.4 km", "0.2 mi"),
        (0, "0.0 km", "0.0 mi"),
        (2_000_000, "2,000.0 km", "1,242.7 mi"),
    ],
)
def test_a_distance(meters: float, metric: str, miles: str) -> None:
    assert units.distance(meters) == metric
    with american():
        assert units.distance(meters) == miles
        assert units.distance_figure(meters) == tuple(miles.split())


def test_numbers_of_axes_and_of_any_unit() -> None:
    assert (units.mass_value(65.3), units.distance_value(5150)) == (65.3, 5.15)
    assert units.in_chosen_unit(65.3, "kg") == (65.3, "kg")
    with american():
        assert units.mass_value(65.3) == pytest.approx(143.9619)
        assert units.distance_value(5150) == pytest.approx(3.200062)
        assert units.in_chosen_unit(0.5, "kg a week") == pytest.approx(
            (1.1023, "lb a week"), abs=1e-4
        )
        assert units.in_chosen_unit(10, "km") == pytest.approx((6.2137, "mi"), abs=1e-4)
        assert units.in_chosen_unit(7.5, "h") == (7.5, "h")
        assert [units.chosen_unit(unit) for unit in ("kg", "km", "%", "")] == ["lb", "mi", "%", ""]
        assert amount(63, "kg") == "138.9 lb"
        assert amount(0.17, "kg") == "0.37 lb"
        assert amount(63, "min") == "63 min"


@pytest.mark.parametrize(
    ("typed", "in_kg", "in_lb"),
    [
        ("65.3", 65.3, 29.62),
        (" 65,3 ", 65.3, 29.62),
        ("65.3 kg", 65.3, 65.3),
        ("144 lb", 65.317, 65.317),
        ("144.0LBS", 65.317, 65.317),
    ],
)
def test_a_weight_as_it_is_typed(typed: str, in_kg: float, in_lb: float) -> None:
    assert units.typed_mass(typed) == in_kg
    with american():
        assert units.typed_mass(typed) == in_lb


@pytest.mark.parametrize(
    "typed", ["", "heavy", "65.3.1", "1e5", "65 stone", "nan", "٦٥ kg kg", "6 5"]
)
def test_what_is_no_weight(typed: str) -> None:
    with pytest.raises(ValueError, match=r"is not a weight such as 65\.3 kg"):
        units.typed_mass(typed)


def test_what_stands_in_a_field_is_read_as_the_same_weight() -> None:
    assert units.mass_to_type(65.3) == "65.3"
    assert units.mass_to_type(Decimal("65.3100")) == "65.31"
    with american():
        assert units.mass_to_type(65.317) == "144.0"
        for grams in range(65_000, 65_400):
            assert units.typed_mass(units.mass_to_type(grams / 1000)) == grams / 1000


class WeightForm(forms.Form):
    weight = units.MassField(min_value=0.5, max_value=999)


def form(**data: Any) -> WeightForm:
    return WeightForm(data, initial={"weight": Decimal("65.3170")})


def test_the_field_of_a_weight() -> None:
    assert 'value="65.317"' in str(WeightForm(initial={"weight": 65.317})["weight"])
    assert form(weight="0,4").errors == {"weight": ["Enter a weight between 0.5 kg and 999.0 kg."]}
    with american():
        shown = WeightForm(initial={"weight": Decimal("65.3170")})
        assert 'value="144.0"' in str(shown["weight"])
        typed = form(weight="150")
        assert typed.is_valid()
        assert typed.cleaned_data == {"weight": 68.039}
        assert not form(weight="144.0").has_changed()
        assert form(weight="144.1").has_changed()
        wrong = form(weight="a lot")
        assert wrong.errors == {"weight": ["Enter a weight such as 144.0 lb."]}
        assert 'value="a lot"' in str(wrong["weight"]), "nothing typed is lost"
        assert form(weight="9999").errors == {
            "weight": ["Enter a weight between 1.1 lb and 2,202.4 lb."]
        }
        assert form(weight="").errors == {"weight": ["This field is required."]}


def test_the_filters_of_templates() -> None:
    text = "{% load human %}{{ kg|mass }}, {{ kg|mass_change }}, {{ m|distance }}, {{ kg|mass_figure }}"
    page = Template(text)
    values = Context({"kg": 65.3, "m": 5150})
    assert page.render(values) == "65.3 kg, +65.30 kg, 5.2 km, 65.3<small> kg</small>"
    with american():
        assert page.render(values) == "144.0 lb, +143.96 lb, 3.2 mi, 144.0<small> lb</small>"
