"""Experiments in a real browser: one is planned, begun and stopped, and no page keeps anybody out."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from experiments.acts import finish
from experiments.models import Experiment
from lifetracker.days import midnight
from lifetracker.models import DayMark
from tests import makers
from tests.browser.conftest import Visit
from tests.browser.scenes import TODAY
from tests.browser.test_every_page import WIDTHS, what_keeps_out
from tests.experiments.lives import live, planned, running
from tests.experiments.test_course import fast_on
from whoop.models import WhoopRecovery

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visiting = Callable[..., Visit]
#: Where pictures are kept for somebody to look at; nowhere if it is not set.
PICTURES = os.environ.get("EXPERIMENT_PICTURES")


def some_experiments() -> list[Experiment]:
    """One in each state: ended with an unknown pair, running, planned, stopped, and over without a result."""
    ended = running(
        TODAY - timedelta(days=60), pairs=10, secondary=["whoop.resting_heart_rate"], worth=2
    )
    live(ended, 4, unknown={0, 1})
    fast_on(TODAY - timedelta(days=58), 12)
    finish(ended)
    WhoopRecovery.objects.all().delete()
    runs = running(TODAY - timedelta(days=20), pairs=10, block_days=3, washout_days=1)
    live(runs, 0)
    for back in range(5, 20):
        fast_on(TODAY - timedelta(days=back), 18 if back % 3 else 13)
    DayMark.objects.create(date=TODAY - timedelta(days=3), kind="travel")
    ill = TODAY - timedelta(days=2)
    DayMark.objects.create(date=ill, kind="sick", confirmed_at=midnight(ill))
    plan = planned(question="Does tea help?", worth=1)
    stopped = running(
        TODAY - timedelta(days=9),
        state="stopped",
        stopped_on=TODAY,
        stop_reason="A cold.",
        question="Does a nap help?",
    )
    over = running(TODAY - timedelta(days=40), question="Is it over?")
    unchecked = running(
        TODAY - timedelta(days=30),
        pairs=10,
        block_days=7,
        action="",
        try_at_least=None,
        usual_below=None,
    )
    return [ended, runs, plan, stopped, over, unchecked]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", WIDTHS.values(), ids=WIDTHS)
def test_nobody_is_kept_out_of_experiments_in_any_state(
    visit: Visiting, size: tuple[int, int], dark: bool
) -> None:
    found = some_experiments()
    window = visit(*size, dark=dark)
    window.take_session()
    pages = [f"/experiments/{one.pk}/" for one in found]
    paths = ["/", "/experiments/", "/experiments/new", f"/experiments/{found[1].pk}/change", *pages]
    wrong = {}
    for number, path in enumerate(paths):
        page = window.go(path)
        if PICTURES:
            name = f"{number}-{size[0]}-{'dark' if dark else 'light'}.png"
            page.screenshot(path=Path(PICTURES) / name, full_page=True)
        wrong[path] = what_keeps_out(page, size)
    assert {path: faults for path, faults in wrong.items() if faults} == {}


def test_what_has_no_space_breaks_and_makes_no_page_wider(visit: Visiting) -> None:
    found = some_experiments()
    Experiment.objects.update(
        question=f"https://example.org/{'long' * 45}",
        try_words="x" * 100,
        usual_words="y" * 100,
        notes="z" * 400,
    )
    Experiment.objects.exclude(stop_reason="").update(stop_reason="w" * 400)
    window = visit(*WIDTHS["phone"])
    window.take_session()
    pages = [f"/experiments/{one.pk}/" for one in found]
    wide = {}
    for path in ["/", "/experiments/", "/review/", f"/experiments/{found[1].pk}/change", *pages]:
        page = window.go(path)
        for width, height in WIDTHS.values():
            page.set_viewport_size({"width": width, "height": height})
            wide[path, width] = page.evaluate("document.documentElement.scrollWidth") - width
    assert {place: over for place, over in wide.items() if over > 0} == {}


#: How much of the row at the lower edge is seen, as a share; None where the table does not scroll.
SEEN_OF_THE_LAST_ROW = """(box) => {
  if (box.scrollHeight <= box.clientHeight) return null;
  const edge = box.getBoundingClientRect().top + box.clientTop + box.clientHeight;
  const rows = [...box.querySelectorAll("tr")].map((one) => one.getBoundingClientRect());
  const last = rows.find((one) => one.bottom >= edge);
  return (edge - last.top) / last.height;
}"""


@pytest.mark.parametrize("size", WIDTHS.values(), ids=WIDTHS)
def test_a_table_that_scrolls_ends_within_a_row(visit: Visiting, size: tuple[int, int]) -> None:
    """A row that is cut says that there are more."""
    ended = running(TODAY - timedelta(days=70), pairs=15)
    live(ended, 4)
    finish(ended)
    window = visit(*size)
    window.take_session()
    page = window.go(f"/experiments/{ended.pk}/")
    page.get_by_text("Show the numbers").click()
    seen = page.get_by_role("group", name="The difference of each pair").evaluate(
        SEEN_OF_THE_LAST_ROW
    )
    assert seen is None or 0.3 < seen < 0.7, seen


def test_an_experiment_is_planned_begun_and_stopped_without_scripts(visit: Visiting) -> None:
    live(planned(start=TODAY), 0)
    Experiment.objects.all().delete()
    window = visit(390, 844, scripts=False)
    window.take_session()
    page = window.go("/experiments/")
    window.follow(page.get_by_role("link", name="Plan an experiment"))
    page.get_by_label("Question").fill("Does tea help?")
    page.get_by_label("A: what you try").fill("drink tea")
    page.get_by_label("B: what you compare it with").fill("drink none")
    page.get_by_label("Outcome", exact=True).select_option("whoop.hrv")
    page.get_by_label("Pairs of blocks").fill("5")
    window.follow(page.get_by_role("button", name="Plan it"))
    expect(page.get_by_text("Enter at least 6 pairs")).to_be_visible()
    page.get_by_label("Pairs of blocks").fill("8")
    window.follow(page.get_by_role("button", name="Plan it"))
    expect(page.get_by_text("are likely to notice it")).to_be_visible()
    window.follow(page.get_by_role("button", name="Begin"))
    expect(page.get_by_text("Day 1 of 48")).to_be_visible()
    page.get_by_label("Why do you stop?").fill("A cold.")
    window.follow(page.get_by_role("button", name="Stop the experiment"))
    expect(page.get_by_text("Not decided: it was stopped on")).to_be_visible()
    window.follow(page.get_by_role("button", name="Delete it"))
    window.follow(page.get_by_role("button", name="Undo"))
    assert Experiment.objects.live().get().stop_reason == "A cold."


def test_a_refused_plan_opens_at_its_first_fault(visit: Visiting) -> None:
    alcohol = makers.behaviour("Alcohol")
    window = visit(390, 844)
    window.take_session()
    page = window.go("/experiments/new")
    page.get_by_label("Question").fill("Does tea help?")
    page.get_by_label("A: what you try").fill("drink tea")
    page.get_by_label("B: what you compare it with").fill("drink none")
    page.get_by_label("Outcome", exact=True).select_option("whoop.hrv")
    page.get_by_label("Pairs of blocks").fill("5")
    # What the chosen metric needs: limits, or an answer.
    expect(page.get_by_label("Days of A: at least")).to_be_hidden()
    page.get_by_label("Checked by").select_option("fasting.longest")
    expect(page.get_by_label("Days of A: at least")).to_be_visible()
    expect(page.get_by_label("Days of A: kept with")).to_be_hidden()
    page.get_by_label("Checked by").select_option(f"journal.{alcohol.pk}")
    expect(page.get_by_label("Days of A: at least")).to_be_hidden()
    expect(page.get_by_label("Days of A: kept with")).to_be_visible()
    page.locator("summary", has_text="Other metrics").click()
    page.get_by_label("Resting heart rate (bpm)").check()
    window.follow(page.get_by_role("button", name="Plan it"))
    expect(page.get_by_label("Pairs of blocks")).to_be_focused()
    expect(page.get_by_label("Pairs of blocks")).to_be_in_viewport()
    expect(page.get_by_role("alert")).to_contain_text("Please change: Pairs of blocks")
    expect(page.get_by_label("Resting heart rate (bpm)")).to_be_checked()
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / "refused-390-light.png", full_page=True)
    page.get_by_label("Pairs of blocks").fill("6")
    page.get_by_label("Days of A: kept with").select_option("No")
    window.follow(page.get_by_role("button", name="Plan it"))
    assert Experiment.objects.get().try_below == 1
