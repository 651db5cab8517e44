"""`getmeas`: filters, pages and orders."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
import requests

from lifetracker.sandbox.server import Sandbox

from ..conftest import NOON
from .conftest import Caller, of_type, sample

NOW = int(NOON.timestamp())


def ids(groups: list[dict[str, Any]]) -> list[int]:
    return [group["grpid"] for group in groups]


def test_a_page_has_the_documented_shape(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.withings.options.page_size = 5
    page = caller.page(category=1)
    expected = sample("getmeas_page1_more")["body"]
    assert page.keys() == expected.keys()
    assert (page["updatetime"], page["timezone"]) == (NOW, "Europe/Berlin")
    assert (page["more"], page["offset"]) == (1, 5)
    for group in page["measuregrps"]:
        assert group.keys() == expected["measuregrps"][0].keys()
    measure = page["measuregrps"][1]["measures"][0]
    assert measure.keys() == expected["measuregrps"][0]["measures"][0].keys()


def test_more_and_offset_are_absent_on_the_last_page(sandbox: Sandbox, caller: Caller) -> None:
    there = len(sandbox.withings.groups())
    assert there > 60
    sandbox.withings.options.page_size = there
    page = caller.page(category=1)
    assert page.keys() == sample("getmeas_page2_last")["body"].keys()
    assert len(page["measuregrps"]) == there
    sandbox.withings.options.page_size = there - 1
    first = caller.page(category=1)
    last = caller.page(category=1, offset=first["offset"])
    assert len(last["measuregrps"]) == 1
    assert "more" not in last
    beyond = caller.page(category=1, offset=there)
    assert beyond.keys() == sample("getmeas_empty")["body"].keys()
    assert beyond["measuregrps"] == []


@pytest.mark.parametrize("order", ["created", "newest", "shuffled"])
def test_the_pages_hold_every_group_once(sandbox: Sandbox, caller: Caller, order: str) -> None:
    sandbox.withings.options.configure(page_size=7, order=order)
    groups = caller.walk(category=1)
    assert groups == sandbox.withings.groups()
    assert len(set(ids(groups))) == len(groups)


def test_orders(sandbox: Sandbox, caller: Caller) -> None:
    # What was uploaded late tells the order of creation from that of measuring.
    late = sandbox.withings.add({"date": NOW - 40 * 86_400})
    groups = caller.walk(category=1)
    assert groups == sorted(groups, key=lambda group: group["created"])
    assert groups[-1]["grpid"] == late
    sandbox.withings.options.order = "newest"
    newest = caller.walk(category=1)
    assert all(older["date"] <= newer["date"] for newer, older in pairwise(newest))
    assert newest[0]["grpid"] != late
    sandbox.withings.options.order = "shuffled"
    shuffled = caller.walk(category=1)
    assert sorted(ids(shuffled)) == sorted(ids(groups))
    dates = [group["date"] for group in shuffled]
    assert dates not in (sorted(dates), sorted(dates, reverse=True))


def test_more_may_be_a_boolean(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.withings.options.configure(page_size=2, more="bool")
    page = caller.page()
    assert page["more"] is sample("getmeas_page1_more_boolean")["body"]["more"] is True


def test_an_offset_can_be_stuck(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.withings.options.configure(page_size=3, offset="stuck")
    first = caller.page()
    for _ in range(3):
        page = caller.page(offset=first["offset"])
        assert (page["more"], page["offset"]) == (first["more"], first["offset"]) == (1, 3)
        assert page["measuregrps"]


def test_types_leave_the_matching_measures_of_the_matching_groups(
    sandbox: Sandbox, caller: Caller
) -> None:
    groups = sandbox.withings.groups()
    weights = caller.walk(category=1, meastypes="1")
    assert ids(weights) == ids(of_type(groups, 1))
    assert all([one["type"] for one in group["measures"]] == [1] for group in weights)
    assert weights == caller.walk(category=1, meastype="1")
    several = caller.walk(category=1, meastypes="1,6,8")
    assert {one["type"] for group in several for one in group["measures"]} == {1, 6, 8}
    assert caller.walk(category=1, meastypes="11,9999") != []
    assert caller.walk(category=1, meastypes="9999") == []


def test_goals_are_of_another_category(sandbox: Sandbox, caller: Caller) -> None:
    [goal] = caller.walk(category=2)
    assert goal.keys() == sample("getmeas_category2_goal")["body"]["measuregrps"][0].keys()
    assert [one["type"] for one in goal["measures"]] == [1]
    assert (goal["attrib"], goal["deviceid"]) == (2, None)
    measured = caller.walk(category=1)
    assert goal["grpid"] not in ids(measured)
    assert goal in caller.walk()
    sandbox.withings.options.category_filter = False
    assert goal in caller.walk(category=1)
    assert goal not in sandbox.withings.groups()


def test_a_window_is_over_the_date_of_measuring(sandbox: Sandbox, caller: Caller) -> None:
    since, before = NOW - 20 * 86_400, NOW - 10 * 86_400
    late = sandbox.withings.add({"date": since})
    last = sandbox.withings.add({"date": before})
    found = caller.walk(category=1, startdate=since, enddate=before)
    expected = [g for g in sandbox.withings.groups() if since <= g["date"] <= before]
    assert found == expected
    assert {late, last} < set(ids(found))
    assert len(found) > 12
    assert ids(caller.walk(category=1, startdate=NOW)) == []


def test_lastupdate_is_over_modified_and_sets_the_window_aside(
    sandbox: Sandbox, caller: Caller
) -> None:
    late = sandbox.withings.add({"date": NOW - 30 * 86_400})
    found = caller.walk(category=1, lastupdate=NOW, startdate=NOW, enddate=NOW)
    assert ids(found) == [late]
    sandbox.withings.options.lastupdate = "exclusive"
    assert caller.walk(category=1, lastupdate=NOW) == []
    assert ids(caller.walk(category=1, lastupdate=NOW - 1)) == [late]
    assert len(caller.walk(category=1, lastupdate=0)) == len(sandbox.withings.groups())


def test_parameters_and_token_come_in_the_body_or_the_query(
    sandbox: Sandbox, caller: Caller
) -> None:
    url, expected = f"{sandbox.withings.url}/measure", caller.page(meastypes="1", category=1)
    query = {"action": "getmeas", "meastypes": "1", "category": "1"}
    assert caller.session.get(url, params=query, timeout=5).json()["body"] == expected
    split = caller.session.post(
        f"{url}?action=getmeas", data={"meastypes": "1", "category": "1"}, timeout=5
    )
    assert split.json()["body"] == expected
    query["access_token"] = caller.tokens["access_token"]
    assert requests.get(url, params=query, timeout=5).json()["body"] == expected
    assert requests.post(url, data=query, timeout=5).json()["body"] == expected
    assert requests.put(url, data=query, timeout=5).status_code == 405


@pytest.mark.parametrize(
    "wrong",
    [
        {"meastype": "1,6"},
        {"meastypes": "1,"},
        {"meastypes": "weight"},
        {"startdate": "2026-01-01"},
        {"enddate": "-1"},
        {"lastupdate": "1.5"},
        {"offset": "next"},
        {"category": ""},
    ],
)
def test_a_parameter_that_is_no_number_is_refused(caller: Caller, wrong: dict[str, str]) -> None:
    answer = caller.post("/measure", action="getmeas", **wrong)
    assert (answer["status"], answer["body"]) == (503, {})


def test_another_action_or_service_is_not_implemented(caller: Caller) -> None:
    for path in ("/measure", "/notify", "/v2/user", "/v2/oauth2", "/v2/signature"):
        assert caller.post(path, action="getmeasures")["status"] == 2554
        assert caller.post(path)["status"] == 2554
    assert caller.post("/v2/measure", action="getactivity")["status"] == 2554


def test_devices_and_goals(sandbox: Sandbox, caller: Caller) -> None:
    devices = caller.post("/v2/user", action="getdevice")["body"]["devices"]
    used = {group["deviceid"] for group in sandbox.withings.groups()} - {None}
    assert {device["deviceid"] for device in devices} == used
    assert "Body Cardio" in {device["model"] for device in devices}
    goals = caller.post("/v2/user", action="getgoals")["body"]["goals"]
    assert goals == {"weight": {"value": 65_000, "unit": -3}}


def test_the_future_is_not_served(sandbox: Sandbox, caller: Caller) -> None:
    before = caller.walk(category=1)
    assert all(group["created"] <= NOW for group in before)
    sandbox.clock.advance(timedelta(days=3))
    caller.use(sandbox.withings.issue_tokens())
    after = caller.walk(category=1)
    assert len(after) > len(before)
    assert after[: len(before)] == before
