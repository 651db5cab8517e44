"""Charts of what is counted: the steps of a year and of hours, parts of a whole, and columns up and down."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from lifetracker.days import days_from
from lifetracker.web.charts.columns import opposed_columns
from lifetracker.web.charts.hours import hour_grid
from lifetracker.web.charts.parts import Share, parts_bar, shares_of
from lifetracker.web.charts.steps import Steps
from lifetracker.web.charts.year import Count, step_legend, year_calendar
from tests.lifetracker.web.reading import HOSTILE, links, names, parsed, with_class, words

pytestmark = pytest.mark.one_database

LAST = date(2026, 9, 16)


def year(counts: dict[date, int | None], days: int = 365) -> list[Count]:
    return [
        Count(day, counts.get(day, 0), f"/day/{day}", f"{day}: {HOSTILE}")
        for day in days_from(LAST - timedelta(days=days - 1), LAST)
    ]


# --- Steps ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ([], ["1", "2", "3", "4 and more"]),
        ([1, 1, 1], ["1", "2", "3", "4 and more"]),
        ([1, 2, 2, 3, 3, 4, 5, 5, 6, 9], ["1 to 2", "3 to 4", "5 to 6", "7 and more"]),
        ([1_000] * 10 + [9_000], ["1 to 1,000", "1,001", "1,002", "1,003 and more"]),
    ],
)
def test_steps_go_by_the_counts(counts: list[int], said: list[str]) -> None:
    assert Steps(counts).words() == said


def test_each_count_is_in_the_step_that_says_so() -> None:
    steps = Steps([1, 2, 2, 3, 3, 4, 5, 5, 6, 9])
    assert [steps.of(count) for count in (0, 1, 2, 3, 4, 5, 6, 7, 99)] == [
        0,
        1,
        1,
        2,
        2,
        3,
        3,
        4,
        4,
    ]
    assert steps.fill(0) == "f-sunken"
    assert steps.fill(7) == "f-step-4"


# --- A year ---------------------------------------------------------------------------------------


def test_each_day_is_a_cell_that_opens_it() -> None:
    days = year({LAST: 3, LAST - timedelta(days=9): None})
    steps = Steps([3])
    root = parsed(year_calendar(days, steps, sentence="Commits", today=LAST))
    assert links(root) == [f"/day/{one.day}" for one in days]
    assert len(with_class(root, "f-none")) == 1
    assert len(with_class(root, "ringed")) == 1
    assert len(with_class(root, "f-sunken")) == 363
    assert names(root) == [
        "Commits, 17 September 2025 to 22 March 2026",
        "Commits, 23 March 2026 to 16 September 2026",
    ]
    keys = ["".join(one.itertext()) for one in parsed(step_legend(days, steps)).iter("li")]
    assert keys == ["none 363", "1 to 3 1", "4 0", "5 0", "6 and more 0", "not known 1"]


def test_mondays_are_at_the_top_and_months_over_their_first_week() -> None:
    root = parsed(year_calendar(year({}), Steps([]), sentence="Commits"))
    first = with_class(root, "f-sunken")[0]
    # A Wednesday.
    assert (first.attrib["x"], first.attrib["y"]) == ("0", "62")
    assert [one.text for one in root.iter("text")][:4] == ["Oct", "Nov", "Dec", "Jan"]


def test_a_few_days_are_one_drawing() -> None:
    root = parsed(year_calendar(year({}, days=3), Steps([]), sentence="Commits"))
    assert len(names(root)) == 1


# --- Hours ----------------------------------------------------------------------------------------


def test_each_hour_of_the_week_is_a_cell() -> None:
    counts = [[0] * 24 for _ in range(7)]
    counts[2][9] = 5
    root = parsed(hour_grid(counts, Steps([5]), sentence=HOSTILE))
    cells = list(root.iter("rect"))
    assert len(cells) == 7 * 24
    (full,) = (one for one in cells if one.attrib["class"] != "f-sunken")
    assert cells.index(full) == 2 * 24 + 9
    assert names(root) == [HOSTILE]
    assert "Mon Tue Wed" in " ".join(one.text or "" for one in root.iter("li"))


# --- Parts ----------------------------------------------------------------------------------------


def test_parts_are_ordered_by_size_and_the_smallest_are_summed() -> None:
    sizes = {"a": 10, "b": 50, "c": 20, "d": 8, "e": 6, "f": 4, "g": 2}
    assert shares_of(sizes) == [
        Share("b", 0.5),
        Share("c", 0.2),
        Share("a", 0.1),
        Share("d", 0.08),
        Share("e", 0.06),
        Share("Other", 0.06),
    ]


def test_six_parts_are_all_named_and_none_is_none() -> None:
    assert [one.name for one in shares_of(dict.fromkeys("abcdef", 1))] == list("abcdef")
    assert shares_of({}) == shares_of({"a": 0}) == []
    assert [one.name for one in shares_of({"a": 1, "b": 0})] == ["a"]


def test_a_bar_of_parts_is_as_wide_as_all_of_them() -> None:
    root = parsed(parts_bar([Share(HOSTILE, 0.75), Share("b", 0.25)], subject="Languages"))
    bars = [one for one in root.iter("rect") if one.attrib["width"].endswith("%")]
    assert [one.attrib["x"] for one in bars] == ["0%", "75%"]
    assert names(root) == [f"Languages: {HOSTILE} 75.0 %, b 25.0 %"]
    assert "75.0 %" in words(root)


# --- Columns up and down --------------------------------------------------------------------------


def test_columns_go_up_and_down_from_zero() -> None:
    days = days_from(LAST - timedelta(days=3), LAST)
    root = parsed(
        opposed_columns(
            [10, 0, None, 5], [5, 0, None, 0], days, sentence="Lines", fills=("work", "code")
        )
    )
    up, down = with_class(root, "f-work"), with_class(root, "f-code")
    assert len(up) == 2
    assert len(down) == 1
    (zero,) = with_class(root, "baseline")
    assert float(up[0].attrib["y"]) + float(up[0].attrib["height"]) == pytest.approx(
        float(zero.attrib["y1"]), abs=0.2
    )
    assert down[0].attrib["y"] == zero.attrib["y1"]
    assert len(with_class(root, "f-none")) == 1


def test_columns_of_nothing_say_so() -> None:
    days = days_from(LAST - timedelta(days=1), LAST)
    root = parsed(
        opposed_columns([None] * 2, [None] * 2, days, sentence="Lines", fills=("work", "code"))
    )
    assert "Nothing is known of these days." in words(root)
    assert not with_class(root, "baseline")
