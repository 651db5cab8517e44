"""The same things over HTTP, for a sandbox that runs as its own process."""

from datetime import timedelta

import requests

from lifetracker.sandbox.server import Sandbox

from .conftest import NOON, Caller


def test_the_state_has_what_a_demo_needs(sandbox: Sandbox, caller: Caller) -> None:
    caller.get("/v2/cycle", limit=2)
    state = requests.get(f"{sandbox.url}/sandbox/state", timeout=5).json()
    whoop = state["whoop"]
    assert whoop["client_id"] == sandbox.whoop.client_id
    assert whoop["client_secret"] == sandbox.whoop.client_secret
    assert whoop["redirect_uris"] == sandbox.whoop.redirect_uris
    assert whoop["counts"]["cycle"] == len(sandbox.whoop.records("cycle"))
    assert (whoop["refreshes"], state["requests_made"]) == (0, 1)
    assert state["recent_requests"][0]["path"] == "/whoop/developer/v2/cycle"
    assert state["clock"].startswith("2026-03-18 12:00:30")


def test_records_are_changed_by_verbs(sandbox: Sandbox, caller: Caller) -> None:
    workout = sandbox.whoop.records("workout")[2]
    target = {"kind": "workout", "id": workout["id"]}

    def served() -> dict[str, object]:
        return caller.get(f"/v2/activity/workout/{workout['id']}").json()

    assert caller.verb("edit", **target, sport_name="golf").ok
    assert served()["sport_name"] == "golf"
    answer = caller.verb("rescore", **target, strain=20.5)
    assert answer.json()["result"] == served()
    assert served()["score"]["strain"] == 20.5
    caller.verb("pending", **target)
    assert served()["score_state"] == "PENDING_SCORE"
    caller.verb("withdraw", **target)
    assert served()["score_state"] == "UNSCORABLE"
    caller.verb("replace", **target, record={"odd": 1})
    assert served() == {"odd": 1}
    caller.verb("delete", **target)
    assert caller.get(f"/v2/activity/workout/{workout['id']}").status_code == 404
    caller.verb("restore", **target)
    assert served() == {"odd": 1}
    caller.verb("add", kind="workout", record={"id": "mine"})
    records = caller.verb("records", kind="workout").json()["result"]
    assert {"id": "mine"} in records


def test_faults_limits_options_and_tokens_by_verbs(sandbox: Sandbox, caller: Caller) -> None:
    caller.verb("faults", match="/v2/cycle", kind="status", status=418, body="short", times=None)
    answer = caller.get("/v2/cycle")
    assert (answer.status_code, answer.text) == (418, "short")
    assert caller.session.get(f"{sandbox.url}/sandbox/state", timeout=5).json()["faults"]
    caller.verb("clear-faults")
    assert caller.get("/v2/cycle").status_code == 200
    caller.verb("limits", limit=7, window=30)
    assert caller.get("/v2/cycle").headers["X-RateLimit-Limit"].startswith("7, 7;window=30")
    assert caller.verb("options", last_page="empty").json()["result"]["last_page"] == "empty"
    assert sandbox.whoop.options.last_page == "empty"
    tokens = caller.verb("issue-tokens", scope="read:sleep", lifetime=60).json()["result"]
    assert (tokens["scope"], tokens["expires_in"]) == ("read:sleep", 60)
    caller.use(tokens)
    assert caller.get("/v2/activity/sleep").status_code == 200
    caller.verb("clear-requests")
    assert not sandbox.requests


def test_the_clock_by_verb(sandbox: Sandbox, caller: Caller) -> None:
    caller.verb("clock", advance=3600)
    assert sandbox.clock.now() == NOON + timedelta(hours=1)
    caller.verb("clock", to="2026-03-18T20:00:00Z")
    assert sandbox.clock.now() == NOON.replace(hour=20, second=0)
    caller.verb("clock")
    assert sandbox.clock.now() > NOON + timedelta(days=100)


def test_a_wrong_call_says_what_is_wrong(sandbox: Sandbox, caller: Caller) -> None:
    def error(verb: str, **body: object) -> str:
        answer = caller.verb(verb, **body)
        assert answer.status_code == 400
        return str(answer.json()["error"])

    assert "no verb 'editt'" in error("editt")
    assert "missing a required argument: 'id'" in error("edit", kind="sleep")
    assert "no sleep 5" in error("edit", kind="sleep", id="5")
    assert "unknown kind of fault" in error("faults", kind="fire")
    assert "no service 'strava'" in error("edit", service="strava")
    assert "no option" in error("options", colour="red")
    url = f"{sandbox.url}/sandbox/edit"
    assert requests.post(url, data=b"{", timeout=5).status_code == 400
    assert requests.post(url, data=b"[]", timeout=5).status_code == 400
    assert requests.get(url, timeout=5).status_code == 405
