"""What changed on the page of insights, as JSON, and the questions about marked days beside it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from insights.change_chart import change_chart
from insights.change_groups import change_groups
from insights.change_words import change_sentence, waiting_words
from insights.models import InsightRun, MetricChange
from lifetracker.models import DayMark, Revision
from tests import makers
from tests.insights.conftest import NOW, text

pytestmark = pytest.mark.django_db
SAID = (
    "Your resting heart rate has been 3 bpm lower since around 5 August 2026 (likely between 2 and 4 bpm): 52 (28 days) against 55 "
    "(56 days before)."
)


def points(change: MetricChange, count: int = 90) -> list[list[Any]]:
    return [[str(change.base + timedelta(days=at)), 55.0 - 3 * (at > 56)] for at in range(count)]


# --- The page ---------------------------------------------------------------------------------------


def test_before_anything_was_compared(page: Client) -> None:
    assert "Your days have not been compared yet." in text(page)
    InsightRun.objects.create(
        last_day=NOW.date(), version=1, seed=1, tested=0, found=0, confirmed=0, withdrawn=0
    )
    assert "Nothing to tell: no metric" in text(page)


def test_a_change_with_its_size_days_and_chart(page: Client) -> None:
    change = makers.metric_change()
    change.points = points(change)
    change.save()
    said = text(page)
    assert SAID in said
    assert "and not why" in said
    assert (
        "Seen with the days up to 1 September 2026, and still so with those up to 15 September 2026."
        in said
    )
    assert said.count("<circle") == 90
    assert said.count('class="begins"') == 1
    assert said.count('class="half"') == 2
    assert "90 days of resting heart rate from" in said
    assert "become" not in said


@pytest.mark.parametrize(
    "fields",
    [{"state": "maybe", "confirmed_on": None}, {"state": "taken back"}, {"is_large": False}],
)
def test_what_did_not_hold_is_not_told(page: Client, fields: dict[str, Any]) -> None:
    change = makers.metric_change(**fields)
    assert "3 bpm" not in text(page)
    assert page.get("/api/insights/changes").json()["changes"] == []
    assert page.post(reverse("change-hide", args=[change.pk])).status_code == 404
    assert page.post(f"/api/insights/changes/{change.pk}/hide").status_code == 404


def test_what_may_have_changed_is_named_without_a_size(page: Client) -> None:
    makers.metric_change(state="maybe", confirmed_on=None, found_on=NOW.date())
    said = text(page)
    assert "May have changed: resting heart rate. Most of what looks like it" in said
    assert "from 1 October 2026 on." in said
    [waiting] = page.get("/api/insights/changes").json()["may_have_changed"]
    assert waiting == {"metric": "whoop.resting_heart_rate", "found_on": "2026-09-16"}
    assert waiting_words([]) == ""


@pytest.mark.parametrize(
    ("state", "status"),
    [("settled", "It is what is usual by now."), ("over", "it had gone back by more than half.")],
)
def test_what_was_told_stays_listed(page: Client, state: str, status: str) -> None:
    makers.metric_change(state=state)
    said = text(page)
    assert "Your resting heart rate was 3 bpm lower from around 5 August 2026 on" in said
    assert status in said
    told = page.get("/api/insights/changes").json()
    assert (told["changes"], [one["state"] for one in told["earlier"]]) == ([], [state])


def test_one_thing_is_told_once_and_what_is_measured_first(page: Client) -> None:
    computed = {"low": -3.2, "high": -3.0, "unit": "%"}
    makers.metric_change(metric="whoop.recovery_score", metric_name="Recovery", **computed)
    makers.metric_change(metric="whoop.hrv", metric_name="HRV", unit="ms")
    makers.metric_change()
    groups = change_groups(MetricChange.objects.all())
    told = {one.told.metric: [other.metric for other in one.others] for one in groups}
    assert set(told) == {"whoop.hrv", "whoop.resting_heart_rate"}
    assert [one for others in told.values() for one in others] == ["whoop.recovery_score"]
    assert "Changed along with it (1)" in text(page)


def test_what_goes_along_day_by_day_is_one_thing(db: None) -> None:
    first = makers.metric_change(1)
    days = [str(first.base + timedelta(days=at)) for at in range(84)]
    for number, factor in ((1, 7), (2, 7), (3, 11)):
        change = first if number == 1 else makers.metric_change(number, low=-6.0)
        change.points = [[day, float(at * factor % 13)] for at, day in enumerate(days)]
        change.save()
    groups = change_groups(MetricChange.objects.all())
    assert sorted(len(one.others) for one in groups) == [0, 1]


def test_hiding_and_undoing(page: Client) -> None:
    change = makers.metric_change()
    address, undo = (reverse(f"change-{one}", args=[change.pk]) for one in ("hide", "unhide"))
    said = page.post(address, follow=True).text
    assert said.count(f'action="{undo}"') == 2, "beside the message, and in the list of hidden ones"
    assert page.get("/api/insights/changes").json()["changes"] == []
    page.post(undo)
    assert [one["text"] for one in page.get("/api/insights/changes").json()["changes"]] == [SAID]
    answer = page.post(f"/api/insights/changes/{change.pk}/hide").json()
    assert answer["hidden_at"]
    assert page.post(f"/api/insights/changes/{change.pk}/unhide").json()["hidden_at"] is None
    assert page.get(address).status_code == 405


def test_many_cost_as_many_statements(page: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            text(page)
        return len(queries)

    keys = ["whoop.hrv", "whoop.steps", "weight.kg", "whoop.bedtime"]
    few = {"kind": "sick", "state": "proposed"}
    for number, key in enumerate(keys[:2]):
        makers.metric_change(metric=key)
        DayMark.objects.create(date=NOW.date() - timedelta(days=20 * number), **few)
    before = cost()
    for number, key in enumerate(keys[2:]):
        makers.metric_change(metric=key)
        DayMark.objects.create(date=NOW.date() - timedelta(days=20 * number + 50), **few)
    assert cost() == before <= 12


# --- Words ------------------------------------------------------------------------------------------


def test_words_of_other_units(db: None) -> None:
    clock = {"is_clock": True, "unit": "h", "metric": "whoop.bedtime", "metric_name": "Bedtime"}
    hours = {"before": 23.9, "after": 0.5, "difference": 0.6, "low": 0.25, "high": 0.95}
    assert change_sentence(makers.metric_change(**clock, **hours)) == (
        "Your bedtime has been 36 min later since around 5 August 2026 (likely between 15 min and 57 min): 00:30 (28 days) against "
        "23:54 (56 days before)."
    )
    sleep = {"unit": "h", "decimals": 1, "metric": "whoop.sleep_hours", "metric_name": "Sleep"}
    hours = {"before": 7.5, "after": 7.0, "difference": -0.5, "low": -0.9, "high": 0.1}
    assert change_sentence(makers.metric_change(**sleep, **hours)) == (
        "Your sleep has been 30 min shorter since around 5 August 2026 (likely between −6 min and 54 min): 7 h 00 (28 days) "
        "against 7 h 30 (56 days before)."
    )
    steps = {"metric": "whoop.steps", "metric_name": "Steps", "unit": "", "is_gradual": True}
    numbers = {
        "before": 7100.0,
        "after": 9000.0,
        "difference": 1900.0,
        "low": 900.0,
        "high": 2900.0,
    }
    assert change_sentence(makers.metric_change(**steps, **numbers)) == (
        "Your steps have become 1,900 more, bit by bit (likely between 900 and 2,900): 9,000 (28 days) against 7,100 (56 days "
        "before)."
    )
    small = {"metric": "weight.kg", "metric_name": "Weight", "unit": "kg", "decimals": 0}
    numbers = {"before": 80.0, "after": 80.4, "difference": 0.4, "low": 0.1, "high": 0.7}
    assert "0.4 kg higher" in change_sentence(makers.metric_change(**small, **numbers))


def test_hours_beside_midnight_are_near_each_other_in_the_chart(db: None) -> None:
    clock = {"is_clock": True, "before": 23.5, "after": 0.5, "difference": 1.0}
    change = makers.metric_change(**clock)
    change.points = [[str(change.base + timedelta(days=at)), 23.5 + (at > 56)] for at in range(84)]
    drawn = change_chart(change)
    assert drawn.count('x1="218.9" x2="308" y1="26.8"') == 1, "the newest mean, at the upper end"
    assert drawn.count('x1="34" x2="215.6" y1="123.2"') == 1
    assert change_chart(makers.metric_change(1)) == ""


# --- Was this so? -----------------------------------------------------------------------------------


def propose(*ago: int, kind: str = "sick", reasons: int = 1) -> list[DayMark]:
    spell = NOW.date() - timedelta(days=max(ago))
    said = [{"text": f"Reason {number}."} for number in range(reasons)]
    return [
        DayMark.objects.create(
            date=NOW.date() - timedelta(days=one),
            kind=kind,
            state="proposed",
            spell=spell,
            reasons=said,
        )
        for one in ago
    ]


def test_what_the_promise_is_worth_is_said_while_illness_waits(page: Client) -> None:
    makers.finding()
    propose(3, kind="travel")
    assert "without unmarked illness" not in text(page)
    propose(12, 11, 10)
    assert (
        "at most 4 were ever shown one. Something else may still be behind both. This holds for days without unmarked illness. "
        "4 days wait for your answer below: with ten such days a year left unmarked, about 1 of 8 lives of two years and 1 of 3 "
        "of three were shown something false."
    ) in text(page)
    DayMark.objects.filter(kind="sick").delete()
    propose(*range(10, 211))
    assert "illness. More than 200 days wait for your answer below" in text(page)
    DayMark.objects.filter(kind="sick").answer(DayMark.State.REFUSED)
    assert "without unmarked illness" not in text(page)


def test_a_spell_is_asked_about_with_its_reasons(page: Client) -> None:
    propose(12, 11, 10, reasons=2)
    propose(3, kind="travel")
    said = text(page)
    assert "4 days wait for your answer. Until then they count like any other." in said
    assert "<b>Were you ill?</b> 4 to 6 September 2026, 3 days" in said
    assert "Reason 1." in said
    assert "<b>Were you away?</b> 13 September 2026<" in said
    propose(30, 28, kind="holiday")
    assert "<b>Were you on holiday?</b> 17 to 19 August 2026, 2 of 3 days" in text(page)
    assert "No day of the last year is marked" in said
    assert "More come once" not in said


def test_an_answer_is_for_the_whole_spell_and_can_be_taken_back(page: Client) -> None:
    first, *_ = propose(12, 11, 10)
    other = propose(3, kind="travel")[0]
    earlier = DayMark.objects.create(
        date=NOW.date() - timedelta(days=9), kind="sick", spell=first.spell, reasons=[{"text": "."}]
    )
    DayMark.objects.filter(pk=earlier.pk).update(updated_at=NOW - timedelta(days=1))
    back = {"next": reverse("insights")}
    answer = page.post(reverse("day-mark-confirm", args=[first.pk]), back, follow=True)
    assert answer.redirect_chain[0][0] == reverse("insights")
    assert "3 days confirmed." in answer.text
    assert "4 days of the last year count as unknown: 4 of illness." in answer.text
    assert Revision.objects.count() == 3
    again = reverse("day-mark-ask-again", args=[first.pk])
    assert f'action="{again}"' in answer.text
    assert page.post(again, back).url == reverse("insights")
    assert DayMark.objects.proposed().filter(kind="sick").count() == 3
    earlier.refresh_from_db()
    assert earlier.state == "confirmed", "it was answered before"
    page.post(reverse("day-mark-refuse", args=[other.pk]))
    other.refresh_from_db()
    assert other.state == "refused"
    # A page that is out of date changes no answer.
    page.post(reverse("day-mark-confirm", args=[other.pk]))
    other.refresh_from_db()
    assert other.state == "refused"


def test_many_questions_are_not_asked_at_once(page: Client) -> None:
    for number in range(7):
        propose(10 * number + 1)
    said = text(page)
    assert said.count("Were you ill?</b>") == 5
    assert "More come once these are answered." in said
    assert "/admin/lifetracker/daymark/?state__exact=proposed" in said
    assert page.get("/admin/lifetracker/daymark/?state__exact=proposed").status_code == 200
    User.objects.update(is_staff=False, is_superuser=False)
    assert "state__exact" not in text(page)


def test_what_is_one_thing_with_a_hidden_change_is_hidden_everywhere(page: Client) -> None:
    told = makers.metric_change(metric="whoop.hrv", metric_name="HRV")
    makers.metric_change(metric="whoop.recovery_score", metric_name="Recovery")
    page.post(reverse("change-hide", args=[told.pk]))
    assert page.get("/api/insights/changes").json()["changes"] == []
    page.post(reverse("change-unhide", args=[told.pk]))
    assert len(page.get("/api/insights/changes").json()["changes"]) == 2
