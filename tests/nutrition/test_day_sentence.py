"""What the page of a day says first, and what its bullets say, by their rules."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import pytest

from nutrition.amount_words import amount_words
from nutrition.bullets import bullets
from nutrition.day_sentence import Opening, name_of, opening
from nutrition.nutrients import Amounts
from nutrition.standing import left_words, standings_of

# A Friday.
TODAY = date(2026, 11, 27)
THURSDAY = date(2026, 11, 26)
EATEN = {"kcal": 1712.4, "protein": 86.2, "carbohydrate": 171.0, "fat": 69.3}


class Wanted(NamedTuple):
    amount: float
    is_limit: bool = False


TARGETS = {
    "kcal": Wanted(1950, is_limit=True),
    "protein": Wanted(100),
    "carbohydrate": Wanted(240, is_limit=True),
    "fat": Wanted(65, is_limit=True),
}


def said(
    eaten: dict[str, float] | None = None,
    targets: dict[str, Wanted] | None = None,
    day: date = THURSDAY,
    at_least: tuple[str, ...] = (),
    *,
    is_complete: bool = False,
    has_meals: bool = True,
) -> str:
    total = Amounts(EATEN if eaten is None else eaten, frozenset(at_least))
    standings = standings_of(total, TARGETS if targets is None else targets)
    return opening(Opening(day, TODAY, standings, has_meals, is_complete))


def test_a_day_that_is_over_says_how_far_it_is_from_its_targets() -> None:
    assert said() == "1,712 kcal on Thursday, 238 under the target. Protein is 14 g short."
    assert said(day=date(2026, 11, 3)).startswith("1,712 kcal on 3 November, 238 under")
    assert said(day=date(2025, 11, 3)).startswith("1,712 kcal on 3 November 2025, 238 under")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"kcal": 2100.0, "protein": 100.0, "fat": 60.0}, "2,100 kcal on Thursday, 150 over the target."),
        ({"kcal": 1950.3, "protein": 130.0, "fat": 65.0}, "1,950 kcal on Thursday, exactly the target."),
        # The farthest is said: 35 % over beside 14 % short.
        ({"fat": 88.0}, "1,712 kcal on Thursday, 238 under the target. Fat is 23 g over the limit."),
        # Below a limit nothing is missing.
        ({"protein": 101.0, "fat": 1.0}, "1,712 kcal on Thursday, 238 under the target."),
    ],
)  # fmt: skip
def test_what_is_farthest_from_its_target_is_said(changed: dict[str, float], words: str) -> None:
    assert said(EATEN | changed) == words


def test_a_day_that_goes_on_says_so_far() -> None:
    assert said(day=TODAY) == (
        "1,712 kcal so far today, 238 under the target. Protein is 14 g short so far."
    )
    over = said(EATEN | {"fat": 88.0}, day=TODAY)
    assert over == "1,712 kcal so far today, 238 under the target. Fat is 23 g over the limit."
    assert said(day=TODAY, is_complete=True) == (
        "1,712 kcal today, 238 under the target. Protein is 14 g short."
    )


def test_what_is_unknown_in_part_is_said_to_be_at_least_so_much() -> None:
    part = ("kcal", "protein", "fat")
    assert said(at_least=part) == (
        "At least 1,712 kcal on Thursday, at most 238 under the target. Protein is at most 14 g short."
    )
    assert said(EATEN | {"kcal": 2000.0, "fat": 88.0}, at_least=part) == (
        "At least 2,000 kcal on Thursday, at least 50 over the target. Fat is at least 23 g over the limit."
    )
    exact = said(EATEN | {"kcal": 1950.0}, {"kcal": Wanted(1950)}, at_least=part)
    assert exact == "At least 1,950 kcal on Thursday, the target or more."


def test_without_a_target_a_day_says_what_it_was_made_of() -> None:
    assert said(targets={}) == (
        "1,712 kcal on Thursday: 86 g protein, 171 g carbohydrate and 69 g fat."
    )
    part = {"kcal": 350.0, "protein": 3.0}
    assert said(part, {}, at_least=("protein",)) == ("350 kcal on Thursday: at least 3 g protein.")
    assert said({"kcal": 350.0}, {}) == "350 kcal on Thursday."
    assert said({"protein": 3.0}, {}) == "How much energy you ate on Thursday is not known."
    assert said({"protein": 3.0}) == "How much energy you ate on Thursday is not known."
    # One without a target of energy says what there is, whatever else is wanted.
    assert said(targets={"protein": Wanted(100)}).endswith("171 g carbohydrate and 69 g fat.")


def test_a_day_without_meals_is_not_written_down_unless_it_is_complete() -> None:
    assert said({}, day=TODAY, has_meals=False) == "Nothing is written down today yet."
    assert said({}, has_meals=False) == "Nothing is written down for Thursday."
    fast = said({}, has_meals=False, is_complete=True)
    assert fast == "Nothing was eaten on Thursday: a day of fasting."
    today = said({}, day=TODAY, has_meals=False, is_complete=True)
    assert today == "Nothing was eaten today: a day of fasting."


def test_a_day_is_called_by_its_weekday_for_a_week() -> None:
    assert name_of(date(2026, 11, 21), TODAY) == "Saturday"
    assert name_of(date(2026, 11, 20), TODAY) == "20 November"


# --- Bullets --------------------------------------------------------------------------------------


def left(
    eaten: float | None, wanted: Wanted | None, *, is_whole: bool = True, is_over: bool = False
) -> str:
    known = {} if eaten is None else {"fat": eaten}
    total = Amounts(known, frozenset() if is_whole else frozenset({"fat"}))
    one = standings_of(total, {"fat": wanted} if wanted else {})[-1]
    return left_words(one, is_over=is_over)


def test_what_is_left_is_said_in_words() -> None:
    limit, least = Wanted(65, is_limit=True), Wanted(65)
    assert [left(one, limit) for one in (51.0, 65.2, 69.0)] == ["14 g left", "exactly that", "4 g over"]  # fmt: skip
    assert [left(one, least) for one in (51.0, 69.0)] == ["14 g left", "4 g above the target"]
    part = [left(one, limit, is_whole=False) for one in (51.0, 65.0, 69.0)]
    assert part == ["at most 14 g left", "at least that", "at least 4 g over"]
    over = [left(51.0, one, is_over=True) for one in (limit, least)]
    assert over == ["14 g under", "14 g short"]
    assert left(69.0, limit, is_over=True) == "4 g over"
    assert left(51.0, None) == left(None, limit) == ""


def test_the_four_bullets_of_a_day() -> None:
    shown = bullets(standings_of(Amounts(EATEN), TARGETS), is_over=False)
    assert [(one.label, one.value, one.beside, one.left) for one in shown] == [
        ("Energy", "1,712", "of 1,950 kcal", "238 kcal left"),
        ("Protein", "86", "of 100 g", "14 g left"),
        ("Carbohydrate", "171", "of 240 g", "69 g left"),
        ("Fat", "69", "of 65 g", "4 g over"),
    ]
    assert [one.also for one in shown] == ["7,163 kJ so far", "", "", ""]
    assert [one.is_passed for one in shown] == [False, False, False, True]
    # 1,712 of 1,950; and the limit of 65 in 69, all of it in the colour of what is over.
    assert 'width="87.79%"' in shown[0].bar
    assert 'class="f-mid" width="100%"' in shown[3].bar
    assert 'x1="94.2%"' in shown[3].bar


def test_past_a_target_the_bar_has_a_mark_where_that_was() -> None:
    """In ink: more than was wanted is neither good nor bad."""
    bar = bullets(standings_of(Amounts(EATEN), {"protein": Wanted(43)}), is_over=False)[1].bar
    assert 'class="f-ink" width="100%"' in bar
    assert 'x1="50%"' in bar


def test_bullets_without_targets_and_without_numbers() -> None:
    total = Amounts({"kcal": 350.0, "protein": 3.0}, frozenset({"kcal", "protein"}))
    shown = bullets(standings_of(total, {"fat": Wanted(65)}), is_over=True)
    assert [(one.before, one.value, one.beside) for one in shown] == [
        ("at least", "350", "kcal"),
        ("at least", "3", "g"),
        ("", "not known", ""),
        ("", "not known", "of 65 g"),
    ]
    assert shown[0].also == "at least 1,464 kJ"
    assert shown[0].bar == ""
    # Nobody knows how far it is: dotted.
    assert 'class="f-none"' in shown[3].bar


# --- Amounts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "unit", "words"),
    [
        (150, "g", "150 g"), (1250.5, "ml", "1,250.5 ml"), (1, "slice", "1 slice"), (2, "slice", "2 slices"),
        (0.5, "cup", "0.5 cup"), (1.5, "glass", "1.5 glasses"), (2, "Scheibe", "2 \N{MULTIPLICATION SIGN} Scheibe"),
        (1 / 3, "cup", "0.33 cup"), (8, "fl oz", "8 fl oz"), (3, "large", "3 large"), (2, "tbsp", "2 tbsp"),
        (2, "piece", "2 pieces"), (0.5, "portion", "0.5 portion"), (2, "cup", "2 cups"),
    ],
)  # fmt: skip
def test_an_amount_is_said_as_people_say_it(amount: float, unit: str, words: str) -> None:
    assert amount_words(amount, unit) == words
