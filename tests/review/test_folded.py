"""What the page of the review folds away, and how its small charts are drawn."""

from __future__ import annotations

from lifetracker.metrics.registry import metrics
from review.drawing import scale_of
from review.folded import MOST_AT_ONCE, folded
from review.page_parts import shown
from review.sections import Content, Row, Section
from review.usual import Usual
from review.windows import Compared

SECTION = Section("numbers", "Numbers", 10, lambda _: Content())


def rows(number: int, *, is_usual: bool = False) -> list[Row]:
    return [Row(f"Number {at}", f"{at} h", is_usual=is_usual) for at in range(number)]


def compared(key: str, *, usual: Usual | None = None) -> Compared:
    values = [7.0, None, 8.0]
    return Compared(metrics[key], 7.5, 3, 2, False, usual, None, values)


def test_what_is_as_usual_is_one_line() -> None:
    row = Row("Steps", "8,412 a day", known="5 of 7 days", is_usual=True)
    first, (fold,) = folded([*rows(2), row, *rows(2, is_usual=True)])
    assert first == rows(2)
    assert fold.title == "3 numbers about as usual"
    assert fold.words == (
        "3 numbers about as usual: Steps 8,412 a day (5 of 7 days), Number 0 0 h, Number 1 1 h."
    )


def test_a_few_that_are_as_usual_stay() -> None:
    first, folds = folded([*rows(2), *rows(2, is_usual=True)])
    assert (len(first), folds) == (4, [])


def test_no_number_is_out_of_reach() -> None:
    every = [*rows(MOST_AT_ONCE + 4), *rows(3, is_usual=True)]
    first, folds = folded(every)
    assert [fold.title for fold in folds] == ["3 numbers about as usual", "4 more"]
    assert len(first) + sum(len(fold.rows) for fold in folds) == len(every)


def test_long_lists_are_folded_under_their_sentence() -> None:
    one = shown(SECTION, Content(lead="26 of them.", rows=rows(26)), "")
    assert not one.rows
    assert [(fold.title, fold.words) for fold in one.folds] == [("All 26", "")]


def test_what_never_comes_near_zero_has_a_scale_of_its_own() -> None:
    usual = Usual(7.2, 6.8, 7.6, 0.5, 12)
    scale = scale_of(compared("whoop.sleep_hours", usual=usual), [7.0, None, 8.0])
    assert scale
    assert scale.words == "From 7 h 00 to 8 h 00. Usual is 6 h 48 to 7 h 36."
    assert scale.usual == (6.8, 7.6)
    assert scale_of(compared("time.hours"), [7.0, None, 8.0]) is None, "columns begin at zero"
    row = Row("Sleep", "7 h 30", values=[7.0, None, 8.0], scale=scale)
    one = shown(SECTION, Content(rows=[row]), "")
    assert one.has_dots
    assert one.is_shaded
    drawing = str(one.rows[0].chart)
    assert "Sleep: 2 of 3 values known. From 7 h 00 to 8 h 00." in drawing
    assert (drawing.count("<circle"), drawing.count("usual-band")) == (2, 1)


def test_columns_stay_where_a_row_has_no_scale() -> None:
    one = shown(SECTION, Content(rows=[Row("Time", "7 h", values=[7, 0])]), "")
    assert not one.has_dots
    assert "<circle" not in str(one.rows[0].chart)
