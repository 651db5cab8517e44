"""The same things over HTTP, for a sandbox that runs as its own process."""

import pytest
import requests

from lifetracker.sandbox.server import Sandbox

from ..conftest import NOON
from .conftest import Caller, Receiver

NOW = int(NOON.timestamp())


def test_the_state_has_what_a_demo_needs(sandbox: Sandbox) -> None:
    state = requests.get(f"{sandbox.url}/sandbox/state", timeout=5).json()["withings"]
    for name in ("url", "client_id", "client_secret", "redirect_uris", "refreshes", "user_id"):
        assert state[name] == getattr(sandbox.withings, name)
    assert state["counts"]["groups"] == len(sandbox.withings.groups()) + 1  # and the goal
    assert state["options"]["page_size"] == 100


def test_the_page_for_people_lists_verbs_by_service(sandbox: Sandbox) -> None:
    page = requests.get(sandbox.url, timeout=5).text
    assert sandbox.withings.url in page
    ours = page.partition('"service": "withings"')[2]
    assert "/sandbox/weigh" in ours


def test_redirect_uris_are_taken_as_given() -> None:
    uris = ["http://localhost:5001/oauth/whoop/callback", "http://localhost:5001/oauth/w/callback"]
    sandbox = Sandbox(days=1, redirect_uris=iter(uris))
    assert sandbox.withings.redirect_uris == sandbox.whoop.redirect_uris == uris
    assert len(Sandbox(days=1).withings.redirect_uris) == 1


def test_groups_are_changed_by_verbs(sandbox: Sandbox, caller: Caller) -> None:
    [weight, pulse] = caller.verb("weigh", kg=71.3).json()["result"]
    assert caller.verb("edit", grpid=weight, attrib=1).json()["result"]["attrib"] == 1
    caller.verb("delete", grpid=pulse)
    assert [g["grpid"] for g in caller.walk(lastupdate=NOW)] == [weight]
    caller.verb("restore", grpid=pulse)
    caller.verb("replace", grpid=weight, group={"odd": 1})
    added = caller.verb("add", group={"attrib": 7}).json()["result"]
    served = caller.walk(lastupdate=NOW)
    assert {"odd": 1} in served
    assert {group.get("grpid") for group in served} == {None, pulse, added}
    assert caller.verb("groups").json()["result"] == sandbox.withings.groups()


def test_the_rest_by_verbs(sandbox: Sandbox, caller: Caller, receiver: Receiver) -> None:
    assert caller.verb("options", order="newest").json()["result"]["order"] == "newest"
    assert caller.verb("fail", status=401).ok
    assert caller.post("/measure")["status"] == 401
    caller.verb("clear-faults")
    form = {"action": "subscribe", "callbackurl": receiver.url, "appli": 1}
    assert caller.post("/notify", **form)["status"] == 0
    [known] = caller.verb("subscriptions").json()["result"]
    assert known == {"appli": 1, "callbackurl": receiver.url, "comment": ""}
    [weight, _] = caller.verb("weigh", kg=70).json()["result"]
    assert caller.verb("deliver", grpid=weight).json()["result"] == [200]
    tokens = caller.verb("issue-tokens", scope="user.info", lifetime=60).json()["result"]
    assert (tokens["scope"], tokens["expires_in"]) == ("user.info", 60)
    caller.verb("limits", limit=1, window=30)
    assert [caller.status(), caller.status()] == [0, 601]
    caller.verb("limits", limit=None)
    caller.verb("revoke")
    assert caller.status() == 401


def test_a_wrong_call_says_what_is_wrong(sandbox: Sandbox, caller: Caller) -> None:
    def error(verb: str, **body: object) -> str:
        answer = caller.verb(verb, **body)
        assert answer.status_code == 400
        return str(answer.json()["error"])

    assert "no verb 'rescore'" in error("rescore")
    assert "no group 5" in error("edit", grpid=5)
    assert "no option" in error("options", colour="red")
    assert "must be one of" in error("options", order="random")
    assert "no measure" in error("weigh", kg=70, bmi=22)
    with pytest.raises(ValueError, match="whole number"):
        sandbox.withings.options.page_size = 0
