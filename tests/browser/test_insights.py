"""Insights in a real browser: readable by everybody on both sizes, hidden and shown again."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from lifetracker.models import DayMark
from tests import makers
from tests.browser.conftest import Visit
from tests.browser.scenes import TODAY
from tests.browser.test_every_page import WIDTHS, what_keeps_out

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visiting = Callable[..., Visit]


def some_insights() -> None:
    days = [TODAY - timedelta(days=back) for back in range(100)]
    makers.finding(
        points=[
            [str(day), 23 + back % 7 / 4, 70 - back % 7 - back % 5] for back, day in enumerate(days)
        ]
    )
    makers.finding(
        1,
        action_name="Alcohol",
        is_yes_no=True,
        step_words="",
        points=[[str(day), float(back % 3 == 0), 60.0 + back % 9] for back, day in enumerate(days)],
    )
    makers.finding(2, state="withdrawn")
    change = makers.metric_change(
        base=TODAY - timedelta(days=100), around=TODAY - timedelta(days=43)
    )
    change.points = [
        [str(change.base + timedelta(days=at)), 54.0 - 3 * (at > 56) + at % 5] for at in range(100)
    ]
    change.save()
    makers.metric_change(1, state="maybe", confirmed_on=None)
    makers.metric_change(2, state="over")
    reasons = [{"text": "Resting heart rate was 61 bpm, 2.4 deviations above the usual 53."}]
    for back in (9, 10):
        DayMark.objects.create(
            date=TODAY - timedelta(days=back), kind="sick", state="proposed", reasons=reasons
        )


@pytest.mark.parametrize("size", WIDTHS.values(), ids=WIDTHS)
def test_nobody_is_kept_out(visit: Visiting, size: tuple[int, int]) -> None:
    some_insights()
    window = visit(*size)
    window.take_session()
    page = window.go("/insights/")
    page.locator("details summary").first.click()
    assert what_keeps_out(page, size) == []


def test_one_is_hidden_and_shown_again(visit: Visiting) -> None:
    some_insights()
    window = visit(*WIDTHS["desktop"])
    window.take_session()
    page = window.go("/insights/")
    page.get_by_role("button", name=re.compile("Hide.*Bedtime")).click()
    expect(page.get_by_role("heading", name="Hidden")).to_be_visible()
    page.get_by_role("button", name=re.compile("Show again.*Bedtime")).click()
    expect(page.get_by_role("heading", name="Hidden")).to_have_count(0)
