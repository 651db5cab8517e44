"""Bar codes, by the examples of Open Food Facts' documentation and of real packages."""

from __future__ import annotations

import pytest

from nutrition.barcodes import (
    check_digit,
    digits_of,
    expanded,
    forms_of,
    has_valid_check_digit,
    is_in_store,
    normalized,
)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("034000470693", "0034000470693"),
        ("0000096385074", "96385074"),
        ("12345", "00012345"),
        ("123456789", "0000123456789"),
        ("004006381333931", "4006381333931"),
        ("98765432109876", "98765432109876"),
    ],
)
def test_numbers_have_one_form(typed: str, stored: str) -> None:
    assert normalized(typed) == stored
    assert normalized(stored) == stored


@pytest.mark.parametrize(
    ("body", "digit"),
    [("400638133393", 1), ("301762042200", 3), ("9638507", 4), ("03600029145", 2)],
)
def test_check_digits(body: str, digit: int) -> None:
    assert check_digit(body) == digit
    assert has_valid_check_digit(f"{body}{digit}")
    assert not has_valid_check_digit(f"{body}{(digit + 1) % 10}")


@pytest.mark.parametrize(
    ("short", "whole"),
    [("04252614", "042100005264"), ("06420680", "064206000080"), ("96385074", ""), ("123", "")],
)
def test_short_codes_have_a_long_form(short: str, whole: str) -> None:
    assert expanded(short) == whole


def test_both_forms_are_looked_for() -> None:
    assert forms_of("06420680") == ["06420680", "0064206000080"]
    assert forms_of("4006381333931") == ["4006381333931"]


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        (" 4006381-333931 ", "4006381333931"),
        ("123", ""),
        ("1" * 25, ""),
        ("skyr", ""),
        ("٤٠٠٦٣٨١", ""),
    ],
)
def test_what_is_a_code(typed: str, digits: str) -> None:
    assert digits_of(typed) == digits


def test_codes_of_a_shop() -> None:
    assert is_in_store("2012345678900")
    assert is_in_store("0212345678900")
    assert not is_in_store("4006381333931")
    assert not is_in_store("20123456")
