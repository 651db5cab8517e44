"""Withings over real HTTP: what is upstream is in the database, whatever happens on the way."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from lifetracker.errors import TryLater
from lifetracker.models import BEGINNING, RejectedItem, SyncRun, SyncState
from lifetracker.sync.job import sync
from lifetracker.sync.plans import SyncRequest
from lifetracker.sync.streams import sources
from oauth_integration.models import OAuthCredential
from tests import databases, makers
from tests.conftest import NOW, run, store_tokens, total
from weight.models import WITHINGS, MeasureGroup, WeighIn
from weight.services.withings_client import WithingsAPIClient
from weight.streams import TYPES, source

ASKED = set(TYPES)


def go(**order: Any) -> SyncRun:
    return run(WITHINGS, **order)


def good(**order: Any) -> SyncRun:
    record = go(**order)
    assert record.status == SyncRun.Status.SUCCESS, record.error
    return record


def whole() -> None:
    """For `databases.once`: the account as the stand-in has it at first."""
    good(full=True)


def upstream(service: Any) -> dict[str, dict[str, Any]]:
    """By id, with those measures only that are asked for."""
    found = {}
    for group in service.groups():
        measures = [m for m in group["measures"] if m["type"] in ASKED]
        if measures:
            found[str(group["grpid"])] = {**group, "measures": measures}
    return found


def stored() -> dict[str, Any]:
    return dict(MeasureGroup.objects.live().values_list("source_id", "raw"))


def weights(service: Any) -> dict[int, set[Decimal]]:
    """By moment, the weights that were sent for it: computed without the program's own mapping."""
    found = defaultdict(set)
    for group in upstream(service).values():
        for one in group["measures"]:
            if one["type"] == 1:
                found[group["date"]].add(Decimal(one["value"]) * Decimal(10) ** one["unit"])
    return found


def assert_equals_upstream(service: Any) -> None:
    assert stored() == upstream(service)
    sent = weights(service)
    rows = {int(row.measured_at.timestamp()): row for row in WeighIn.objects.live()}
    assert rows.keys() == sent.keys()
    assert all(row.weight_kg in sent[moment] for moment, row in rows.items())


def state() -> SyncState:
    return SyncState.objects.get(source=WITHINGS)


def test_the_whole_history_comes_and_equals_the_upstream(withings: Any) -> None:
    record = good(full=True)
    assert_equals_upstream(withings)
    assert state().verified_from == BEGINNING
    assert record.counts["measure"]["rejected"] == 0
    assert WeighIn.objects.count() > 50


def test_a_first_run_reads_thirty_days(withings: Any) -> None:
    good()
    oldest = (NOW - timedelta(days=30)).timestamp()
    assert stored() == {k: g for k, g in upstream(withings).items() if g["date"] >= oldest - 1}


def test_a_second_run_changes_nothing(withings: Any, sandbox: Any) -> None:
    databases.once(whole)
    before = list(WeighIn.objects.values_list("source_id", "updated_at"))
    sandbox.requests.clear()
    record = good()
    assert total(record, "created", "updated", "deleted") == (0, 0, 0)
    assert list(WeighIn.objects.values_list("source_id", "updated_at")) == before
    assert len(sandbox.requests) == 2, (
        "what has changed, and the window in which something may be gone"
    )


@pytest.mark.parametrize("order", ["created", "newest", "shuffled"])
@pytest.mark.parametrize("size", [1, 7])
def test_the_parts_of_a_weigh_in_are_joined_in_any_order(
    withings: Any, at: Any, order: str, size: int
) -> None:
    withings.options.configure(order=order, page_size=size)
    withings.weigh(71.3, NOW - timedelta(hours=1), pulse=58)
    good(days=3)
    row = WeighIn.objects.get(measured_at=NOW - timedelta(hours=1))
    assert (row.weight_kg, row.heart_pulse) == (Decimal("71.3"), 58)
    assert len(row.raw["groups"]) == 2, "no group loses its identity"
    assert MeasureGroup.objects.filter(source_id__in=row.raw["groups"]).count() == 2
    assert_parts_are_upstream(withings)


def assert_parts_are_upstream(service: Any) -> None:
    for row in WeighIn.objects.live():
        moment = int(row.measured_at.timestamp())
        ids = {key for key, group in upstream(service).items() if group["date"] == moment}
        assert set(row.raw["groups"]) <= ids


def test_a_late_upload_is_found(withings: Any, at: Any) -> None:
    databases.once(whole)
    at(NOW + timedelta(days=1))
    long_ago = int((NOW - timedelta(days=59)).timestamp())
    withings.add({"date": long_ago, "measures": [{"type": 1, "value": 70123, "unit": -3}]})
    good()
    assert_equals_upstream(withings)
    assert WeighIn.objects.get(source_id=str(long_ago)).weight_kg == Decimal("70.123")


def test_a_late_edit_is_found_and_moves_the_weigh_in(withings: Any, at: Any) -> None:
    moment = NOW - timedelta(days=80)
    first, second = withings.weigh(70, moment, pulse=60)
    good(full=True)
    at(NOW + timedelta(days=1))
    moved = moment + timedelta(minutes=5)
    withings.edit(first, date=int(moved.timestamp()))
    withings.edit(second, date=int(moved.timestamp()))
    good()
    assert not WeighIn.objects.live().filter(measured_at=moment).exists()
    assert WeighIn.objects.live().get(measured_at=moved).heart_pulse == 60
    assert_equals_upstream(withings)


def test_a_deletion_is_found_in_the_window_that_is_read_again(withings: Any, at: Any) -> None:
    with_pulse = withings.weigh(70, NOW - timedelta(days=2), pulse=60)
    gone = withings.weigh(71, NOW - timedelta(days=3), pulse=61)
    good(full=True)
    at(NOW + timedelta(hours=2))
    for grpid in gone:
        withings.delete(grpid)
    withings.delete(with_pulse[1])
    record = good()
    assert record.total("deleted") == 3
    rows = WeighIn.objects.live()
    assert not rows.filter(measured_at=NOW - timedelta(days=3)).exists()
    left = rows.get(measured_at=NOW - timedelta(days=2))
    assert (left.weight_kg, left.heart_pulse) == (70, None), "what is gone leaves the weigh-in"
    withings.restore(gone[0])
    at(NOW + timedelta(hours=3))
    good()
    assert rows.get(measured_at=NOW - timedelta(days=3)).weight_kg == 71


def test_an_old_deletion_is_found_by_a_full_pass(withings: Any, at: Any) -> None:
    gone = withings.weigh(70, NOW - timedelta(days=90))
    good(full=True)
    for grpid in gone:
        withings.delete(grpid)
    at(NOW + timedelta(days=1))
    good(full=True)
    assert_equals_upstream(withings)


def test_a_deletion_before_a_long_outage_is_found(withings: Any, at: Any) -> None:
    gone = withings.weigh(70, NOW - timedelta(days=3))
    good(full=True)
    for grpid in gone:
        withings.delete(grpid)
    at(NOW + timedelta(days=20))
    good()
    assert_equals_upstream(withings)


def test_a_deletion_is_found_although_the_first_look_for_it_failed(
    withings: Any, sandbox: Any, at: Any
) -> None:
    gone = withings.weigh(70, NOW - timedelta(days=3))
    good(full=True)
    for grpid in gone:
        withings.delete(grpid)
    at(NOW + timedelta(days=20))
    sandbox.faults.add("/measure", nth=2, **envelope(400))
    assert go().status == SyncRun.Status.PARTIAL
    good()
    assert_equals_upstream(withings)


@pytest.mark.parametrize("order", [{"full": True}, {}])
def test_a_group_that_vanishes_while_pages_are_read_takes_no_other_along(
    withings: Any, at: Any, monkeypatch: pytest.MonkeyPatch, order: dict[str, bool]
) -> None:
    withings.options.configure(page_size=5)
    good(full=True)
    at(NOW + timedelta(hours=1))
    late = [withings.weigh(70, NOW - timedelta(days=60 + n)) for n in range(9)]
    asked = WithingsAPIClient.get
    pages: list[Any] = []

    def get(client: Any, path: str, params: Any) -> Any:
        answer = asked(client, path, params)
        pages.append(params)
        if len(pages) == 2:
            first = answer["measuregrps"][0]["grpid"]
            withings.delete(first)
        return answer

    monkeypatch.setattr(WithingsAPIClient, "get", get)
    good(**order)
    here = set(stored())
    assert {str(g) for group in late for g in group} & set(upstream(withings)) <= here
    assert set(upstream(withings)) <= here, "nothing that exists is buried or lost"


def test_a_measure_that_becomes_a_goal_is_no_weight_any_more(withings: Any, at: Any) -> None:
    withings.options.configure(category_filter=False)
    group, _ = withings.weigh(70, NOW - timedelta(days=60))
    good(full=True)
    at(NOW + timedelta(hours=1))
    withings.edit(group, category=2)
    good()
    assert not MeasureGroup.objects.live().filter(source_id=str(group)).exists()
    assert not WeighIn.objects.live().filter(measured_at=NOW - timedelta(days=60)).exists()


def test_pages_of_goals_only_are_no_end(withings: Any) -> None:
    withings.options.configure(category_filter=False, page_size=1)
    for number in range(5):
        moment = int((NOW - timedelta(days=1, minutes=number)).timestamp())
        withings.add(
            {"category": 2, "date": moment, "measures": [{"type": 1, "value": 7, "unit": 1}]}
        )
    good(days=2)


def test_a_stretch_that_a_wrong_clock_wrote_is_forgotten(withings: Any) -> None:
    """As an earlier version wrote it, which did not look at the service's clock."""
    good()
    ahead = NOW + timedelta(days=100)
    SyncState.objects.update(verified_from=ahead - timedelta(days=30), verified_to=ahead)
    good(full=True)
    assert state().whole_history
    assert state().verified_to == NOW
    assert_equals_upstream(withings)


@pytest.mark.parametrize("date", [253402300799, -62135596800, -1])
def test_a_moment_that_is_none_is_rejected(
    withings: Any, settings: Any, at: Any, date: int
) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    good()
    at(NOW + timedelta(minutes=5))
    grpid = withings.add({"date": date, "measures": [{"type": 1, "value": 70, "unit": 0}]})
    good()
    assert "1970" in RejectedItem.objects.get(item_key=str(grpid)).reason


def test_an_ambiguous_group_adds_nothing_to_a_sure_weight(withings: Any) -> None:
    date = int((NOW - timedelta(hours=3)).timestamp())
    withings.add({"date": date, "measures": [{"type": 1, "value": 70, "unit": 0}]})
    withings.add({"date": date, "attrib": 1, "measures": [{"type": 6, "value": 35, "unit": 0}]})
    good(days=1)
    row = WeighIn.objects.get(source_id=str(date))
    assert (row.weight_kg, row.fat_ratio) == (70, None)


def test_an_ambiguous_measure_is_kept_and_kept_out_of_the_figures(withings: Any) -> None:
    moment = NOW - timedelta(hours=3)
    withings.add(
        {
            "date": int(moment.timestamp()),
            "attrib": 1,
            "measures": [{"type": 1, "value": 95, "unit": 0}],
        }
    )
    good(days=1)
    row = WeighIn.objects.get(measured_at=moment)
    assert row.is_ambiguous
    assert row not in WeighIn.objects.certain()
    assert all(point.kg < 90 for point in makers.whole_trend())
    # The person says that it was hers, or a sure one comes for the same moment.
    withings.add(
        {"date": int(moment.timestamp()), "measures": [{"type": 1, "value": 701, "unit": -1}]}
    )
    good(days=1)
    row.refresh_from_db()
    assert (row.weight_kg, row.is_ambiguous) == (Decimal("70.1"), False)
    assert MeasureGroup.objects.filter(measured_at=moment).count() == 2


def test_goals_are_no_weights_even_if_the_service_sends_them(withings: Any) -> None:
    withings.options.configure(category_filter=False)
    good(full=True)
    assert_equals_upstream(withings)


@pytest.mark.parametrize("more", ["int", "bool"])
def test_every_page_is_read(withings: Any, more: str) -> None:
    withings.options.configure(page_size=5, more=more)
    good(full=True)
    assert_equals_upstream(withings)


def test_an_offset_that_does_not_move_is_an_error_and_not_the_end(withings: Any) -> None:
    withings.options.configure(page_size=5, offset="stuck")
    record = go()
    assert record.status in {SyncRun.Status.PARTIAL, SyncRun.Status.FAILED}
    assert "no end" in record.error
    assert not SyncState.objects.filter(source=WITHINGS, verified_to__isnull=False).exists()


def test_a_failing_page_keeps_what_came_and_claims_nothing(withings: Any, sandbox: Any) -> None:
    withings.options.configure(page_size=20)
    sandbox.faults.add("/measure", kind="status", status=400, nth=3, times=None, body=b"{}")
    record = go(full=True)
    assert record.status == SyncRun.Status.PARTIAL
    assert MeasureGroup.objects.count() == 40
    assert not SyncState.objects.filter(source=WITHINGS, verified_to__isnull=False).exists()
    sandbox.faults.clear()
    good(full=True)
    assert_equals_upstream(withings)


def test_an_outage_of_any_length_heals(withings: Any, at: Any) -> None:
    databases.once(whole)
    at(NOW + timedelta(days=200))
    good()
    assert_equals_upstream(withings)


def test_a_group_that_cannot_be_mapped_stops_no_other_and_is_not_lost(
    withings: Any, at: Any
) -> None:
    bad = withings.add({"measures": [{"type": 1, "value": "heavy", "unit": -3}]})
    withings.add({"measures": "none at all"})
    withings.add({"date": 10**30})
    record = go(days=2)
    assert record.status == SyncRun.Status.SUCCESS
    listed = RejectedItem.objects.get(item_key=str(bad))
    assert "'heavy' x 10^-3" in listed.reason
    assert json.loads(listed.payload)["grpid"] == bad
    withings.edit(bad, measures=[{"type": 1, "value": 7123, "unit": -2}])
    at(NOW + timedelta(minutes=5))
    go()
    assert not RejectedItem.objects.filter(item_key=str(bad)).exists()
    assert MeasureGroup.objects.get(source_id=str(bad)).weight_kg == Decimal("71.23")


# --- What Withings says in its own way --------------------------------------------------------------


def envelope(status: int, **body: Any) -> dict[str, Any]:
    answer = {"status": status, "body": body, "error": "said by the service"}
    return {"kind": "status", "status": 200, "body": json.dumps(answer)}


def test_601_waits_as_told(withings: Any, sandbox: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(
        "lifetracker.sync.http.HttpClient._wait", lambda _, seconds: waits.append(seconds)
    )
    sandbox.faults.add("/measure", **envelope(601, wait_seconds=17))
    good()
    assert 17 in waits


def test_601_without_a_time_waits_longer_each_time(
    withings: Any, sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(
        "lifetracker.sync.http.HttpClient._wait", lambda _, seconds: waits.append(seconds)
    )
    sandbox.faults.add("/measure", times=2, **envelope(601))
    good()
    told = [seconds for seconds in waits if seconds]
    assert len(told) == 2
    assert told[0] < told[1]


def test_no_601_is_waited_for_longer_than_the_minute_of_the_limit(
    withings: Any, sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(
        "lifetracker.sync.http.HttpClient._wait", lambda _, seconds: waits.append(seconds)
    )
    sandbox.faults.add("/measure", **envelope(601, wait_seconds=1880))
    good()
    assert max(waits) == 60


@pytest.mark.parametrize("order", [{"full": True}, {}])
def test_pages_that_move_are_confirmed_without_repeating_a_question(
    withings: Any, sandbox: Any, at: Any, monkeypatch: pytest.MonkeyPatch, order: dict[str, bool]
) -> None:
    """Withings refuses the same arguments within ten seconds, and may tell to wait for minutes."""
    waits: list[float] = []
    monkeypatch.setattr(
        "lifetracker.sync.http.HttpClient._wait", lambda _, seconds: waits.append(seconds)
    )
    withings.options.configure(page_size=5, identical=True, identical_wait=188)
    good(full=True)
    at(NOW + timedelta(hours=1))
    for number in range(12):
        withings.weigh(70, NOW - timedelta(days=60 + number))
    good(**order)
    assert not any(waits), "no question was refused"
    assert state().whole_history
    assert_equals_upstream(withings)


def test_a_real_limit_is_kept(withings: Any, sandbox: Any, settings: Any) -> None:
    withings.limits.configure(5, 1.0)
    withings.options.configure(page_size=40)
    good(full=True)
    assert_equals_upstream(withings)


def test_an_expired_token_is_refreshed_once(withings: Any, sandbox: Any) -> None:
    sandbox.faults.add("/measure", **envelope(401))
    good()
    assert withings.refreshes == 1


def test_a_token_that_is_never_taken_ends_with_what_to_do(withings: Any, sandbox: Any) -> None:
    sandbox.faults.add("/measure", times=None, **envelope(401))
    record = go()
    assert "withings_auth" in record.error


@pytest.mark.parametrize("status", [522, 524, 5000])
def test_passing_trouble_is_tried_again(
    withings: Any, sandbox: Any, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setattr("lifetracker.sync.http.HttpClient._wait", lambda *_: None)
    sandbox.faults.add("/measure", times=2, **envelope(status))
    good()


@pytest.mark.parametrize("status", [293, 2554, 2555, 987_654])
def test_other_errors_are_said_with_their_number(withings: Any, sandbox: Any, status: int) -> None:
    sandbox.faults.add("/measure", times=None, **envelope(status))
    record = go()
    assert record.status == SyncRun.Status.FAILED
    assert f"status {status}" in record.error


@pytest.mark.parametrize(
    "fault", [{"kind": "garbage"}, {"kind": "status", "status": 200, "body": "[]"}]
)
def test_an_answer_that_is_no_envelope_is_said(withings: Any, sandbox: Any, fault: Any) -> None:
    sandbox.faults.add("/measure", times=None, **fault)
    assert "Withings answered 200" in go().error


# --- Tokens ---------------------------------------------------------------------------------------


def expired(service: Any) -> OAuthCredential:
    OAuthCredential.objects.all().delete()
    credential = store_tokens(service, service.issue_tokens())
    credential.expires_at = timezone.now() - timedelta(minutes=1)
    credential.save()
    return credential


def test_an_answer_lost_after_the_rotation_heals_with_the_same_token(
    withings: Any, sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lifetracker.sync.http.HttpClient._wait", lambda *_: None)
    expired(withings)
    sandbox.faults.add("/v2/oauth2", kind="lost")
    good()
    assert withings.refreshes == 2


def test_two_lost_answers_heal_at_the_next_run(
    withings: Any, sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lifetracker.sync.http.HttpClient._wait", lambda *_: None)
    expired(withings)
    sandbox.faults.add("/v2/oauth2", kind="lost", times=2)
    assert go().status == SyncRun.Status.FAILED
    assert not OAuthCredential.objects.get().needs_reauthorization
    good()


def test_a_refused_token_gives_way_to_the_one_before_it(withings: Any) -> None:
    """As after a backup was restored, or where a stored pair was never the one that counts."""
    credential = expired(withings)
    old = credential.refresh_token
    credential.refresh_token = "a-token-that-withings-never-gave"
    credential.previous_refresh_token = old
    credential.save()
    good()
    assert OAuthCredential.objects.get().needs_reauthorization is False


def test_the_previous_token_is_kept_at_each_rotation(withings: Any) -> None:
    spent = expired(withings).refresh_token
    good()
    stored_now = OAuthCredential.objects.get()
    assert stored_now.previous_refresh_token == spent
    assert stored_now.refresh_token != spent


def test_a_dead_chain_asks_for_consent(withings: Any) -> None:
    credential = expired(withings)
    credential.refresh_token = "dead"
    credential.save()
    record = go()
    assert "withings_auth" in record.error
    assert "dead" not in record.error
    assert OAuthCredential.objects.get().needs_reauthorization


def test_the_token_that_was_spent_is_the_previous_one(withings: Any) -> None:
    credential = expired(withings)
    good_one = credential.refresh_token
    credential.refresh_token, credential.previous_refresh_token = "dead", good_one
    credential.save()
    good()
    assert OAuthCredential.objects.get().previous_refresh_token == good_one


def test_a_code_is_not_kept_waiting(withings: Any, sandbox: Any) -> None:
    """It lives for half a minute."""
    sandbox.faults.add("/v2/oauth2", times=None, **envelope(601, wait_seconds=110))
    OAuthCredential.objects.update(redirect_uri=withings.redirect_uris[0])
    sandbox.requests.clear()
    with pytest.raises(TryLater):
        WithingsAPIClient().exchange_code_for_token("a-code")
    assert len(sandbox.requests) == 1


def test_a_secret_that_the_service_repeats_is_not_quoted(withings: Any, sandbox: Any) -> None:
    token = expired(withings).refresh_token
    answer = {"status": 503, "error": f"Invalid Params: invalid refresh_token {token}"}
    sandbox.faults.add("/v2/oauth2", kind="status", status=200, body=json.dumps(answer), times=None)
    record = go()
    assert "invalid refresh_token" in record.error
    assert token not in record.error


@pytest.mark.parametrize("token", ["ключ", "a\nb", "\ud800", 7])
def test_what_is_no_token_is_not_stored(withings: Any, sandbox: Any, token: Any) -> None:
    spent = expired(withings).refresh_token
    body = {"access_token": token, "refresh_token": "r", "expires_in": 10, "userid": "\ud800"}
    answer = json.dumps({"status": 0, "body": body})
    sandbox.faults.add("/v2/oauth2", kind="status", status=200, body=answer)
    assert "no token" in go().error
    assert OAuthCredential.objects.get().refresh_token == spent
    good()


def test_no_secret_in_what_is_kept(withings: Any, sandbox: Any, capsys: Any) -> None:
    credential = expired(withings)
    secrets = [credential.access_token, credential.refresh_token, withings.client_secret]
    sandbox.faults.add("/measure", nth=2, times=None, **envelope(987_654))
    sync(sources[WITHINGS], SyncRequest(full=True))
    sandbox.faults.clear()
    good()
    told = (
        " ".join(map(str, SyncRun.objects.values_list("error", "counts"))) + capsys.readouterr().err
    )
    assert not [secret for secret in secrets if secret in told]


def test_the_source_is_complete() -> None:
    assert source.streams[0].params["meastypes"] == "1,5,6,8,11,76,77,88"
