"""Subscriptions, and what is sent to them."""

import pytest

from lifetracker.sandbox.server import Sandbox

from ..conftest import NOON
from .conftest import PAYLOADS, Caller, Receiver, Record, of_type, sample


def subscribe(caller: Caller, url: str, appli: int = 1, **more: str) -> Record:
    return caller.post("/notify", action="subscribe", callbackurl=url, appli=appli, **more)


@pytest.fixture
def weight_id(sandbox: Sandbox) -> int:
    return of_type(sandbox.withings.groups(), 1)[-1]["grpid"]


def test_a_subscription_is_made_after_a_head_request_and_listed(
    caller: Caller, receiver: Receiver
) -> None:
    answer = subscribe(caller, receiver.url, comment="My notification subscription")
    assert answer == sample("notify_subscribe_success")
    assert receiver.heads == ["/callbacks/withings?x=1"]
    expected = sample("notify_list_success")
    expected["body"]["profiles"][0]["callbackurl"] = receiver.url
    assert caller.post("/notify", action="list") == expected
    assert caller.post("/notify", action="list", appli=1) == expected
    assert caller.post("/notify", action="list", appli=4)["body"] == {"profiles": []}
    subscribe(caller, receiver.url, comment="My notification subscription")
    assert caller.post("/notify", action="list") == expected, "a second time changes nothing"


def test_an_address_that_does_not_answer_head_is_refused(
    sandbox: Sandbox, caller: Caller, receiver: Receiver
) -> None:
    expected = sample("notify_error_293_callback")
    receiver.statuses = [405]
    assert subscribe(caller, receiver.url) == expected
    nobody = "http://127.0.0.1:9/withings"
    for url in (nobody, "", "ftp://example.com/", f"{receiver.url}{'x' * 255}"):
        assert subscribe(caller, url) == expected
    assert caller.post("/notify", action="list")["body"]["profiles"] == []
    sandbox.withings.options.callback_check = False
    assert subscribe(caller, nobody)["status"] == 0
    assert len(receiver.heads) == 1


def test_a_subscription_can_be_looked_at_changed_and_revoked(
    caller: Caller, receiver: Receiver
) -> None:
    subscribe(caller, receiver.url, comment="one")
    which = {"callbackurl": receiver.url}
    got = caller.post("/notify", action="get", **which)["body"]
    assert got == {"appli": 1, "callbackurl": receiver.url, "comment": "one"}
    changes = {"new_appli": "4", "new_callbackurl": f"{receiver.url}&y=2"}
    assert caller.post("/notify", action="update", appli=1, **which, **changes)["status"] == 0
    assert caller.post("/notify", action="get", **which)["status"] == 343
    which = {"callbackurl": changes["new_callbackurl"]}
    assert caller.post("/notify", action="get", appli=4, **which)["body"]["comment"] == "one"
    answer = caller.post("/notify", action="revoke", **which)
    assert answer == sample("notify_revoke_success")
    assert caller.post("/notify", action="revoke", **which)["status"] == 286
    assert caller.post("/notify", action="update", appli=4, **which)["status"] == 286


def test_what_is_wrong_with_a_subscription(caller: Caller, receiver: Receiver) -> None:
    assert subscribe(caller, receiver.url, comment="x" * 256)["status"] == 304
    answer = caller.post("/notify", action="subscribe", callbackurl=receiver.url)
    assert answer["status"] == 503
    assert caller.post("/notify", action="list", appli="weight")["status"] == 503


def test_a_callback_has_the_documented_fields(
    sandbox: Sandbox, receiver: Receiver, weight_id: int
) -> None:
    assert sandbox.withings.deliver(weight_id, receiver.url) == [200]
    [sent] = receiver.got
    official = (PAYLOADS / "callback_appli1.form.txt").read_text()
    assert list(sent) == [part.partition("=")[0] for part in official.split("&")]
    group = next(g for g in sandbox.withings.groups() if g["grpid"] == weight_id)
    assert (sent["userid"], sent["appli"]) == (str(sandbox.withings.user_id), "1")
    assert (sent["startdate"], sent["enddate"]) == (str(group["date"]), str(group["date"] + 1))


def test_each_group_is_told_of_by_its_kind(
    sandbox: Sandbox, caller: Caller, receiver: Receiver, weight_id: int
) -> None:
    subscribe(caller, receiver.url, appli=1)
    subscribe(caller, f"{receiver.url}&pulse=1", appli=4)
    pulse_id = of_type(sandbox.withings.groups(), 11)[-1]["grpid"]
    assert sandbox.withings.deliver(weight_id) == [200]
    assert sandbox.withings.deliver(pulse_id) == [200]
    both = sandbox.withings.add({"measures": [{"type": 1}, {"type": 11}]})
    assert sandbox.withings.deliver(both) == [200, 200]
    assert [sent["appli"] for sent in receiver.got] == ["1", "4", "1", "4"]
    odd = sandbox.withings.add({"measures": None})
    assert sandbox.withings.deliver(odd) == [200]


def test_deletions_are_told_of_too(sandbox: Sandbox, receiver: Receiver, weight_id: int) -> None:
    sandbox.withings.delete(weight_id)
    assert sandbox.withings.deliver(weight_id, receiver.url) == [200]
    assert receiver.got[0]["appli"] == "1"


def test_a_callback_can_be_different(sandbox: Sandbox, receiver: Receiver, weight_id: int) -> None:
    def sent(**how: object) -> Record:
        sandbox.withings.deliver(weight_id, receiver.url, **how)
        return receiver.got[-1]

    group = next(g for g in sandbox.withings.groups() if g["grpid"] == weight_id)
    assert sent(date=True).keys() == {"userid", "appli", "date"}
    assert sent(deviceid=True)["deviceid"] == group["deviceid"]
    assert sent(user_id=5)["userid"] == "5"
    assert sent(appli=16)["appli"] == "16"
    with pytest.raises(ValueError, match="no action"):
        sent(action="forget")
    receiver.got.clear()
    sandbox.withings.deliver(weight_id, receiver.url, copies=4)
    assert len(receiver.got) == 4, "several arrive for one weighing"


@pytest.mark.parametrize("action", ["delete", "unlink"])
def test_the_profile_can_be_told_of(sandbox: Sandbox, receiver: Receiver, action: str) -> None:
    sandbox.withings.deliver(to=receiver.url, action=action)
    official = (PAYLOADS / f"callback_appli46_{action}.form.txt").read_text().strip()
    expected = dict(part.split("=") for part in official.split("&"))
    assert receiver.got[0] | {"userid": "12345"} == expected


def test_a_refused_callback_is_tried_again(
    sandbox: Sandbox, receiver: Receiver, weight_id: int
) -> None:
    receiver.statuses = [500, 503, 200]
    statuses = sandbox.withings.deliver(weight_id, receiver.url, attempts=6, pause=0.01)
    assert statuses == [200]
    assert len(receiver.got) == 3
    receiver.statuses = [500]
    assert sandbox.withings.deliver(weight_id, receiver.url) == [500]


def test_nobody_is_told_after_the_user_has_revoked_access(
    sandbox: Sandbox, caller: Caller, receiver: Receiver, weight_id: int
) -> None:
    subscribe(caller, receiver.url)
    sandbox.withings.revoke()
    assert caller.post("/notify", action="list")["status"] == 401
    assert sandbox.withings.deliver(weight_id, receiver.url) == []
    caller.use(sandbox.withings.issue_tokens())
    assert caller.post("/notify", action="list")["body"]["profiles"] == []
    assert sandbox.withings.deliver(weight_id) == []
    assert not receiver.got
    assert sandbox.clock.now() == NOON
