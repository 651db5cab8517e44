"""The day chart in a real browser: nothing scrolls sideways, a mark leads to its record, keys reach the same."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from fasting.models import FastingPeriod
from tests.browser import scenes
from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visiting = Callable[..., Visit]


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_the_day_under_one_clock(visit: Visiting, width: int) -> None:
    scenes.full()
    FastingPeriod.objects.all().delete()
    fast = scenes.fast(14, None, goal_hours=18)
    found = visit(width)
    page = found.log_in()
    card = page.get_by_role("region", name="The day so far")
    expect(card).to_contain_text("Fast reaches 18 h at")
    picture = card.get_by_role("img")
    expect(picture).to_have_accessible_name(
        # By the clock of the project.
        re.compile(r"Night from .* Fasting since .*, 14 h 00, goal at .*Tracked time: ")
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    names, drawing = card.locator(".lanes").bounding_box(), card.locator(".plot").bounding_box()
    assert names is not None
    assert drawing is not None
    # On a phone the lanes name themselves below the chart.
    if width < 820:
        assert names["y"] >= drawing["y"] + drawing["height"]
    else:
        assert names["x"] + names["width"] <= drawing["x"]
    card.get_by_text("Show the numbers").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    card.get_by_role("row", name="Fast").get_by_role("link").click()
    expect(page).to_have_url(f"{found.address}/fasting/{fast.pk}")
    page.go_back()
    # The pointer reaches the same.
    page.locator(f'.hits a[href="/fasting/{fast.pk}"] rect').click()
    expect(page).to_have_url(f"{found.address}/fasting/{fast.pk}")
    assert found.complaints == []


def test_hours_are_told_apart_at_any_width(visit: Visiting) -> None:
    scenes.full()
    for width in (1280, 390):
        page = visit(width).log_in()
        boxes = page.locator(".daybox .mid-label").evaluate_all(
            "all => all.map(one => one.getBoundingClientRect()).filter(box => box.width)"
            ".map(box => [box.left, box.right]).sort((a, b) => a[0] - b[0])"
        )
        assert len(boxes) > 5
        assert all(left[1] < right[0] for left, right in itertools.pairwise(boxes))
