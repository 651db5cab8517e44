"""What is said beside the diary: each sentence by its rule."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from lifetracker.models.preferences import Preferences, shown_with
from nutrition.amount_words import kcal_words
from nutrition.eaten_days import EatenDay
from nutrition.energy_balance import Expenditure, Lack, Whoop
from nutrition.facts import facts_of
from nutrition.number_fields import AmountField, NumberField
from nutrition.nutrients import Amounts, total_of
from nutrition.standing import standings_of
from nutrition.used_words import figure_sentence, lack_words, used_words
from nutrition.week import WeekDay, sentence_of, week_words

#: A Friday.
FIRST = date(2026, 11, 20)


def eaten(
    kcal: float | None, protein: float | None = 100, *, done: bool = True, **at_least: Any
) -> EatenDay:
    known = {"kcal": kcal, "protein": protein}
    amounts = Amounts({name: one for name, one in known.items() if one is not None}, **at_least)
    return EatenDay(amounts, done, None, None)


def week(
    *days: EatenDay | None, today: int | None = None, target: float | None = 1950
) -> list[WeekDay]:
    return [
        WeekDay(FIRST + timedelta(days=at), one, target, at == today) for at, one in enumerate(days)
    ]


FASTING = EatenDay(total_of([]), True, None, None)
PARTLY = eaten(1200, at_least=frozenset({"kcal"}))
OPEN = eaten(780, 31, done=False)


# --- Seven days -----------------------------------------------------------------------------------


def test_the_mean_is_that_of_complete_days() -> None:
    days = week(eaten(1893, 103), eaten(2240, 96), OPEN, eaten(1978, 101), eaten(1842, 112),
                eaten(2011, 108), eaten(1712, 86, done=False), today=6)  # fmt: skip
    assert [day.words for day in days] == [
        "1,893",
        "2,240",
        "780+",
        "1,978",
        "1,842",
        "2,011",
        "1,712",
    ]
    assert [day.state for day in days] == ["whole", "whole", "part", *["whole"] * 3, "open"]
    words = week_words(days)
    assert (words.days, words.mean) == ("5 complete days", "1,993 kcal, 104 g protein")
    assert words.rest == "Sunday is not complete and today is still open: the mean leaves them out."
    assert sentence_of(days) == (
        "Energy of seven days: mean of 5 complete days 1,993 kcal, 104 g protein, target 1,950 kcal"
    )


@pytest.mark.parametrize(
    ("days", "rest"),
    [
        ([eaten(2000)] * 7, ""),
        ([*[eaten(2000)] * 6, None], "Thursday is not complete: the mean leaves it out."),
        ([OPEN, None, *[eaten(2000)] * 5], "Friday and Saturday are not complete: the mean leaves them out."),
        ([OPEN, None, OPEN, *[eaten(2000)] * 4], "3 days are not complete: the mean leaves them out."),
        ([PARTLY, *[eaten(2000)] * 6], "Part of Friday is not known: the mean leaves it out."),
        (
            [PARTLY, PARTLY, OPEN, *[eaten(2000)] * 4],
            "Sunday is not complete and part of Friday and Saturday is not known: the mean leaves them out.",
        ),
    ],
)  # fmt: skip
def test_what_is_in_no_mean_is_said(days: list[EatenDay | None], rest: str) -> None:
    assert week_words(week(*days)).rest == rest


def test_today_alone_is_still_open() -> None:
    days = week(*[eaten(2000)] * 6, None, today=6)
    assert week_words(days).rest == "Today is still open: the mean leaves it out."
    assert days[6].words == "\N{EN DASH}"


def test_without_a_complete_day_there_is_no_mean() -> None:
    words = week_words(week(OPEN, *[None] * 6))
    assert words == ("", "", "None of these days is complete, so there is no mean yet.")
    assert sentence_of(week(OPEN, None, target=None)) == "Energy of seven days: no day is complete"


def test_a_day_of_fasting_counts() -> None:
    days = week(FASTING, eaten(2000))
    assert [(day.words, day.state) for day in days] == [("0", "whole"), ("2,000", "whole")]
    assert week_words(days).mean == "1,000 kcal, 50 g protein"


def test_one_day_is_one_day_and_its_protein_may_be_unknown() -> None:
    words = week_words(week(eaten(2000, None)))
    assert (words.days, words.mean) == ("1 complete day", "2,000 kcal")


def test_of_what_is_known_in_part_there_may_be_more() -> None:
    (partly,) = week(PARTLY)
    assert (partly.words, partly.state) == ("1,200+", "part")
    so_far = WeekDay(FIRST, eaten(500, done=False, at_least=frozenset({"kcal"})), None, True)
    assert (so_far.words, so_far.state) == ("500+", "open")
    nothing = WeekDay(FIRST, eaten(None), None, False)
    assert (nothing.words, nothing.kcal) == ("\N{EN DASH}", None)


def test_several_targets_are_named() -> None:
    days = [*week(eaten(2000), target=1950), *week(eaten(2000), target=2300)]
    assert sentence_of(days).endswith("target 1,950 and 2,300 kcal")


# --- What is used ---------------------------------------------------------------------------------


def used(**about: Any) -> Expenditure:
    made: dict[str, Any] = {
        "day": FIRST,
        "kcal": 2010,
        "error": 70 / 1.96,
        "days": 22,
        "slope": 0.04 / 7,
    }
    return Expenditure(**made | about)


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ({}, "From 22 complete days of the last 28 and your weight, which went up 0.04 kg a week."),
        ({"slope": -0.05}, "From 22 complete days of the last 28 and your weight, which went down 0.35 kg a week."),
        ({"slope": 0.0005}, "From 22 complete days of the last 28 and your weight, which stayed level."),
    ],
)  # fmt: skip
def test_it_says_what_it_is_made_of(about: dict[str, Any], words: str) -> None:
    assert used_words(used(**about)) == words


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ({"left_out": 1}, "One more is left out: what you eat had just changed much."),
        ({"left_out": 7}, "7 more are left out: what you eat had just changed much."),
        ({"whoop": Whoop(2180, 22)}, "WHOOP reads 8 % high for you: 2,180 kcal on the same days."),
        ({"whoop": Whoop(1809, 22)}, "WHOOP reads 10 % low for you: 1,809 kcal on the same days."),
        ({"whoop": Whoop(2060, 22)}, "WHOOP says 2,060 kcal on the same days, which the band allows."),
        ({"whoop": Whoop(2015, 22), "error": 2}, "WHOOP reads a little high for you: 2,015 kcal on the same days."),
    ],
)  # fmt: skip
def test_it_says_what_is_left_out_and_how_whoop_lies_to_it(
    about: dict[str, Any], words: str
) -> None:
    assert used_words(used(**about)) == f"{used_words(used())} {words}"


def test_weights_are_said_as_their_owner_reads_them() -> None:
    with shown_with(Preferences(mass="lb")):
        assert "went up 0.09 lb a week" in used_words(used())


@pytest.mark.parametrize(
    ("lack", "words"),
    [
        (Lack(9, 28, False), "Not enough days yet: 9 of the last 28 are complete, and it takes 14."),
        (Lack(20, 28, True), "What you eat has changed much."),
        (Lack(20, 8, False), "Not enough weigh-ins yet: 8 of the last 28 days have one, and it takes 10."),
        (Lack(20, 12, False), "Your weigh-ins lie too close together: they have to span 21 of the last 28 days."),
    ],
)  # fmt: skip
def test_what_is_missing_is_said(lack: Lack, words: str) -> None:
    assert lack_words(lack).startswith(words)
    assert figure_sentence(None, lack) == f"Energy used. {lack_words(lack)}"


def test_the_chart_is_never_named_without_the_band() -> None:
    said = figure_sentence(used(), Lack(22, 28, True))
    assert said == "Energy used: 2,010 kcal a day, between 1,940 and 2,080"


def test_the_other_unit_of_what_is_known_in_part_is_the_least_as_well() -> None:
    known = {"kcal": 75, "salt": 0.5}
    beside = {one.name: one.beside for one in facts_of(Amounts(known, frozenset(known)))}
    assert (beside["Energy"], beside["Salt"]) == ("at least 314 kJ", "at least 0.20 g sodium")
    whole = {one.name: one.beside for one in facts_of(Amounts(known))}
    assert (whole["Energy"], whole["Salt"], whole["Fat"]) == ("314 kJ", "0.20 g sodium", "")


def test_an_amount_that_cannot_be_names_its_limits() -> None:
    with pytest.raises(ValidationError, match="above 0 and of at most 100,000, such as"):
        AmountField().clean("99999999")


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1.5", 1.5),
        ("1,5", 1.5),
        (" 1/2 ", 0.5),
        ("1 ½", 1.5),
        ("1,250", 1250),
        ("1.250,5", 1250.5),
    ],
)
def test_numbers_and_amounts_are_read_alike(typed: str, number: float) -> None:
    assert NumberField().clean(typed) == AmountField().clean(typed) == number


@pytest.mark.parametrize(
    "typed", ["much", "1 2", "1e3", "\N{ARABIC-INDIC DIGIT FIVE}", "-5", "1/0"]
)
def test_what_is_no_number_is_neither(typed: str) -> None:
    for field in (NumberField, AmountField):
        with pytest.raises(ValidationError):
            field().clean(typed)


def test_sums_are_of_unrounded_parts_and_shown_with_as_many_digits() -> None:
    part = Amounts({"kcal": 12.4})
    whole = total_of([part, part])
    assert [kcal_words(one) for one in (part, part, whole)] == ["12", "12", "25"]
    # The meal and the day, which are made of the same parts, agree to the digit.
    half = total_of([Amounts({"kcal": 12.25}), Amounts({"kcal": 12.25})])
    for one in (whole, half):
        assert standings_of(one, {})[0].words == kcal_words(one)
