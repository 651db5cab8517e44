"""The tables of the apps: how each is known by its header, and what its rows mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import NamedTuple

from lifetracker.sync.tables import Row, Table, Unreadable, shown
from nutrition.diary_import.cells import (
    ISO_DATE,
    US_DATE,
    NutrientColumn,
    amounts_in,
    clock,
    day_in,
    number,
    nutrient_columns,
    size_of,
)
from nutrition.diary_import.entries import DayEnd, Diary, Eaten, Options
from nutrition.models import DIARIES
from nutrition.plausibility import MACROS

MY_FITNESS_PAL, CRONOMETER, MACRO_FACTOR, LOSE_IT = DIARIES
LONGEST_NAME = 400
LONGEST_UNIT = 40
MOST_RAW = 200


class Format(NamedTuple):
    """A table that is understood. `is_header_of`: whether a table with such a header is one."""

    source: str
    about: str
    is_header_of: Callable[[Table], bool]
    read: Callable[[Table, Diary, Options], None]

    def diary(self, table: Table, options: Options) -> Diary:
        diary = Diary(self.source, self.about)
        self.read(table, diary, options)
        return diary


def format_of(table: Table) -> Format | None:
    """Return which table it is, by its header; None for another one."""
    return next((one for one in FORMATS if one.is_header_of(table)), None)


def foreign_table(table: Table) -> str:
    """Return what a table of these apps is that holds no meals; empty for any other."""
    return next((what for needed, what in WITHOUT_MEALS if needed <= table.names), "")


@contextmanager
def refusing(diary: Diary, row: Row, day: date | None) -> Iterator[None]:
    """List a row that cannot be read as rejected."""
    try:
        yield
    except Unreadable as error:
        diary.refuse(row.where, str(error), raw_of(row), day)


def raw_of(row: Row) -> dict[str, str]:
    return {name: cell[:MOST_RAW] for name, cell in row.cells.items() if cell.strip()}


def days_of(
    table: Table,
    diary: Diary,
    now: datetime,
    *columns: str,
    pattern: re.Pattern[str] = ISO_DATE,
) -> Iterator[tuple[Row, date]]:
    """Yield the rows with their days; the first of these columns has it. What has none is rejected."""
    column = next(name for name in columns if name in table.names)
    for row in table.rows():
        if row[column].casefold() in {"total", "totals"}:
            diary.skip("totals")
            continue
        with refusing(diary, row, None):
            yield row, day_in(row[column], now, pattern)


def amount_and_unit(text: str) -> tuple[float, str, float | None]:
    """Return what `58.00 g`, `3 large` and `8.00 fl oz` say: how much, of what, and in g if that is known."""
    digits, _, unit = text.strip().partition(" ")
    amount = number(digits, "Amount")
    if not amount:
        raise Unreadable(f"Amount is {shown(text)}, which is not an amount")
    unit = unit.strip() or "portion"
    return amount, unit[:LONGEST_UNIT], size_of(amount, unit)


def remark_fibre(columns: list[NutrientColumn], diary: Diary, app: str) -> None:
    """Say what stands in the carbohydrate, if there is any."""
    if any(one.column == "carbohydrate" for one in columns):
        diary.remark(f"Carbohydrate of {app} includes fibre where its labels do.")


# --- MyFitnessPal ---------------------------------------------------------------------------------

IN_GRAMS = {
    "saturated fat",
    "polyunsaturated fat",
    "monounsaturated fat",
    "trans fat",
    "fiber",
    "sugar",
}


def read_my_fitness_pal(table: Table, diary: Diary, options: Options) -> None:
    """One row for each meal, without its foods. 0 is what nobody has entered, but for the energy."""
    columns = nutrient_columns(table.header, IN_GRAMS)
    remark_fibre(columns, diary, MY_FITNESS_PAL)
    for row, day in days_of(table, diary, options.now, "date"):
        meal = row["meal"] or "Meal"
        if meal.casefold() in {"total", "totals"}:
            diary.skip("totals")
            continue
        with refusing(diary, row, day):
            amounts = amounts_in(row, columns, zero_is_unknown=True)
            if not amounts:
                diary.skip("rows without a value")
                continue
            name = f"{meal[: LONGEST_NAME - 20]} ({MY_FITNESS_PAL})"
            diary.eaten.append(
                Eaten(row.where, day, meal, name, amounts, raw_of(row), note=row["note"])
            )


# --- Cronometer -----------------------------------------------------------------------------------


WITH_FIBRE = "Carbohydrate with fibre (g)"


def cronometer_columns(table: Table) -> list[NutrientColumn]:
    """Return its nutrients. Its carbohydrates have the fibre in them; the net ones do not."""
    found = nutrient_columns(table.header)
    if "net carbs (g)" in table.names:
        return found
    return [
        one._replace(column=WITH_FIBRE) if one.column == "carbohydrate" else one for one in found
    ]


def without_fibre(amounts: dict[str, float], diary: Diary) -> dict[str, float]:
    """Return the amounts with the carbohydrate that is not fibre, as far as it can be told."""
    if "carbohydrate" in amounts or WITH_FIBRE not in amounts:
        return amounts
    net = amounts[WITH_FIBRE] - amounts["fibre"] if "fibre" in amounts else -1
    if net < 0:
        diary.remark(
            f"Carbohydrate of {CRONOMETER} includes fibre. Where the file does not say how much, or names more fibre than "
            "carbohydrate, carbohydrate is not known."
        )
        return amounts
    return amounts | {"carbohydrate": round(net, 6)}


def read_servings(table: Table, diary: Diary, options: Options) -> None:
    """One row for each food, with or without its time."""
    columns = cronometer_columns(table)
    for row, day in days_of(table, diary, options.now, "day", "date"):
        with refusing(diary, row, day):
            amount, unit, size = amount_and_unit(row["amount"])
            diary.eaten.append(
                Eaten(
                    row.where,
                    day,
                    row["group"],
                    (row["food name"] or "Food")[:LONGEST_NAME],
                    without_fibre(amounts_in(row, columns), diary),
                    raw_of(row),
                    at=clock(row["time"]),
                    amount=amount,
                    unit=unit,
                    size=size,
                )
            )


def read_daily_summary(table: Table, diary: Diary, options: Options) -> None:
    """One row for each day, which says whether all of it is written down. Its values are those of the servings."""
    energies = [one for one in nutrient_columns(table.header) if one.column == "kcal"]
    for row, day in days_of(table, diary, options.now, "date", "day"):
        with refusing(diary, row, day):
            said = row["completed"].casefold()
            if said not in YES | NO:
                raise Unreadable(f"Completed is {shown(row['completed'])}, neither true nor false")
            diary.days[day] = DayEnd(said in YES, amounts_in(row, energies).get("kcal"))


YES, NO = {"true", "yes", "1"}, {"false", "no", "0", ""}

# --- MacroFactor ----------------------------------------------------------------------------------


def read_macro_factor(table: Table, diary: Diary, options: Options) -> None:
    """One row for each day, with what all of it comes to. A day of nothing but 0 was not logged."""
    columns = nutrient_columns(table.header, {"protein", "fat", "carbs", "fiber"})
    for row, day in days_of(table, diary, options.now, "date"):
        with refusing(diary, row, day):
            amounts = amounts_in(row, columns)
            if not any(amounts.values()):
                diary.skip("days without a value")
                continue
            name = f"All of the day ({MACRO_FACTOR})"
            diary.eaten.append(Eaten(row.where, day, "", name, amounts, raw_of(row)))


# --- Lose It! -------------------------------------------------------------------------------------


def read_lose_it(table: Table, diary: Diary, options: Options) -> None:
    """One row for each food, also of those that were deleted, and of exercise."""
    columns = nutrient_columns(table.header)
    remark_fibre(columns, diary, "Lose It!")
    dates = ("date", "date (mm/dd/yyyy)")
    for row, day in days_of(table, diary, options.now, *dates, pattern=US_DATE):
        if row["deleted"].casefold() in YES:
            diary.skip("deleted rows")
            continue
        if "exercise" in row["type"].casefold():
            diary.skip("rows of exercise")
            continue
        with refusing(diary, row, day):
            amount = number(row["quantity"], "Quantity") or 1
            unit = (row["units"] or "portion")[:LONGEST_UNIT]
            diary.eaten.append(
                Eaten(
                    row.where,
                    day,
                    row["type"],
                    (row["name"] or "Food")[:LONGEST_NAME],
                    amounts_in(row, columns),
                    raw_of(row),
                    amount=amount,
                    unit=unit,
                    size=size_of(amount, unit),
                )
            )


# --- All of them ----------------------------------------------------------------------------------


def with_columns(*needed: str) -> Callable[[Table], bool]:
    return lambda table: table.names.issuperset(needed)


def has_daily_totals(table: Table) -> bool:
    """Return whether it may be a sheet of MacroFactor, whose names vary: its energy and all three of protein, carbohydrate
    and fat, by the day."""
    if "date" not in table.names or "net carbs (g)" in table.names:
        return False
    found = {one.column for one in nutrient_columns(table.header)}
    return found.issuperset(("kcal", *MACROS))


FORMATS = (
    Format(
        MY_FITNESS_PAL,
        "the meals of MyFitnessPal",
        with_columns("date", "meal", "calories"),
        read_my_fitness_pal,
    ),
    Format(
        CRONOMETER,
        "the servings of Cronometer",
        with_columns("day", "food name", "amount"),
        read_servings,
    ),
    Format(
        CRONOMETER,
        "the daily summary of Cronometer",
        with_columns("date", "completed"),
        read_daily_summary,
    ),
    Format(
        LOSE_IT,
        "the food log that Lose It! exports",
        with_columns("name", "type", "quantity", "units", "calories", "deleted"),
        read_lose_it,
    ),
    Format(MACRO_FACTOR, "the days of MacroFactor", has_daily_totals, read_macro_factor),
)
#: Of the same apps, in the same exports.
WITHOUT_MEALS = (
    (frozenset({"date", "exercise", "type"}), "a list of exercise"),
    (frozenset({"date", "weight"}), "a list of weights"),
    (frozenset({"day", "exercise"}), "a list of exercise"),
    (frozenset({"day", "metric", "unit", "amount"}), "a list of biometrics"),
    (frozenset({"day", "note"}), "a list of notes"),
)
