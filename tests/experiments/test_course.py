"""From the plan to the result: begin, keep, stop, reckon. What the outcome comes to is nowhere before the end."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from statistics import stdev
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client
from django.utils import timezone

from experiments.acts import begin, finish, finish_all, locked, stop, warnings_of
from experiments.design import Arm, arms_by_day
from experiments.models import Experiment
from experiments.reading import days_of
from experiments.reckoning import power_before, result_of
from lifetracker import days
from lifetracker.days import ONE_DAY, at_hour, midnight
from lifetracker.models import BEGINNING, DayMark, SyncState
from tests import makers
from tests.experiments.lives import START, live, planned, recovery, running
from whoop.models import WhoopRecovery

pytestmark = pytest.mark.django_db
TODAY = START


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, TODAY)


def at(monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    """Let it be a certain day."""
    noon = days.at_hour(day, 12)
    monkeypatch.setattr(timezone, "now", lambda: noon)


@pytest.fixture
def over(monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, START + timedelta(days=60))


def test_the_power_is_told_in_the_unit_of_the_outcome() -> None:
    """The mornings differ by 2 ms, and blocks of two days by 2 ms as well: six pairs are six differences of 2 ms or so."""
    one = planned()
    live(one, 0)
    found = power_before(one, START)
    assert found["known"] == 120
    assert found["spread"] == pytest.approx(2.0, abs=0.4)
    mornings = WhoopRecovery.objects.filter(date__range=(START - timedelta(days=119), START))
    observed = stdev(mornings.values_list("hrv_rmssd", flat=True))
    assert found["deviation"] == pytest.approx(observed), "no more than what was seen"
    assert 2.0 < found["smallest"] < 6.0
    more = planned(pairs=15)
    assert power_before(more, START)["smallest"] < found["smallest"]


def test_without_a_past_nothing_is_told_of_the_power() -> None:
    found = power_before(planned(), START)
    nothing = dict.fromkeys(("smallest", "spread", "deviation", "yes"))
    assert found == nothing | {"known": 0, "needed": 42}


def test_days_before_the_first_record_are_no_gaps() -> None:
    """Two months that are known throughout say nearly as much as four, and no day is missing from them."""
    one = planned()
    live(one, 0)
    long = power_before(one, START)["smallest"]
    WhoopRecovery.objects.filter(date__lte=START - timedelta(days=60)).delete()
    found = power_before(one, START)
    assert (found["known"], found["needed"]) == (60, 42)
    assert long < found["smallest"] < 1.5 * long


def test_days_before_the_first_record_are_no_zeros() -> None:
    """Hours of work are zero on a day without an entry, and unknown before the first one."""
    one = planned(outcome="time.hours", outcome_lag=0)
    SyncState.objects.create(
        source="Toggl", stream="entry", verified_from=BEGINNING, verified_to=timezone.now()
    )
    for ago in (1, 2, 3):
        makers.entry(days_ago=(makers.MORNING.date() - START).days + ago)
    found = power_before(one, START)
    assert (found["known"], found["smallest"]) == (3, None)


def test_marked_days_are_no_part_of_what_is_usual() -> None:
    one = planned()
    live(one, 0)
    ill = START - timedelta(days=10)
    WhoopRecovery.objects.filter(date=ill).update(hrv_rmssd=500)
    wild = power_before(one, START)
    DayMark.objects.create(date=ill, kind="sick")
    calm = power_before(one, START)
    # The outcome that is read on a marked day, and that of a marked day.
    assert calm["known"] == 118
    assert calm["spread"] < wild["spread"] / 3


def test_it_begins_once_and_not_in_the_past() -> None:
    one = planned()
    with pytest.raises(ValidationError, match="Choose a day"):
        begin(one, START - timedelta(days=1))
    begin(one, START)
    one.refresh_from_db()
    assert (one.state, one.start, one.last) == ("running", START, START + timedelta(days=23))
    assert one.power["known"] == 0
    with pytest.raises(ValidationError, match="has begun"):
        begin(one, START)


def test_the_planted_effect_is_found(over: None) -> None:
    one = running()
    live(one, 8)
    result = result_of(one)
    assert (result["verdict"], result["reason"]) == ("keep", "better")
    effect = result["effect"]
    assert effect["known_pairs"] == 6
    assert effect["low"] < 8 < effect["high"]
    assert effect["p"] == 2 / 64
    assert result["days"] == {
        "counted": 24,
        "known": 24,
        "marked": 0,
        "marked_later": 0,
        "unmarked_later": 0,
    }
    json.dumps(result)


@pytest.mark.parametrize(
    ("effect", "fields", "verdict", "reason"),
    [
        (8, {"better": "lower"}, "drop", "worse"),
        (-8, {}, "drop", "worse"),
        (0, {}, "undecided", "could be chance"),
        (8, {"worth": 20}, "drop", "too little"),
        (8, {"worth": 3}, "keep", "better"),
        (8, {"worth": 8}, "undecided", "perhaps too little"),
        (-8, {"worth": 8, "better": "lower"}, "undecided", "perhaps too little"),
        (-8, {"worth": 3, "better": "lower"}, "keep", "better"),
        (-8, {"worth": 3}, "drop", "worse"),
    ],
)
def test_verdicts(
    over: None, effect: float, fields: dict[str, Any], verdict: str, reason: str
) -> None:
    one = running(**fields)
    live(one, effect)
    found = result_of(one)
    assert (found["verdict"], found["reason"]) == (verdict, reason)


def test_too_few_known_pairs_decide_nothing(over: None) -> None:
    one = running()
    live(one, 30, unknown={0, 1})
    found = result_of(one)
    assert (found["verdict"], found["reason"]) == ("undecided", "too few pairs")
    assert found["effect"]["pairs"][0] is None
    assert found["effect"]["low"] is None
    assert found["smallest"] is None


def test_a_marked_day_does_not_count(over: None) -> None:
    one = running()
    live(one, 8)
    marked(START, at_hour(START, 20), kind="travel")
    found = result_of(one)
    assert found["days"] == {
        "counted": 24,
        "known": 23,
        "marked": 1,
        "marked_later": 0,
        "unmarked_later": 0,
    }
    DayMark.objects.create(date=START + 2 * ONE_DAY, kind="travel", state="proposed")
    assert result_of(one)["days"] == found["days"], "a proposal counts for nothing"


def marked(day: date, moment: datetime, **fields: str) -> DayMark:
    """Return a mark of a day that was made at a moment."""
    return DayMark.objects.create(**{"date": day, "kind": "sick", "confirmed_at": moment} | fields)


def test_a_mark_that_could_follow_the_outcome_changes_nothing(over: None) -> None:
    """The outcome of a day is known on the next morning."""
    one = running()
    live(one, 8)
    plain = result_of(one)
    marked(START, midnight(START + ONE_DAY))
    proposal = DayMark.objects.create(date=START + ONE_DAY, kind="sick", state="proposed")
    DayMark.objects.filter(pk=proposal.pk).answer(DayMark.State.CONFIRMED)
    found = result_of(one)
    assert found["days"] == {
        "counted": 24,
        "known": 24,
        "marked": 0,
        "marked_later": 2,
        "unmarked_later": 0,
    }
    assert found["effect"] == plain["effect"]
    first, second = days_of(one)[:2]
    assert (first.mark, first.late_mark) == ("", "sick")
    assert (second.mark, second.late_mark) == ("", "sick")


def test_an_outcome_of_a_marked_day_is_left_out_if_that_was_known_before(over: None) -> None:
    one = running()
    live(one, 8)
    third = START + timedelta(days=2)
    mark = marked(third, at_hour(third, 8), kind="travel")
    assert result_of(one)["days"]["known"] == 23, "its own outcome, and not that of the day before"
    DayMark.objects.filter(pk=mark.pk).update(confirmed_at=midnight(START))
    assert result_of(one)["days"]["known"] == 22


def fast_on(day: date, hours: float) -> None:
    end = days.at_hour(day, 20)
    makers.fast(start=end - timedelta(hours=hours), end=end)


def test_what_was_kept_is_read_from_the_records(monkeypatch: pytest.MonkeyPatch) -> None:
    """A day without a record is not known, and no day that was not kept."""
    one = running()
    at(monkeypatch, START + timedelta(days=6))
    arms = arms_by_day(one.design, one.seed)
    fast_on(START, 18)
    fast_on(START + timedelta(days=2), 12)
    found = days_of(one)
    assert len(found) == 24
    assert found[0].is_kept is (arms[0] is Arm.A)
    assert found[2].is_kept is (arms[2] is Arm.B)
    assert [one.is_kept for one in found[3:]] == [None] * 21


def test_per_protocol_leaves_out_what_was_not_kept_alone(over: None) -> None:
    one = running()
    live(one, 8)
    arms = arms_by_day(one.design, one.seed)
    # On the first day of A a fast that is too short: its morning says nothing of A.
    first = START + timedelta(days=arms.index(Arm.A))
    fast_on(first, 12)
    WhoopRecovery.objects.filter(date=first + timedelta(days=1)).update(hrv_rmssd=10)
    found = result_of(one)
    assert found["kept"]["a"] == {"kept": 0, "not_kept": 1, "unknown": 11}
    assert found["kept"]["b"] == {"kept": 0, "not_kept": 0, "unknown": 12}
    assert found["effect"]["estimate"] < 7
    assert found["per_protocol"]["estimate"] == pytest.approx(8, abs=2)
    assert found["effect"]["known_pairs"] == found["per_protocol"]["known_pairs"] == 6
    # No coin chose these days.
    assert [found["per_protocol"][name] for name in ("low", "high", "p")] == [None] * 3


@pytest.mark.parametrize(
    ("broken", "reason"),
    [(0, "too little"), (1, "too little"), (2, "too few days kept"), (3, "too few days kept")],
)
def test_nothing_is_dropped_where_too_few_days_were_kept(
    over: None, broken: int, reason: str
) -> None:
    """Of the twelve days of A five are known, and a fifth of them, two at least, are too many."""
    one = running(worth=20)
    live(one, 8)
    arms = arms_by_day(one.design, one.seed)
    tried = [at for at, arm in enumerate(arms) if arm is Arm.A][:5]
    for number, at in enumerate(tried):
        fast_on(START + timedelta(days=at), 12 if number < broken else 18)
    found = result_of(one)
    assert found["kept"]["a"]["not_kept"] == broken
    assert found["reason"] == reason
    assert found["verdict"] == ("drop" if reason == "too little" else "undecided")


def test_other_metrics_decide_nothing(over: None) -> None:
    one = running(secondary=["whoop.resting_heart_rate"])
    live(one, 0)
    found = result_of(one)
    assert [row["metric"] for row in found["secondary"]] == ["whoop.resting_heart_rate"]
    assert found["secondary"][0]["estimate"] == 0
    assert found["verdict"] == "undecided"


def test_it_is_reckoned_only_when_the_last_outcome_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    one = running()
    live(one, 8)
    last = START + timedelta(days=23)
    for day in (START, last, last + days.ONE_DAY):
        at(monkeypatch, day)
        with pytest.raises(ValidationError, match="all days"):
            finish(one)
        with pytest.raises(ValueError, match="reckoned when"):
            result_of(one)
        assert finish_all() == 0
    at(monkeypatch, last + timedelta(days=2))
    finish(one)
    assert (one.state, one.result["verdict"]) == ("ended", "keep")
    with pytest.raises(ValidationError):
        finish(one)


def test_the_worker_reckons_what_has_been_over_for_some_days(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = running()
    live(one, 8)
    makers.experiment(outcome="whoop.gone", start=START, state="running", pairs=6, block_days=2)
    at(monkeypatch, START + timedelta(days=26))
    assert finish_all() == 0, "what is sent late has two days"
    at(monkeypatch, START + timedelta(days=27))
    assert finish_all() == 1
    one.refresh_from_db()
    assert one.state == "ended"
    assert finish_all() == 0


def test_a_stopped_one_is_not_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, START + timedelta(days=5))
    one = running()
    live(one, 8)
    with pytest.raises(ValidationError, match="why you stop"):
        stop(one, "  ")
    stop(one, "I was ill.")
    one.refresh_from_db()
    assert (one.state, one.result, one.stop_reason) == ("stopped", None, "I was ill.")
    with pytest.raises(ValidationError):
        finish(one)


def test_what_is_over_is_not_thrown_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also while its last outcome is still to come. One that cannot be reckoned can be stopped."""
    one = running()
    at(monkeypatch, START + timedelta(days=23))
    assert one.has_days_left
    at(monkeypatch, START + timedelta(days=24))
    with pytest.raises(ValidationError, match="nothing to stop"):
        stop(one, "By mistake.")
    stop(running(outcome="whoop.gone"), "The metric is gone.")


def test_what_was_deleted_while_it_ran_comes_back_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Insights show what goes with it meanwhile, so that it could be gone on with at a lucky moment."""
    one, over, plan = running(), running(), planned()
    at(monkeypatch, START + timedelta(days=24))
    Experiment.objects.filter(pk=one.pk).mark_deleted()
    at(monkeypatch, START + timedelta(days=25))
    Experiment.objects.exclude(pk=one.pk).mark_deleted()
    assert Experiment.objects.all().restore() == 3
    for row in (one, over, plan):
        row.refresh_from_db()
    assert (one.state, one.stopped_on) == ("stopped", START + timedelta(days=24))
    assert one.stop_reason == "It was deleted while it ran."
    assert (over.state, over.stop_reason, plan.state) == ("running", "", "planned")


def test_two_that_are_judged_by_the_same_do_not_run_at_once() -> None:
    """The coin of each asks for something else on the same day."""
    one = running(question="Does a long fast help?")
    other = planned(outcome="whoop.strain")
    with pytest.raises(ValidationError) as refused:
        begin(other, START + timedelta(days=23))
    (said,) = refused.value.message_dict["start"]
    assert "“Does a long fast help?” runs until 24 June 2026" in said
    begin(other, START + timedelta(days=24))
    third = planned(outcome="whoop.strain")
    Experiment.objects.filter(pk=one.pk).mark_deleted()
    begin(third, START)
    for fields in ({"action": "", "try_at_least": None, "usual_below": None}, {}):
        begin(planned(**{"action": "whoop.bedtime", "outcome": "weight.morning"} | fields), START)


def test_the_page_says_at_the_start_that_another_one_runs(client: Client) -> None:
    client.force_login(User.objects.create_superuser("robin"))
    running(question="Does a long fast help?")
    other = planned(outcome="whoop.strain")
    page = client.post(f"/experiments/{other.pk}/start", {"start": f"{START}"})
    assert "one day would ask for both A and B" in page.content.decode()
    assert Experiment.objects.get(pk=other.pk).state == "planned"


def test_two_with_the_same_outcome_are_warned_about() -> None:
    one = running()
    other = planned(question="Does tea help?", action="", try_at_least=None, usual_below=None)
    assert "same outcome" in warnings_of(other)[0]
    assert warnings_of(one) == []
    third = planned(outcome="whoop.strain")
    assert "cannot keep both" in warnings_of(third)[0]
    Experiment.objects.filter(pk=other.pk).update(state="running", start=START)
    (said,) = warnings_of(one)
    assert "same outcome" in said
    assert said.endswith("Better stop one of them.")
    Experiment.objects.filter(pk=other.pk).update(state="planned", start=None)
    other.refresh_from_db()
    Experiment.objects.filter(pk=one.pk).mark_deleted()
    assert warnings_of(other) == warnings_of(third) == []


def test_nothing_of_the_outcome_is_told_while_it_runs(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the mornings are, every page, every answer of the API and the admin are the same to the letter."""
    one = running()
    at(monkeypatch, START + timedelta(days=20))
    client.force_login(User.objects.create_superuser("robin"))
    addresses = [
        f"/api/experiments/{one.pk}",
        "/api/experiments",
        f"/api/experiments/{one.pk}/schedule",
        f"/admin/experiments/experiment/{one.pk}/change/",
    ]
    seen = []
    for effect in (0, 40):
        WhoopRecovery.objects.all().delete()
        live(one, effect)
        answers = [client.get(path) for path in addresses]
        assert {answer.status_code for answer in answers} == {200}
        seen.append([plain(answer.content.decode()) for answer in answers])
    assert seen[0] == seen[1]
    assert client.post(f"/api/experiments/{one.pk}/finish").status_code == 400
    assert Experiment.objects.get().result is None


def plain(text: str) -> str:
    """Return a page without its token, which differs each time."""
    return "\n".join(
        line for line in text.splitlines() if "csrf" not in line and "nonce" not in line
    )


def test_the_api_from_plan_to_end(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    robin = User.objects.create_superuser("robin")
    client.force_login(robin)
    body = {
        "question": "Does it help?",
        "try_words": "fast",
        "usual_words": "eat as usual",
        "outcome": "whoop.hrv",
        "pairs": 6,
        "block_days": 2,
        "washout_days": 0,
    }

    def send(path: str, **data: object) -> Any:
        return client.post(f"/api/experiments{path}", data, "application/json")

    mixed = send("", **body | {"outcome": "weight.trend"})
    assert "Choose Weight." in mixed.json()["outcome"][0]
    made = send("", **body).json()
    assert (made["state"], made["outcome_lag"], made["result"]) == ("planned", 1, None)
    path = f"/{made['id']}"
    assert client.get(f"/api/experiments{path}/schedule").json() == {"days": [], "warnings": []}
    refused = send(f"{path}/start", start="2026-05-31")
    assert refused.status_code == 400
    assert "start" in refused.json()
    begun = send(f"{path}/start").json()
    assert (begun["state"], begun["start"]) == ("running", f"{START}")
    assert len(client.get(f"/api/experiments{path}/schedule").json()["days"]) == 24
    changed = client.patch(f"/api/experiments{path}", {"pairs": 8}, "application/json")
    assert changed.status_code == 400
    assert "has begun" in changed.json()["pairs"][0]
    live(Experiment.objects.get(), 8)
    at(monkeypatch, START + timedelta(days=30))
    client.force_login(robin)
    ended = send(f"{path}/finish").json()
    assert ended["result"]["verdict"] == "keep"
    assert client.delete(f"/api/experiments{path}").status_code == 204
    assert client.get("/api/experiments").json()["count"] == 0
    assert client.get("/api/experiments?deleted=true").json()["count"] == 1
    assert send(f"{path}/restore").json()["state"] == "ended"


def test_the_api_brings_back_what_ran_as_stopped(client: Client) -> None:
    client.force_login(User.objects.create_superuser("robin"))
    path = f"/api/experiments/{running().pk}"
    assert client.delete(path).status_code == 204
    back = client.post(f"{path}/restore").json()
    assert (back["state"], back["stopped_on"], back["deleted_at"]) == ("stopped", f"{START}", None)


def test_a_lock_is_taken_on_what_is_there_alone() -> None:
    one = planned()
    with transaction.atomic():
        assert locked(one.pk) == one
        Experiment.objects.filter(pk=one.pk).mark_deleted()
        with pytest.raises(Experiment.DoesNotExist):
            locked(one.pk)
    assert recovery(START, 60).date == START
