"""Marked days: what they are, and which stay out of the usual."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from lifetracker.metrics.registry import metric_of
from lifetracker.metrics.series import Series
from lifetracker.models import DayMark, excluded_days
from lifetracker.models.conflicts import ConstraintViolated
from tests import makers

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 14)
Kind, State = DayMark.Kind, DayMark.State


def mark(day: date = DAY, kind: Kind = Kind.SICK, state: State = State.CONFIRMED) -> DayMark:
    return DayMark.objects.create(date=day, kind=kind, state=state)


def test_a_day_has_one_mark_of_each_kind() -> None:
    for kind in Kind:
        mark(kind=kind)
    with pytest.raises(IntegrityError), transaction.atomic():
        mark(kind=Kind.SICK, state=State.REFUSED)
    assert DayMark.objects.count() == 4


def test_when_a_day_was_confirmed_is_kept() -> None:
    """A note changes nothing of it. A mark of another day, or one that was answered otherwise before, is a new one."""
    mine, proposed = mark(), mark(DAY + timedelta(days=1), state=State.PROPOSED)
    first = mine.confirmed_at
    assert first
    assert proposed.confirmed_at is None
    mine = DayMark.objects.get(pk=mine.pk)
    mine.note = "Flu."
    mine.save()
    assert DayMark.objects.all().answer(State.CONFIRMED) == 2
    mine.refresh_from_db()
    proposed.refresh_from_db()
    assert mine.confirmed_at == first
    assert proposed.confirmed_at > first
    mine = DayMark.objects.get(pk=mine.pk)
    mine.date = DAY - timedelta(days=1)
    mine.save()
    mine.refresh_from_db()
    assert mine.confirmed_at > first
    DayMark.objects.all().answer(State.REFUSED)
    mine.refresh_from_db()
    assert mine.confirmed_at is None


def test_confirmed_days_of_illness_travel_and_holiday_are_excluded() -> None:
    days = [DAY + timedelta(days=number) for number in range(5)]
    for day, kind in zip(days, [Kind.SICK, Kind.TRAVEL, Kind.HOLIDAY, Kind.OTHER], strict=False):
        mark(day, kind)
    mark(days[4], Kind.SICK, State.PROPOSED)
    mark(days[4], Kind.TRAVEL, State.REFUSED)
    assert excluded_days(days[0], days[4]) == set(days[:3])
    assert excluded_days(days[1], days[1]) == {days[1]}
    assert excluded_days(days[3], days[4]) == set()


def test_excluded_days_stay_out_of_the_usual_of_a_series() -> None:
    values = [50.0, 54.0] * 7 + [90.0] * 4 + [52.0]
    series = Series(
        metric=metric_of("whoop.resting_heart_rate"),
        first=DAY,
        values=[*values],
    )
    ill = [DAY + timedelta(days=number) for number in range(14, 18)]
    for day in ill:
        mark(day)
    with_illness, without = series.usual(excluded=())[-1], series.usual()[-1]
    assert with_illness is not None
    assert without is not None
    assert with_illness.known_days == 18
    assert with_illness.value == pytest.approx((14 * 52 + 4 * 90) / 18)
    assert without.known_days == 14
    assert without.value == 52
    # An excluded day has a usual itself, and is compared with it.
    first_ill = series.usual()[14]
    assert first_ill is not None
    assert first_ill.deviation == pytest.approx((90 - 52) / 2.0755, abs=1e-3)


def test_days_outside_of_a_series_are_not_in_it() -> None:
    series = Series(metric=metric_of("whoop.hrv"), first=DAY, values=[1.0, 2.0])
    asked = {DAY - timedelta(days=1), DAY + timedelta(days=1), DAY + timedelta(days=2)}
    assert series.positions_of(asked) == {1}


# --- The API --------------------------------------------------------------------------------------


def proposals(*days: date, kind: Kind = Kind.TRAVEL) -> list[DayMark]:
    """Proposed days of one spell."""
    made = [mark(day, kind, State.PROPOSED) for day in days]
    DayMark.objects.filter(pk__in=[one.pk for one in made]).update(spell=min(days))
    return made


def send(person: Client, path: str, **body: Any) -> Any:
    return person.post(f"/api/day-marks{path}", body, content_type="application/json")


def states() -> dict[date, str]:
    return dict(DayMark.objects.order_by("date").values_list("date", "state"))


def test_a_day_that_is_marked_is_confirmed(person: Client) -> None:
    answer = send(person, "", date="2026-09-14", kind="holiday", note="By the sea.")
    assert answer.status_code == 201
    made = answer.json()
    assert (made["state"], made["reasons"], made["spell"]) == ("confirmed", [], None)
    assert excluded_days(date(2026, 9, 14), date(2026, 9, 14)) == {date(2026, 9, 14)}
    assert person.get(f"/api/day-marks/{made['id']}").json() == made
    assert person.get("/api/day-marks").json()["results"] == [made]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "sick"}, "date"),
        ({"date": "2026-02-30", "kind": "sick"}, "date"),
        ({"date": "1899-12-31", "kind": "sick"}, "date"),
        ({"date": "2026-09-14"}, "kind"),
        ({"date": "2026-09-14", "kind": "bored"}, "kind"),
        ({"date": "2026-09-14", "kind": "sick", "note": 5}, "note"),
        ({"date": "2026-09-14", "kind": "sick", "state": "refused"}, ""),
        ({"date": "2026-09-14", "kind": "sick", "nonsense": 1}, "nonsense"),
        ({"date": "2026-09-13", "kind": "sick"}, "date"),
    ],
)
def test_what_cannot_be_marked_is_named(person: Client, body: dict[str, Any], field: str) -> None:
    mark(date(2026, 9, 13))
    answer = send(person, "", **body)
    if not field:
        assert answer.json()["state"] == "confirmed", "the state is not for the caller to say"
        return
    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert DayMark.objects.count() == 1


def test_the_list_is_filtered_by_kind_and_state(person: Client) -> None:
    mark(date(2026, 9, 14))
    proposals(date(2026, 9, 13), date(2026, 9, 12))
    mark(date(2026, 9, 1))

    def listed(**query: str) -> list[str]:
        return [one["date"] for one in person.get("/api/day-marks", query).json()["results"]]

    assert listed() == ["2026-09-14", "2026-09-13", "2026-09-12"]
    assert listed(state="proposed") == ["2026-09-13", "2026-09-12"]
    assert listed(kind="sick", days="30") == ["2026-09-14", "2026-09-01"]
    assert listed(kind="sick", state="proposed") == []
    for wrong in ({"kind": "x"}, {"state": "x"}, {"days": "x"}):
        answer = person.get("/api/day-marks", wrong)
        assert (answer.status_code, list(answer.json())) == (400, list(wrong))


@pytest.mark.parametrize(("verb", "state"), [("confirm", "confirmed"), ("refuse", "refused")])
def test_an_answer_is_for_the_whole_spell(person: Client, verb: str, state: str) -> None:
    days = [DAY + timedelta(days=number) for number in range(3)]
    made = proposals(*days)
    later = proposals(DAY + timedelta(days=5))[0]
    answer = send(person, f"/{made[1].pk}/{verb}", note="Rome.")
    assert [one["date"] for one in answer.json()["marks"]] == [str(day) for day in days]
    assert states() == {**dict.fromkeys(days, state), later.date: "proposed"}
    assert [one.note for one in DayMark.objects.order_by("date")] == ["", "Rome.", "", ""]


def test_an_answer_may_be_for_one_day(person: Client) -> None:
    days = [DAY + timedelta(days=number) for number in range(3)]
    made = proposals(*days)
    send(person, f"/{made[0].pk}/refuse", only_this_day=True)
    assert [*states().values()] == ["refused", "proposed", "proposed"]
    send(person, f"/{made[1].pk}/confirm")
    assert [*states().values()] == ["refused", "confirmed", "confirmed"], "what was answered stays"
    send(person, f"/{made[0].pk}/confirm")
    assert [*states().values()] == ["confirmed"] * 3


def test_days_that_were_marked_by_hand_are_no_spell(person: Client) -> None:
    one, other = mark(DAY), mark(DAY + timedelta(days=1))
    send(person, f"/{one.pk}/refuse")
    assert states() == {one.date: "refused", other.date: "confirmed"}


def test_a_mark_is_deleted(person: Client) -> None:
    made = mark()
    assert person.delete(f"/api/day-marks/{made.pk}").status_code == 204
    assert person.get(f"/api/day-marks/{made.pk}").status_code == 404
    assert send(person, f"/{made.pk}/confirm").status_code == 404


def test_a_token_for_reading_answers_nothing(client: Client) -> None:
    made = proposals(DAY)[0]
    header = {"Authorization": f"Bearer {makers.api_token(read_only=True).secret}"}
    for path in ("", f"/{made.pk}/confirm", f"/{made.pk}/refuse"):
        answer = client.post(f"/api/day-marks{path}", {}, "application/json", headers=header)
        assert answer.status_code == 403
    assert client.get("/api/day-marks", headers=header).status_code == 200
    assert states() == {DAY: "proposed"}


def test_two_requests_at_one_moment_mark_a_day_once() -> None:
    first, second = (DayMark(date=DAY, kind=Kind.SICK) for _ in range(2))
    first.save()
    with pytest.raises(ConstraintViolated, match="already has a mark of this kind"):
        second.save()


# --- The admin ------------------------------------------------------------------------------------

CHANGE_LIST = "/admin/lifetracker/daymark/"


def test_the_admin_marks_a_day(admin_client: Client) -> None:
    page = admin_client.get(f"{CHANGE_LIST}add/")
    assert {"date", "kind", "note"} == set(page.context["adminform"].form.fields)
    body = {"date": str(DAY), "kind": "sick", "note": ""}
    assert admin_client.post(f"{CHANGE_LIST}add/", body).status_code == 302
    assert states() == {DAY: "confirmed"}
    again = admin_client.post(f"{CHANGE_LIST}add/", body)
    assert "already has a mark of this kind" in again.content.decode()


def test_the_admin_answers_proposals(admin_client: Client) -> None:
    made = proposals(DAY, DAY + timedelta(days=1))
    DayMark.objects.update(reasons=[{"text": "The night was spent at <UTC-5>."}])
    assert "spent at &lt;UTC-5&gt;" in admin_client.get(CHANGE_LIST).content.decode()
    assert "UTC-5" in admin_client.get(f"{CHANGE_LIST}{made[0].pk}/change/").content.decode()
    body = {"action": "refuse", "_selected_action": [made[0].pk]}
    answer = admin_client.post(CHANGE_LIST, body, follow=True)
    assert "1 day refused." in answer.content.decode()
    assert [*states().values()] == ["refused", "proposed"]
