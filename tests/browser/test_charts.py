"""Charts as Chromium draws them: words and strokes keep their size, and marks lead somewhere without a script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from lifetracker.days import days_from
from lifetracker.web.charts.calendar import Cell, month_calendar
from lifetracker.web.charts.columns import Floating, Part, columns, floating_bars, stacked_columns
from lifetracker.web.charts.frame import Place
from lifetracker.web.charts.line import line_chart
from lifetracker.web.charts.table import Row, numbers_table

pytestmark = pytest.mark.browser

STATIC = Path(settings.BASE_DIR) / "lifetracker/static/lifetracker"
DAYS = days_from(date(2026, 10, 29), date(2026, 11, 27))
PLACES = [Place(f"#{day}", f"{day}") for day in DAYS]
SOME: list[float | None] = [50.0 + at % 7 for at in range(30)]
WIDTHS = (1280, 390, 320)

Draw = Callable[[int], Page]


@pytest.fixture
def draw(chromium: Browser) -> Iterator[Draw]:
    """Return a function that shows all charts in a window of a width. No script runs in it."""
    contexts = []

    def drawn(width: int) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 800}, java_script_enabled=False
        )
        contexts.append(context)
        page = context.new_page()
        styles = "".join(
            (STATIC / f"{name}.css").read_text()
            for name in ("tokens", "frame", "components", "charts")
        )
        page.set_content(f"<style>{styles}</style><main>{charts()}</main>")
        return page

    yield drawn
    for context in contexts:
        context.close()


def charts() -> str:
    bars = [Floating(-30 + at, 420 + at) for at in range(30)]
    cells = [Cell(day, 60, "mid", f"#cell-{day}", "60 %") for day in DAYS]
    rows = [Row(f"{day}", ("50",), f"#row-{day}") for day in DAYS]
    return "".join(
        [
            line_chart([*SOME[:9], None, *SOME[10:]], DAYS, sentence="Line", places=PLACES),
            columns(SOME, DAYS, sentence="Columns", fill="strain", places=PLACES),
            stacked_columns([Part("deep", SOME), Part("rem", SOME)], DAYS, sentence="Stacks"),
            floating_bars(bars, DAYS, sentence="Bars"),
            month_calendar(cells, sentence="Calendar", subject="recovery", today=DAYS[-1]),
            numbers_table(("Day", "Recovery"), rows, caption="Numbers", name="numbers"),
        ]
    )


def box(page: Page, selector: str) -> dict[str, float]:
    found = page.locator(selector).first.bounding_box()
    assert found
    return dict(found)


def test_words_and_heights_keep_their_size_at_any_width(draw: Draw) -> None:
    pages = [draw(width) for width in WIDTHS]
    for selector, side in (
        (".axis text", "width"),
        (".axis text", "height"),
        (".chart text:not(.wide)", "width"),
        (".chart", "height"),
        (".axis", "width"),
    ):
        assert len({round(box(page, selector)[side], 1) for page in pages}) == 1, selector


def test_nothing_reaches_beyond_the_window(draw: Draw) -> None:
    for width in WIDTHS:
        page = draw(width)
        for chart in page.locator(".plot").all():
            found = chart.bounding_box()
            assert found
            assert found["x"] >= 0
            assert found["x"] + found["width"] <= width


def test_the_links_lie_over_what_they_lead_to(draw: Draw) -> None:
    page = draw(1280)
    column = page.locator("rect.f-strain").nth(12).bounding_box()
    assert column
    page.mouse.click(column["x"] + column["width"] / 2, column["y"] + 4)
    expect(page).to_have_url(f"about:blank#{DAYS[12]}")
    shape = page.locator("rect.c-mid").nth(20)
    shape.scroll_into_view_if_needed()
    cell = shape.bounding_box()
    assert cell
    page.mouse.click(cell["x"] + 4, cell["y"] + 4)
    expect(page).to_have_url(f"about:blank#cell-{DAYS[20]}")


def test_keys_reach_the_days_in_the_table_alone(draw: Draw) -> None:
    page = draw(1280)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"about:blank#row-{DAYS[0]}")
