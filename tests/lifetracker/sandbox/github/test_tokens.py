"""Kinds of tokens, and tokens that no longer work."""

from datetime import timedelta
from pathlib import Path

import pytest

from .conftest import LIST, NOON, Caller

WRONG = (401, "Bad credentials")


def everywhere(caller: Caller) -> set[tuple[int, str | None]]:
    answers = (caller.get("/user"), caller.get("/repos/mara-lindner/sketches"), caller.post(LIST))
    return {(answer.status_code, answer.json().get("message")) for answer in answers}


@pytest.mark.parametrize("scheme", ["Bearer", "token", "bearer"])
def test_ways_to_send_it(reader: Caller, scheme: str) -> None:
    headers = {"Authorization": f"{scheme} {reader.github.token}"}
    assert reader.get("/user", headers=headers).status_code == 200
    assert reader.session.get(
        f"{reader.github.url}/user", auth=("x-access-token", reader.github.token), timeout=5
    ).ok


def test_a_wrong_token_is_401_for_public_things_too(reader: Caller) -> None:
    reader.use("github_pat_wrong")
    assert everywhere(reader) == {WRONG}
    assert "X-Accepted-GitHub-Permissions" not in reader.get("/user").headers


def test_nobody_sees_public_things_only(reader: Caller) -> None:
    reader.use(None)
    assert reader.get("/repos/mara-lindner/shop-relaunch").status_code == 200
    assert reader.get("/repos/mara-lindner/customer-portal").status_code == 404
    assert reader.get("/user").status_code == reader.get("/user/repos").status_code == 401
    assert reader.post(LIST).status_code == 401


def test_a_revoked_token(caller: Caller, tmp_path: Path) -> None:
    old = caller.github.token
    caller.github.revoke_token()
    assert everywhere(caller) == {WRONG}
    assert caller.clone("shop-relaunch", tmp_path / "a").returncode != 0
    new = caller.github.issue_token()
    assert new != old
    assert everywhere(caller) == {WRONG}
    caller.use(new)
    assert everywhere(caller) == {(200, None)}


def test_a_token_that_expires(caller: Caller) -> None:
    name = "GitHub-Authentication-Token-Expiration"
    assert name not in caller.get("/user").headers
    caller.github.set_token_expiry(NOON + timedelta(days=7))
    assert caller.get("/user").headers[name] == "2026-09-23 12:00:30 UTC"
    assert caller.post(LIST).headers[name] == "2026-09-23 12:00:30 UTC"
    caller.sandbox.clock.advance(timedelta(days=6, hours=23))
    assert caller.get("/user").status_code == 200
    caller.sandbox.clock.advance(timedelta(hours=1))
    assert everywhere(caller) == {WRONG}
    caller.github.set_token_expiry(None)
    assert everywhere(caller) == {(200, None)}


def test_what_the_head_says_of_it(caller: Caller) -> None:
    fine = caller.get("/user/repos").headers
    assert caller.github.token.startswith("github_pat_")
    assert fine["X-Accepted-GitHub-Permissions"] == "metadata=read"
    assert "X-OAuth-Scopes" not in fine
    caller.github.options.token_kind = "classic"
    assert caller.github.token.startswith("ghp_")
    assert caller.get("/user").status_code == 401
    caller.use(caller.github.token)
    classic = caller.get("/user/repos").headers
    assert classic["X-OAuth-Scopes"] == "repo, user:email"
    assert "X-Accepted-GitHub-Permissions" not in classic


def test_addresses_need_a_permission(caller: Caller) -> None:
    assert caller.get("/user/emails").status_code == 200
    caller.github.options.emails = False
    assert caller.get("/user/emails").status_code == 403
    assert "not accessible" in caller.get("/user/emails").json()["message"]
    caller.github.options.token_kind = "classic"
    caller.use(caller.github.token)
    assert caller.get("/user/emails").status_code == 404


def test_private_repositories_need_a_permission(caller: Caller) -> None:
    caller.github.add_repository("hidden", private=True)
    count = len(caller.found("/user/repos"))
    nodes = caller.graphql(LIST)["viewer"]["repositories"]["totalCount"]
    caller.github.options.private = False
    assert len(caller.found("/user/repos")) < count == nodes
    listed = caller.graphql(LIST)["viewer"]["repositories"]["nodes"]
    assert {node["isPrivate"] for node in listed} == {False}


def test_an_unknown_option_is_refused(caller: Caller) -> None:
    with pytest.raises(ValueError, match="no option"):
        caller.github.options.configure(shoes=1)
    with pytest.raises(ValueError, match="aware"):
        caller.github.set_token_expiry("2026-09-23T12:00:00")
