"""The same things over HTTP, for a sandbox that runs as its own process."""

from pathlib import Path

import requests

from .conftest import Caller


def test_the_state_has_what_a_demo_needs(caller: Caller) -> None:
    url = f"{caller.sandbox.url}/sandbox/state"
    state = requests.get(url, timeout=5).json()["github"]
    assert state["url"] == caller.github.url == f"{caller.sandbox.url}/github"
    assert state["clone_url"] == caller.github.clone_url == f"{state['url']}/git"
    assert (state["token"], state["login"]) == (caller.github.token, "mara-lindner")
    assert state["counts"]["repositories"] == 0
    caller.found("/user/repos")
    counts = requests.get(url, timeout=5).json()["github"]["counts"]
    assert counts["repositories"] == len(caller.github.repositories()) > 5


def test_the_page_for_people_names_it(caller: Caller) -> None:
    page = requests.get(caller.sandbox.url, timeout=5).text
    assert caller.github.url in page
    assert "POST /sandbox/force-push" in page


def test_a_repository_by_verbs(caller: Caller, tmp_path: Path) -> None:
    made = caller.verb("add-repository", name="by-verb", private=True)
    oids = [caller.verb("commit", name="by-verb", files={"a.py": str(n)}) for n in range(2)]
    assert caller.verb("force-push", name="by-verb", drop=1) == oids[0]
    caller.verb("rename-branch", name="by-verb", new="trunk")
    caller.verb("rename", name="by-verb", new="verbal")
    caller.verb("set-fields", name="verbal", pushed_at="2020-01-01T00:00:00Z")
    caller.verb("archive", name="verbal")
    item = next(one for one in caller.verb("repositories") if one["id"] == made)
    assert (item["name"], item["default_branch"], item["archived"]) == ("verbal", "trunk", True)
    caller.verb("break", name="verbal", how="500")
    assert caller.clone("verbal", tmp_path / "a").returncode != 0
    caller.verb("break", name="verbal", how=None)
    assert caller.clone("verbal", tmp_path / "b").returncode == 0
    stream = "reset refs/heads/more\nfrom refs/heads/trunk^0\n\n"
    caller.verb("import-stream", name="verbal", stream=stream)
    assert caller.found("/repos/mara-lindner/verbal/commits", sha="more")[0]["sha"] == oids[0]
    again = caller.verb("recreate", name="verbal")
    assert again != made
    caller.verb("transfer", name="verbal", owner="ines")
    caller.verb("delete", name="ines/verbal")
    assert caller.get(f"/repositories/{again}").status_code == 404


def test_tokens_options_and_limits_by_verbs(caller: Caller) -> None:
    caller.verb("token-expiry", at="2026-09-17T00:00:00Z")
    assert "2026-09-17" in caller.get("/user").headers["GitHub-Authentication-Token-Expiration"]
    caller.verb("revoke-token")
    assert caller.get("/user").status_code == 401
    caller.use(caller.verb("issue-token"))
    assert caller.verb("options", emails=False)["emails"] is False
    assert caller.get("/user/emails").status_code == 403
    caller.verb("limits", core=1)
    assert [caller.get("/user").status_code for _ in range(2)] == [200, 403]
    caller.verb("limits")
    caller.verb("secondary-limit", times=1, retry_after=7)
    assert caller.get("/user").headers["Retry-After"] == "7"
    assert caller.get("/user").status_code == 200
