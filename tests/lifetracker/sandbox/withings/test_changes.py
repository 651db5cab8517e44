"""What can be done to the groups while the sandbox runs."""

from datetime import timedelta
from typing import Any

import pytest

from lifetracker.sandbox.server import Sandbox

from ..conftest import NOON
from .conftest import Caller, Record, of_type, real

NOW = int(NOON.timestamp())


@pytest.fixture
def weighed(sandbox: Sandbox) -> Record:
    """The weight of a morning in the middle of the history."""
    return of_type(sandbox.withings.groups(), 1)[12]


def by_id(caller: Caller, grpid: int) -> Record:
    [found] = [group for group in caller.walk(category=1) if group["grpid"] == grpid]
    return found


def test_an_added_group_gets_what_it_lacks(sandbox: Sandbox, caller: Caller) -> None:
    measures = [{"value": 71_300, "type": 1, "unit": -3}]
    grpid = sandbox.withings.add({"measures": measures})
    group = by_id(caller, grpid)
    assert group["measures"] == measures
    assert (group["grpid"], group["attrib"], group["category"]) == (grpid, 0, 1)
    assert group["date"] == group["created"] == group["modified"] == NOW
    assert (group["modelid"], group["model"]) == (6, "Body Cardio")
    assert group["deviceid"] == group["hash_deviceid"] is not None
    assert group.keys() == sandbox.withings.groups()[0].keys()
    assert len(str(grpid)) == 10
    typed = by_id(caller, sandbox.withings.add({"attrib": 2, "measures": measures}))
    assert [typed[name] for name in ("deviceid", "hash_deviceid", "modelid", "model")] == [None] * 4


@pytest.mark.parametrize(
    "odd",
    [
        {"date": None, "measures": "none"},
        {"date": "yesterday", "created": None, "modified": [], "category": None},
        {"grpid": None, "attrib": "x"},
        {"grpid": "abc", "measures": [{"value": None, "type": 1, "unit": -3}]},
        {"measures": [5, {"value": 1}]},
        {"measures": None, "surprise": {"more": 1}},
    ],
)
def test_a_malformed_group_is_served_as_it_is(caller: Caller, odd: dict[str, Any]) -> None:
    withings = caller.sandbox.withings
    before = len(caller.walk(category=1))
    grpid = withings.add(odd)
    for form in ({}, {"lastupdate": NOW}, {"startdate": NOW, "enddate": NOW}):
        shown = [g for g in caller.walk(category=1, **form) if odd.items() <= g.items()]
        assert len(shown) == 1
    withings.delete(grpid)
    assert len(caller.walk(category=1)) == before


def test_malformed_measures_pass_the_filter_of_types(sandbox: Sandbox, caller: Caller) -> None:
    measures = [{"value": 1}, {"value": 2, "type": 1}, {"value": 3, "type": 6}]
    odd = [sandbox.withings.add({"measures": some}) for some in (measures, None, [])]
    found = {g["grpid"]: g["measures"] for g in caller.walk(meastypes="1", lastupdate=NOW)}
    assert found == {odd[0]: measures[:2], odd[1]: None}


def test_an_id_is_given_once(sandbox: Sandbox, weighed: Record) -> None:
    with pytest.raises(ValueError, match="already"):
        sandbox.withings.add(weighed)


def test_an_edit_moves_modified_and_nothing_else(
    sandbox: Sandbox, caller: Caller, weighed: Record
) -> None:
    grpid = weighed["grpid"]
    edited = sandbox.withings.edit(grpid, attrib=1, measures=[{"value": 1, "type": 1, "unit": 1}])
    assert edited == weighed | {
        "attrib": 1,
        "measures": [{"value": 1, "type": 1, "unit": 1}],
        "modified": NOW,
    }
    assert caller.walk(category=1, lastupdate=NOW) == [edited]
    assert sandbox.withings.edit(grpid, comment="again")["modified"] == NOW + 1
    assert sandbox.withings.edit(grpid, modified=5)["modified"] == 5
    assert sandbox.withings.edit(grpid, modified="soon")["modified"] == "soon"
    assert sandbox.withings.edit(grpid, comment=None)["modified"] > NOW


def test_a_moved_group_is_filtered_by_its_new_date(
    sandbox: Sandbox, caller: Caller, weighed: Record
) -> None:
    moved = NOW - 400 * 86_400
    sandbox.withings.edit(weighed["grpid"], date=moved)
    [found] = caller.walk(category=1, startdate=moved, enddate=moved)
    assert found["grpid"] == weighed["grpid"]


def test_a_deleted_group_only_stops_appearing(
    sandbox: Sandbox, caller: Caller, weighed: Record
) -> None:
    before = caller.walk()
    sandbox.withings.delete(weighed["grpid"])
    assert caller.walk() == [group for group in before if group != weighed]
    assert caller.walk(lastupdate=NOW) == []
    sandbox.withings.restore(weighed["grpid"])
    assert caller.walk() == before


def test_a_group_can_be_replaced_by_anything(
    sandbox: Sandbox, caller: Caller, weighed: Record
) -> None:
    odd = {"grpid": weighed["grpid"], "measures": {}}
    sandbox.withings.replace(weighed["grpid"], odd)
    assert odd in caller.walk(category=1, meastypes="1")
    assert weighed not in caller.walk(category=1)


def test_what_does_not_exist_cannot_be_changed(sandbox: Sandbox) -> None:
    with pytest.raises(LookupError, match="no group 5"):
        sandbox.withings.edit(5, attrib=1)
    with pytest.raises(LookupError, match="no group 5"):
        sandbox.withings.delete(5)


def test_a_weighing_is_two_groups_of_one_date(sandbox: Sandbox, caller: Caller) -> None:
    at = NOON - timedelta(days=2)
    weight, pulse = sandbox.withings.weigh(71.3, at)
    groups = caller.walk(category=1, lastupdate=NOW)
    assert [group["grpid"] for group in groups] == [weight, pulse]
    assert {group["date"] for group in groups} == {int(at.timestamp())}
    assert real(groups[0], 1) == pytest.approx(71.3)
    assert [one["type"] for one in groups[0]["measures"]] == [1, 6, 8, 5, 76, 77, 88]
    assert real(groups[0], 5) + real(groups[0], 8) == pytest.approx(71.3, abs=0.01)
    assert [one["type"] for one in groups[1]["measures"]] == [11]


def test_a_weighing_has_the_measures_that_are_asked_for(sandbox: Sandbox) -> None:
    [grpid] = sandbox.withings.weigh(
        70, "2026-03-17T06:00:00Z", fat_ratio=21.5, hydration=None, pulse=None
    )
    group = next(group for group in sandbox.withings.groups() if group["grpid"] == grpid)
    assert real(group, 6) == pytest.approx(21.5)
    assert not of_type([group], 77)
    assert group["date"] == 1_773_727_200
    with pytest.raises(ValueError, match="no measure 'fat'"):
        sandbox.withings.weigh(70, fat=3)


def test_groups_are_copies_and_changes_stay_in_their_sandbox(weighed: Record) -> None:
    one, other = (Sandbox(seed=1, days=45, now=NOON).withings for _ in range(2))
    one.groups()[0]["measures"][0]["value"] = -1
    assert one.groups() == other.groups()
    one.edit(weighed["grpid"], attrib=1)
    assert one.groups() != other.groups()
    given = {"measures": [{"value": 1, "type": 1, "unit": 0}]}
    grpid = one.add(given)
    given["measures"][0]["value"] = 2
    assert next(g for g in one.groups() if g["grpid"] == grpid)["measures"][0]["value"] == 1


def test_edits_stay_when_the_clock_is_set_back_beyond_the_history(
    sandbox: Sandbox, weighed: Record
) -> None:
    sandbox.withings.edit(weighed["grpid"], attrib=1)
    sandbox.clock.set(NOON - timedelta(days=200))
    long_ago = sandbox.withings.groups()
    assert len(long_ago) > 60
    sandbox.clock.set(NOON)
    edited = next(g for g in sandbox.withings.groups() if g["grpid"] == weighed["grpid"])
    assert edited["attrib"] == 1
