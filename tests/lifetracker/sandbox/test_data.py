"""Single records, scopes and revocation."""

import pytest

from lifetracker.sandbox.server import Sandbox

from .conftest import KINDS, PATHS, Caller

UNKNOWN = "00000000-0000-4000-8000-000000000000"
SCOPES = {
    "/v2/cycle": "read:cycles",
    "/v2/cycle/{cycle}": "read:cycles",
    "/v2/cycle/{cycle}/sleep": "read:sleep",
    "/v2/cycle/{cycle}/recovery": "read:recovery",
    "/v2/recovery": "read:recovery",
    "/v2/activity/sleep": "read:sleep",
    "/v2/activity/sleep/{sleep}": "read:sleep",
    "/v2/activity/workout": "read:workout",
    "/v2/activity/workout/{workout}": "read:workout",
    "/v2/user/profile/basic": "read:profile",
    "/v2/user/measurement/body": "read:body_measurement",
}


def filled(sandbox: Sandbox, path: str) -> str:
    night = next(sleep for sleep in sandbox.whoop.records("sleep") if not sleep["nap"])
    return path.format(
        cycle=night["cycle_id"],
        sleep=night["id"],
        workout=sandbox.whoop.records("workout")[0]["id"],
    )


@pytest.mark.parametrize("kind", ["cycle", "sleep", "workout"])
def test_a_record_by_id_is_the_one_of_the_collection(
    sandbox: Sandbox, caller: Caller, kind: str
) -> None:
    for record in sandbox.whoop.records(kind)[:5]:
        assert caller.get(f"{PATHS[kind]}/{record['id']}").json() == record


def test_a_cycle_leads_to_its_main_sleep_and_recovery(sandbox: Sandbox, caller: Caller) -> None:
    naps = [sleep for sleep in sandbox.whoop.records("sleep") if sleep["nap"]]
    cycle_id = naps[0]["cycle_id"]
    sleep = caller.get(f"/v2/cycle/{cycle_id}/sleep").json()
    assert (sleep["cycle_id"], sleep["nap"]) == (cycle_id, False)
    recovery = caller.get(f"/v2/cycle/{cycle_id}/recovery").json()
    assert (recovery["cycle_id"], recovery["sleep_id"]) == (cycle_id, sleep["id"])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v2/cycle/1", 404),
        ("/v2/cycle/1/sleep", 404),
        ("/v2/cycle/1/recovery", 404),
        (f"/v2/activity/sleep/{UNKNOWN}", 404),
        (f"/v2/activity/workout/{UNKNOWN}", 404),
        ("/v2/cycle/abc", 400),
        ("/v2/activity/sleep/10235", 400),
        (f"/v2/recovery/{UNKNOWN}", 404),
        ("/v2/activity/recovery", 404),
        ("/v1/recovery", 404),
        ("/v1/activity-mapping/1", 404),
    ],
)
def test_what_is_not_there_has_an_empty_answer(caller: Caller, path: str, status: int) -> None:
    answer = caller.get(path)
    assert (answer.status_code, answer.content) == (status, b"")


def test_profile_and_body(sandbox: Sandbox, caller: Caller) -> None:
    profile = caller.get("/v2/user/profile/basic").json()
    assert profile.keys() == {"user_id", "email", "first_name", "last_name"}
    assert profile["email"].endswith("@example.com")
    assert profile["user_id"] == sandbox.whoop.records("cycle")[0]["user_id"]
    body = caller.get("/v2/user/measurement/body").json()
    assert body.keys() == {"height_meter", "weight_kilogram", "max_heart_rate"}
    sandbox.whoop.data.body = None
    assert caller.get("/v2/user/measurement/body").status_code == 404


def test_an_old_id_leads_to_the_new_one(sandbox: Sandbox, caller: Caller) -> None:
    workout = sandbox.whoop.records("workout")[0]
    sandbox.whoop.edit("workout", workout["id"], v1_id=4711)
    assert caller.get("/v1/activity-mapping/4711").json() == {"v2_activity_id": workout["id"]}


@pytest.mark.parametrize(("path", "scope"), SCOPES.items())
def test_each_path_needs_its_scope_and_no_other(sandbox: Sandbox, path: str, scope: str) -> None:
    path = filled(sandbox, path)
    others = " ".join(set(SCOPES.values()) - {scope})
    allowed, refused = Caller(sandbox, scope), Caller(sandbox, others)
    with allowed.session, refused.session:
        assert allowed.get(path).status_code == 200
        answer = refused.get(path)
        assert (answer.status_code, answer.content) == (403, b"")
        sandbox.whoop.options.missing_scope = 401
        assert refused.get(path).status_code == 401


@pytest.mark.parametrize("header", [None, "Bearer nonsense", "Basic {}", "{}"])
def test_without_a_good_token_there_is_an_empty_401(caller: Caller, header: str | None) -> None:
    token = caller.tokens["access_token"]
    del caller.session.headers["Authorization"]
    if header:
        caller.session.headers["Authorization"] = header.format(token)
    for kind in KINDS:
        answer = caller.get(PATHS[kind])
        assert (answer.status_code, answer.content) == (401, b"")


def test_revoking_kills_every_token_and_ends_the_webhooks(sandbox: Sandbox, caller: Caller) -> None:
    other = sandbox.whoop.issue_tokens()
    url = f"{sandbox.whoop.url}/developer/v2/user/access"
    answer = caller.session.delete(url, timeout=5)
    assert (answer.status_code, answer.content) == (204, b"")
    assert caller.session.delete(url, timeout=5).status_code == 401
    assert caller.refresh(other["refresh_token"]).status_code == 400
    caller.use(other)
    assert caller.get("/v2/cycle").status_code == 401
    sleep_id = sandbox.whoop.records("sleep")[0]["id"]
    assert sandbox.whoop.deliver_webhook("sleep", sleep_id, "http://127.0.0.1:1/") == 0


def test_nothing_can_be_written(caller: Caller) -> None:
    for kind in KINDS:
        answer = caller.session.post(
            f"{caller.sandbox.whoop.url}/developer{PATHS[kind]}", json={}, timeout=5
        )
        assert answer.status_code == 405
