"""Each payload of Withings through the real client, stream and upsert, over HTTP."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from lifetracker.errors import BadResponse, NeedsReauthorization
from lifetracker.models import RejectedItem, SyncRun
from lifetracker.sync.mapping import Unmappable
from lifetracker.sync.streams import Window
from oauth_integration.models import OAuthCredential
from tests.conftest import NOW, run
from tests.makers import measure_group
from weight.models import WITHINGS, MeasureGroup, WeighIn
from weight.services.withings_client import WithingsAPIClient
from weight.streams import measures, real_value, weigh_in, with_values

PAYLOADS = Path(__file__).parent.parent / "payloads" / "withings"


def text(name: str) -> str:
    return (PAYLOADS / name).read_text()


def answer(sandbox: Any, *names: str, path: str = "/measure") -> None:
    """These payloads, one request after the other; several are read twice, because they could have
    moved."""
    for number, name in enumerate(names * min(len(names), 2), 1):
        headers = {"Content-Type": "application/json"}
        sandbox.faults.add(
            path, kind="status", status=200, body=text(name), headers=headers, nth=number
        )


def sync(sandbox: Any, *names: str) -> SyncRun:
    answer(sandbox, *names)
    return run(WITHINGS, days=1)


@pytest.mark.parametrize(
    ("names", "groups", "weights"),
    [
        (["getmeas_official_body_comp_pro.json"], 1, [Decimal("75.232")]),
        (["getmeas_example_two_measures.json"], 1, [Decimal("75")]),
        (["getmeas_empty.json"], 0, []),
        (["getmeas_category2_goal.json"], 0, []),
        (["getmeas_page1_more.json", "getmeas_page2_last.json"], 12, []),
        (["getmeas_page1_more_boolean.json", "getmeas_page2_last.json"], 8, []),
    ],
    ids=lambda value: (
        value[0] if isinstance(value, list) and value and isinstance(value[0], str) else None
    ),
)
def test_a_sample(
    withings: Any, sandbox: Any, names: list[str], groups: int, weights: list[Decimal]
) -> None:
    record = sync(sandbox, *names)
    assert record.status == SyncRun.Status.SUCCESS, record.error
    assert not RejectedItem.objects.exists()
    assert MeasureGroup.objects.count() == groups
    assert list(WeighIn.objects.values_list("weight_kg", flat=True)) == weights


def test_the_groups_of_a_demo_account(withings: Any, sandbox: Any) -> None:
    record = sync(sandbox, "getmeas_demo_account_slice.json")
    assert record.status == SyncRun.Status.SUCCESS, record.error
    assert not RejectedItem.objects.exists()
    items = json.loads(text("getmeas_demo_account_slice.json"))["body"]["measuregrps"]
    real = [item for item in items if item["category"] == 1]
    assert MeasureGroup.objects.count() == len(real)
    assert {row.raw["grpid"] for row in MeasureGroup.objects.all()} == {g["grpid"] for g in real}
    row = WeighIn.objects.get(source_id="1644388257")
    assert (row.weight_kg, row.fat_ratio, row.heart_pulse) == (
        Decimal("90.2"),
        Decimal("11.53"),
        75,
    )
    assert (row.muscle_mass_kg, row.hydration_kg, row.bone_mass_kg) == (
        Decimal("75.39"),
        Decimal("57.59"),
        Decimal("4.4"),
    )
    assert row.device == "Body Cardio"
    # One without a weight of its own is no weigh-in.
    assert not WeighIn.objects.filter(source_id="1619953233").exists()


def test_zeros_beside_a_typed_in_weight_are_no_measures(withings: Any, sandbox: Any) -> None:
    sync(sandbox, "getmeas_fillers_typed_in.json")
    assert not RejectedItem.objects.exists()
    typed_in, weighed = WeighIn.objects.order_by("-measured_at")
    assert (typed_in.weight_kg, typed_in.fat_ratio, typed_in.fat_mass_kg) == (
        Decimal("71.25"),
        None,
        None,
    )
    assert (weighed.fat_ratio, weighed.fat_mass_kg) == (Decimal("22.2"), Decimal("15.83"))
    assert (weighed.bone_mass_kg, weighed.heart_pulse) == (None, None)
    assert MeasureGroup.objects.get(source_id="880012301").raw["measures"][2]["value"] == 0
    assert [day["fat"] for day in WeighIn.objects.all().per_day()] == [Decimal("22.2"), None]


def test_a_code_that_nobody_knows_is_kept(withings: Any, sandbox: Any) -> None:
    sync(sandbox, "getmeas_odd_attrib_and_category.json")
    row = WeighIn.objects.get(source_id="1763707200")
    assert (row.attribution, row.weight_kg) == (-1, Decimal("71.4"))
    assert row in WeighIn.objects.all().certain()


def test_official_numbers_of_a_fat_ratio(withings: Any, sandbox: Any) -> None:
    sync(sandbox, "getmeas_example_two_measures.json")
    assert WeighIn.objects.get().fat_ratio == 18


# --- Tokens ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "account"),
    [("token_success.json", "363"), ("token_success_userid_string.json", "12345678")],
)
def test_tokens_are_read_from_the_body(
    withings: Any, sandbox: Any, name: str, account: str
) -> None:
    answer(sandbox, name, path="/v2/oauth2")
    WithingsAPIClient().exchange_code_for_token("a-code")
    stored = OAuthCredential.objects.get()
    body = json.loads(text(name))["body"]
    assert (stored.access_token, stored.refresh_token) == (
        body["access_token"],
        body["refresh_token"],
    )
    assert (stored.account, stored.scopes) == (account, body["scope"])


@pytest.mark.parametrize(
    "name", ["token_error_503_invalid_code.json", "token_error_503_invalid_refresh_token.json"]
)
def test_503_of_the_token_endpoint_is_for_good(withings: Any, sandbox: Any, name: str) -> None:
    answer(sandbox, name, path="/v2/oauth2")
    sandbox.requests.clear()
    with pytest.raises(NeedsReauthorization, match="withings_auth"):
        WithingsAPIClient().exchange_code_for_token("a-code")
    assert len(sandbox.requests) == 1


def test_another_persons_consent_is_refused(withings: Any, sandbox: Any) -> None:
    answer(sandbox, "token_success.json", path="/v2/oauth2")
    WithingsAPIClient().exchange_code_for_token("a-code")
    answer(sandbox, "token_success_userid_string.json", path="/v2/oauth2")
    with pytest.raises(NeedsReauthorization, match="another account"):
        WithingsAPIClient().exchange_code_for_token("a-code")
    assert OAuthCredential.objects.get().account == "363"


def test_an_answer_without_tokens_is_said(withings: Any, sandbox: Any) -> None:
    answer(sandbox, "notify_revoke_success.json", path="/v2/oauth2")
    with pytest.raises(BadResponse, match="without an access token"):
        WithingsAPIClient().exchange_code_for_token("a-code")


def test_an_expired_token_as_recorded(withings: Any, sandbox: Any) -> None:
    record = sync(sandbox, "error_401_invalid_token.json")
    assert record.status == SyncRun.Status.SUCCESS
    assert withings.refreshes == 1


def test_a_repeated_question_as_recorded_waits_no_longer_than_it_is_refused(
    withings: Any, sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(
        "lifetracker.sync.http.HttpClient._wait", lambda _, seconds: waits.append(seconds)
    )
    record = sync(sandbox, "error_601_wait_seconds.json")
    assert record.status == SyncRun.Status.SUCCESS, record.error
    assert max(waits) == 10, "and not the 188 seconds that it tells"


def test_disconnecting_revokes_upstream(withings: Any, sandbox: Any) -> None:
    OAuthCredential.objects.update(account=str(withings.user_id))
    client = WithingsAPIClient()
    assert client.disconnect() == ""
    assert not OAuthCredential.objects.get().is_connected


def test_a_nonce_as_documented(withings: Any, sandbox: Any) -> None:
    answer(sandbox, "getnonce_success.json", path="/v2/signature")
    body = json.loads(text("getnonce_success.json"))["body"]
    assert WithingsAPIClient()._nonce() == body["nonce"]


def test_scopes_are_joined_by_commas(withings: Any, settings: Any) -> None:
    class Wider(WithingsAPIClient):
        scopes = ("user.info", "user.metrics")

    address = Wider().get_authorization_url("state")
    assert "scope=user.info%2Cuser.metrics" in address
    assert address.startswith(f"{settings.WITHINGS_ACCOUNT_URL}/oauth2_user/authorize2?")


# --- Values ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "unit", "kg"),
    [(71300, -3, "71.3"), (7130, -2, "71.3"), (713000, -4, "71.3"), (71, 0, "71"), (7, 1, "70")],
)
def test_values_are_exact(value: int, unit: int, kg: str) -> None:
    assert real_value({"value": value, "unit": unit}) == Decimal(kg)


@pytest.mark.parametrize(
    "one", [{"value": 1.5, "unit": 0}, {"value": 1, "unit": 10**6}, {"value": None, "unit": 0}]
)
def test_values_that_are_none(one: dict[str, Any]) -> None:
    with pytest.raises(Unmappable, match="is not a measurement"):
        real_value(one)


@pytest.mark.parametrize(("value", "unit"), [(0, -3), (0, 0), (-1, 0), (-1, -3), (1, -9)])
def test_fillers(value: int, unit: int) -> None:
    assert real_value({"value": value, "unit": unit}) is None


def test_a_filler_for_the_whole_body_hides_no_measure() -> None:
    assert measured((8, 0, None), (8, 20, 7)) == {"fat_mass_kg": 20}
    assert measured((8, 0, None)) == {}


def measured(*measures: tuple[int, int, int | None]) -> dict[str, Decimal]:
    listed = [{"type": t, "value": v, "unit": 0, "position": p} for t, v, p in measures]
    return with_values({"measures": listed})["values"]  # type: ignore[no-any-return]


def test_only_the_whole_body_counts() -> None:
    assert measured((8, 3, 12), (8, 20, 7), (8, 4, 2)) == {"fat_mass_kg": 20}
    assert measured((8, 19, 6), (8, 20, 7)) == {"fat_mass_kg": 20}
    assert measured((8, 20, 7), (8, 21, None), (8, 22, None)) == {"fat_mass_kg": 21}
    assert measured((8, 3, 12)) == {}


def test_unknown_kinds_are_ignored() -> None:
    assert measured((99_999, 1, None), (1, 70, None)) == {"weight_kg": 70}


@pytest.mark.django_db
def test_the_order_of_the_groups_does_not_matter() -> None:

    groups = [
        measure_group(source_id="10", weight_kg=None, heart_pulse=60),
        measure_group(source_id="9", weight_kg=70, fat_ratio=None),
        measure_group(source_id="11", weight_kg=71, fat_ratio=20),
        measure_group(source_id="8", weight_kg=90, fat_ratio=35, attribution=1),
    ]
    made = {str(weigh_in(list(order))) for order in permutations(groups)}
    assert len(made) == 1
    values = weigh_in(groups)
    assert values is not None
    assert values[2:4] == [70, 20], "the oldest sure weight, and nothing of the ambiguous group"


def test_a_window_asks_for_a_second_more_at_both_ends() -> None:

    assert measures.window is not None
    asked = measures.window.params(Window(NOW - timedelta(days=1), NOW))
    assert asked == {
        "startdate": int(NOW.timestamp()) - 86_401,
        "enddate": int(NOW.timestamp()) + 1,
    }
