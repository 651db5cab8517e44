"""The metrics of the diary: what was eaten on complete days, and when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from lifetracker.metrics.declaration import EATING, Computed, Known, Metric, Own, Role, Step, Values
from lifetracker.metrics.registry import register_metrics
from nutrition.before_sleep import read_before_sleep
from nutrition.eaten_days import FIRST_MEAL, LAST_MEAL, WINDOW, meals_on, read_eaten
from nutrition.energy_balance import LOOKBACK, expenditures
from nutrition.models import Meal
from nutrition.nutrients import COLUMNS, NUTRIENTS
from whoop.models import WhoopSleep

NOT_COMPLETE = "Not marked complete."
#: The least difference that means something, in the unit of the nutrient.
SMALLEST = {
    "kcal": 50.0,
    "protein": 5.0,
    "carbohydrate": 10.0,
    "sugar": 5.0,
    "fat": 5.0,
    "saturated_fat": 2.0,
    "fibre": 2.0,
    "salt": 0.5,
}
#: What one can eat more of in a day, in the unit of the nutrient.
STEPS = {
    "kcal": 300.0,
    "protein": 20.0,
    "carbohydrate": 50.0,
    "sugar": 20.0,
    "fat": 20.0,
    "saturated_fat": 10.0,
    "fibre": 10.0,
    "salt": 2.0,
}
#: More than anybody eats in a day, in the unit of the nutrient.
MOST = {"kcal": 20_000.0, "salt": 500.0}
MOST_GRAMS = 5_000.0
#: The nutrients that energy comes from.
MACROS = ("protein", "carbohydrate", "fat")


def of_diary(column: int) -> Own:
    return Own(read=read_eaten, column=column, records=meals_on)


diary_metric = partial(Metric, model=Meal, why_open=NOT_COMPLETE, role=Role.ACTION)


def nutrient_metric(column: int) -> Metric:
    nutrient = NUTRIENTS[column]
    parts = MACROS if nutrient.column == "kcal" else (nutrient.whole,) if nutrient.whole else ()
    return diary_metric(
        key=f"nutrition.{nutrient.column}",
        series=of_diary(column),
        label="Energy eaten" if nutrient.column == "kcal" else nutrient.label,
        unit=nutrient.unit,
        decimals=nutrient.decimals,
        smallest=SMALLEST[nutrient.column],
        step=Step(STEPS[nutrient.column], f"{STEPS[nutrient.column]:.0f} {nutrient.unit} more"),
        bounds=(0, MOST.get(nutrient.column, MOST_GRAMS)),
        additive=True,
        parents=tuple(f"nutrition.{name}" for name in parts),
    )


nutrients = {name: nutrient_metric(column) for column, name in enumerate(COLUMNS)}

time_of_meal = partial(
    diary_metric,
    unit="h",
    decimals=2,
    smallest=0.25,
    bounds=(0, 24),
    circular=True,
    step=Step(1.0, "1 hour later"),
)
first_meal = time_of_meal(
    key="nutrition.first_meal", series=of_diary(FIRST_MEAL), label="First meal"
)
last_meal = time_of_meal(key="nutrition.last_meal", series=of_diary(LAST_MEAL), label="Last meal")
# From meal to meal, where `fasting.eating_window` is what lies between two fasts.
eating_window = diary_metric(
    key="nutrition.eating_window",
    step=Step(2.0, "2 hours longer"),
    series=of_diary(WINDOW),
    label="First to last meal",
    unit="h",
    decimals=1,
    smallest=0.5,
    bounds=(0, 25),
    parents=("nutrition.first_meal", "nutrition.last_meal"),
    amount_of=EATING,
)
last_meal_to_sleep = Metric(
    key="nutrition.last_meal_to_sleep",
    before_night=True,
    step=Step(1.0, "1 hour longer"),
    series=Own(
        read=read_before_sleep,
        records=lambda day: WhoopSleep.objects.nights().happened().filter(date=day),
    ),
    model=WhoopSleep,
    label="Last meal to sleep",
    unit="h",
    decimals=1,
    why_open="The day before this night is not marked complete.",
    smallest=0.5,
    bounds=(0, 24),
    role=Role.ACTION,
    known=Known.ON_WAKING,
    parents=("nutrition.last_meal", "whoop.bedtime"),
)


def used(first: date, eaten: Values, weights: Values) -> Values:
    return [one and one.kcal for one in expenditures(first, eaten, weights)]


def band_of_used(first: date, eaten: Values, weights: Values) -> Values:
    return [one and one.band for one in expenditures(first, eaten, weights)]


def of_balance(compute: Callable[[date, Values, Values], Values]) -> Computed:
    inputs = ("nutrition.kcal", "weight.morning")
    return Computed(inputs=inputs, compute=compute, lookback=LOOKBACK)


expenditure = Metric(
    key="nutrition.expenditure",
    series=of_balance(used),
    label="Energy used, by food and weight",
    unit="kcal",
    smallest=50.0,
    bounds=(None, None),
    role=Role.CONTEXT,
)
# No estimate is told without it.
expenditure_band = Metric(
    key="nutrition.expenditure_band",
    series=of_balance(band_of_used),
    label="Energy used, give or take",
    unit="kcal",
    smallest=25.0,
    role=Role.CONTEXT,
    parents=("nutrition.expenditure",),
)

register_metrics(
    *nutrients.values(),
    first_meal,
    last_meal,
    eating_window,
    last_meal_to_sleep,
    expenditure,
    expenditure_band,
)
