"""The table behind a chart, and legends."""

from __future__ import annotations

import pytest

from lifetracker.web.charts.legend import Key, legend
from lifetracker.web.charts.table import Row, numbers_table
from tests.lifetracker.web.reading import HOSTILE, links, parsed, with_class, words

pytestmark = pytest.mark.one_database

HEADS = ("Day", "HRV", "RHR")


def test_a_day_that_is_not_known_is_a_word_and_not_zero() -> None:
    rows = [Row("Fri 27 Nov", ("65", "0"), "/whoop/2026-11-27"), Row("Thu 26 Nov", ("66", None))]
    root = parsed(numbers_table(HEADS, rows, caption="Heart and breath", name="heart"))
    cells = [cell.text for cell in root.iter("td")]
    assert cells == ["65", "0", "66", "not known"]
    assert len(with_class(root, "unknown")) == 1
    assert links(root) == ["/whoop/2026-11-27"]
    assert [head.attrib["scope"] for head in root.iter("th")] == ["col"] * 3 + ["row"] * 2


def test_it_is_folded_and_can_be_scrolled_by_keys() -> None:
    root = parsed(numbers_table(HEADS, [], caption="Heart and breath", name="heart"))
    [details] = root.iter("details")
    assert "open" not in details.attrib
    [scroll] = with_class(root, "scroll")
    assert (scroll.attrib["tabindex"], scroll.attrib["role"]) == ("0", "group")
    assert scroll.attrib["aria-label"] == "Heart and breath"
    assert next(root.iter("table")).attrib["id"] == "heart"


@pytest.mark.parametrize(
    ("years", "seen"),
    [
        ([2026, 2026, 2026], []),
        ([2024, 2025, 2025, 2026], [" 2024", " 2025", " 2026"]),
        ([None, None], []),
    ],
)
def test_the_year_is_seen_where_it_changes_and_heard_in_every_row(
    years: list[int | None], seen: list[str]
) -> None:
    rows = [Row("Fri 27 Nov", ("65", "1"), "/", year) for year in years]
    root = parsed(numbers_table(HEADS, rows, caption="x", name="x"))
    spans = list(root.iter("span"))
    assert [one.text for one in spans if "class" not in one.attrib] == seen
    assert [one.text for one in spans] == [f" {year}" for year in years if year]
    names = ["".join(one.itertext()) for one in root.iter("th")][3:]
    assert names == [row.full_name for row in rows]


def test_a_row_with_a_cell_too_few_is_refused() -> None:
    with pytest.raises(ValueError, match="'Fri' has 1 cells for 2 columns"):
        numbers_table(HEADS, [Row("Fri", ("65",))], caption="x", name="x")


def test_words_of_the_table_are_escaped() -> None:
    row = Row(HOSTILE, (HOSTILE, None), f"/?{HOSTILE}")
    markup = numbers_table(
        (HOSTILE, "a", "b"), [row], caption=HOSTILE, name=HOSTILE, summary=HOSTILE, unknown=HOSTILE
    )
    assert words(parsed(markup)).count(HOSTILE) == 6
    assert links(parsed(markup)) == [f"/?{HOSTILE}"]


def test_a_legend_has_a_shape_a_name_and_a_number() -> None:
    root = parsed(
        legend(
            [
                Key("f-deep", "Deep", "1 h 08"),
                Key("f-ink", "Needed", shape="line"),
                Key("f-none", "Not known", wide=True),
                Key("c-low", HOSTILE, HOSTILE, pip=True),
            ]
        )
    )
    assert words(root) == f"Deep 1 h 08NeededNot known{HOSTILE} {HOSTILE}"
    assert len(list(root.iter("svg"))) == 4
    assert with_class(root, "pip")
    assert with_class(root, "wide")
