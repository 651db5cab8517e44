"""The lane of meals in the day chart."""

from __future__ import annotations

from lifetracker.web.cards import Visit
from lifetracker.web.charts.day import DayLane, Mark, Stretch
from lifetracker.web.lanes import UNKNOWN, LaneOfDay
from lifetracker.web.sentences import time_beside
from lifetracker.words import counted
from nutrition.amount_words import kcal_words
from nutrition.day_address import day_address
from nutrition.day_data import FoodOfDay, MealOfDay, food_of_day


def meal_lane(visit: Visit, stretch: Stretch) -> LaneOfDay | None:
    """Return the lane; None for who keeps no diary."""
    found = visit.once(food_of_day)
    if not found.is_kept:
        return None
    words = lane_words(found, visit)
    marks = [mark_of(one, visit) for one in found.meals if one.is_timed and one.at >= stretch.start]
    drawn = DayLane("Meals", "ink", words, marks, "tick", day_address(visit.day, visit.today))
    return LaneOfDay(drawn, f"Meals: {words}.")


def lane_words(found: FoodOfDay, visit: Visit) -> str:
    """Return how many meals there were; where nothing is written down, `none` only of a day that is complete."""
    if found.own:
        return counted(len(found.own), "meal")
    if found.is_complete:
        return "none"
    return UNKNOWN if visit.is_past else "none yet"


def mark_of(one: MealOfDay, visit: Visit) -> Mark:
    energy = "" if one.amounts["kcal"] is None else f", {kcal_words(one.amounts)} kcal"
    href = day_address(one.date, visit.today)
    return Mark(
        one.at, one.at, f"{one.name}{energy}", begun=time_beside(one.at, visit.day), href=href
    )
