"""What tests can do to repositories, and what the API and git then show of it."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from .conftest import LIST, NOON, PAYLOADS, Caller, log, run_git


def shown(caller: Caller, name: str) -> dict[str, Any]:
    return caller.found(f"/repos/mara-lindner/{name}")


def test_a_new_one_is_empty_until_something_is_pushed(caller: Caller) -> None:
    made = caller.github.add_repository("fresh", description="New", private=True)
    item = shown(caller, "fresh")
    assert (item["id"], item["pushed_at"], item["size"]) == (made, None, 0)
    assert (item["private"], item["description"]) == (True, "New")
    assert caller.get("/repos/mara-lindner/fresh/commits").status_code == 409
    caller.sandbox.clock.advance(timedelta(minutes=5))
    oid = caller.github.commit("fresh", {"a.py": "print()\n"}, message="Begin")
    commit = caller.found("/repos/mara-lindner/fresh/commits")[0]
    assert (commit["sha"], commit["commit"]["message"]) == (oid, "Begin")
    assert shown(caller, "fresh")["pushed_at"] == "2026-09-16T12:05:30Z"
    assert shown(caller, "fresh")["size"] == 1


def test_names_are_taken_once(caller: Caller) -> None:
    caller.github.add_repository("once")
    with pytest.raises(ValueError, match="there is a repository"):
        caller.github.add_repository("ONCE")
    with pytest.raises(ValueError, match="no field"):
        caller.github.add_repository("twice", shoes=1)
    with pytest.raises(ValueError, match=r"\w"):
        caller.github.add_repository("twice", "no stream at all")
    assert caller.get("/repos/mara-lindner/twice").status_code == 404
    with pytest.raises(LookupError, match="no repository nothing"):
        caller.github.commit("nothing", {})


def test_a_stream_brings_its_branch(caller: Caller) -> None:
    stream = (PAYLOADS / "history_small.fi").read_bytes()
    caller.github.add_repository("one", stream)
    caller.github.add_repository("two", stream.replace(b"refs/heads/main", b"refs/heads/a/b"))
    assert shown(caller, "one")["default_branch"] == "main"
    assert shown(caller, "two")["default_branch"] == "a/b"
    walked = [caller.walk(f"/repos/mara-lindner/{name}/commits") for name in ("one", "two")]
    assert [one["sha"] for one in walked[0]] == [one["sha"] for one in walked[1]]
    assert len(walked[0]) == 7


def test_a_commit_is_as_it_was_told(caller: Caller) -> None:
    caller.github.add_repository("told")
    zone = timezone(timedelta(hours=-11, minutes=-30))
    date = datetime(2020, 2, 3, 4, 5, 6, tzinfo=zone)
    caller.github.commit("told", {'ä "b".txt': b"\0", "x": "1"})
    oid = caller.github.commit(
        "told",
        {"x": None, "y": "2"},
        message="Über\n\nmore",
        author="Zoë",
        email="z@example.net",
        date=date,
        committed="2020-02-04T00:00:00+01:00",
    )
    path = caller.github.path("told")
    line = log(path, "-1", "--format=%H|%an|%ae|%ad|%cI|%s", "--date=iso-strict")[0]
    assert (
        line == f"{oid}|Zoë|z@example.net|2020-02-03T04:05:06-11:30|2020-02-03T11:30:00-11:30|Über"
    )
    tree = run_git(f"--git-dir={path}", "ls-tree", "-z", "--name-only", "main").stdout
    assert tree.split("\0")[:-1] == ["y", 'ä "b".txt']


def test_other_branches_move_only_the_time_of_the_push(caller: Caller) -> None:
    caller.github.add_repository("wide")
    main = caller.github.commit("wide", {"a": "1"})
    caller.sandbox.clock.advance(timedelta(hours=1))
    topic = caller.github.commit("wide", {"a": "2"}, branch="topic/x")
    node = next(
        one
        for one in caller.graphql(LIST)["viewer"]["repositories"]["nodes"]
        if one["nameWithOwner"] == "mara-lindner/wide"
    )
    assert node["defaultBranchRef"]["target"]["oid"] == main
    assert node["pushedAt"] == "2026-09-16T13:00:30Z"
    found = caller.walk("/repos/mara-lindner/wide/commits", sha="topic/x")
    assert [one["sha"] for one in found] == [topic, main]


def test_a_force_push(caller: Caller) -> None:
    caller.github.add_repository("back")
    oids = [caller.github.commit("back", {"a": str(n)}) for n in range(4)]
    assert caller.github.force_push("back", drop=1) == oids[2]
    assert [one["sha"] for one in caller.walk("/repos/mara-lindner/back/commits")] == oids[2::-1]
    assert caller.github.force_push("back", oids[0]) == oids[0]
    with pytest.raises(LookupError, match="no commit"):
        caller.github.force_push("back", drop=9)


def test_generated_history_goes_on_after_a_force_push(caller: Caller) -> None:
    name = "shop-relaunch"
    kept = caller.github.force_push(name, drop=1)
    caller.sandbox.clock.advance(timedelta(days=14))
    walked = caller.walk(f"/repos/mara-lindner/{name}/commits", per_page=100)
    assert kept in [one["sha"] for one in walked[1:]]
    assert walked[0]["commit"]["committer"]["date"] > "2026-09-17"


def test_a_renamed_one_is_the_same(caller: Caller) -> None:
    item = shown(caller, "shop-relaunch")
    caller.github.rename("shop-relaunch", "bookshop")
    answer = caller.get("/repos/mara-lindner/shop-relaunch/commits", per_page=2)
    to = f"{caller.github.url}/repositories/{item['id']}/commits?per_page=2"
    assert answer.status_code == 301
    assert answer.headers["Location"] == answer.json()["url"] == to
    assert answer.json()["message"] == "Moved Permanently"
    assert len(caller.get(to).json()) == 2
    renamed = shown(caller, "bookshop")
    assert renamed["node_id"] == item["node_id"]
    assert renamed["clone_url"].endswith("/mara-lindner/bookshop.git")
    query = '{ repository(owner: "mara-lindner", name: "shop-relaunch"%s) { name } }'
    assert caller.graphql(query % "")["repository"]["name"] == "bookshop"
    assert caller.errors(query % ", followRenames: false")[0]["type"] == "NOT_FOUND"
    caller.github.add_repository("shop-relaunch")
    assert shown(caller, "shop-relaunch")["id"] != item["id"]


def test_a_name_that_was_taken_anew_never_leads_back(caller: Caller) -> None:
    for name in ("one", "two", "three"):
        caller.github.add_repository(name)
    caller.github.rename("one", "one-b")
    caller.github.rename("two", "two-b")
    assert caller.get("/repos/mara-lindner/one").status_code == 301
    assert caller.get("/repos/mara-lindner/two").status_code == 301
    caller.github.add_repository("one")
    caller.github.rename("three", "two")
    for name in ("one", "two"):
        caller.github.delete(name)
        assert caller.get(f"/repos/mara-lindner/{name}").status_code == 404


def test_one_that_is_given_away(caller: Caller) -> None:
    caller.github.transfer("shop-relaunch", "kranich-verlag")
    answer = caller.get("/repos/mara-lindner/shop-relaunch")
    assert answer.status_code == 301
    moved = caller.get(answer.headers["Location"]).json()
    assert moved["full_name"] == "kranich-verlag/shop-relaunch"
    assert moved["owner"]["login"] == "kranich-verlag"
    listed = [one["id"] for one in caller.found("/user/repos", affiliation="owner")]
    assert moved["id"] not in listed
    shared = [one["id"] for one in caller.found("/user/repos", affiliation="collaborator")]
    assert shared == [moved["id"]]
    nodes = caller.graphql(LIST)["viewer"]["repositories"]["nodes"]
    assert moved["id"] not in [node["databaseId"] for node in nodes]
    assert caller.github.path("kranich-verlag/shop-relaunch").is_dir()


def test_a_branch_is_renamed(caller: Caller, tmp_path: Path) -> None:
    before = caller.found("/repos/mara-lindner/shop-relaunch/commits")
    caller.github.rename_branch("shop-relaunch", "master/new")
    assert shown(caller, "shop-relaunch")["default_branch"] == "master/new"
    assert caller.found("/repos/mara-lindner/shop-relaunch/commits") == before
    assert caller.get("/repos/mara-lindner/shop-relaunch/commits", sha="master").status_code == 404
    assert caller.clone("shop-relaunch", tmp_path / "a").returncode == 0
    assert (tmp_path / "a" / "HEAD").read_text() == "ref: refs/heads/master/new\n"
    caller.sandbox.clock.advance(timedelta(days=14))
    after = caller.walk("/repos/mara-lindner/shop-relaunch/commits", per_page=100)
    assert before[0]["sha"] in [one["sha"] for one in after[1:]]


def test_an_archived_one_gets_nothing_more(caller: Caller) -> None:
    caller.github.archive("customer-portal")
    item = shown(caller, "customer-portal")
    assert item["archived"] is True
    caller.sandbox.clock.advance(timedelta(days=14))
    assert shown(caller, "customer-portal") == item


def test_a_deleted_one_is_gone(caller: Caller, tmp_path: Path) -> None:
    item = shown(caller, "shop-relaunch")
    caller.github.delete("shop-relaunch")
    caller.sandbox.clock.advance(timedelta(days=14))
    assert caller.get("/repos/mara-lindner/shop-relaunch").status_code == 404
    assert caller.get(f"/repositories/{item['id']}").status_code == 404
    assert item["id"] not in [one["id"] for one in caller.found("/user/repos")]
    assert "not found" in caller.clone("shop-relaunch", tmp_path / "a").stderr


def test_one_that_is_made_again_is_another(caller: Caller) -> None:
    caller.github.add_repository("again")
    old = shown(caller, "again")["id"]
    caller.github.commit("again", {"a": "1"})
    new = caller.github.recreate("again", private=True)
    item = shown(caller, "again")
    assert item["id"] == new != old
    assert (item["private"], item["pushed_at"]) == (True, None)


def test_fields_are_set(caller: Caller) -> None:
    caller.sandbox.clock.advance(timedelta(seconds=30))
    caller.github.set_fields(
        *("sketches",),
        language="COBOL",
        disk_usage=2_000_000,
        fork=True,
        template=True,
        pushed_at=datetime(2001, 2, 3, tzinfo=UTC),
        created_at="2000-01-01T01:00:00+01:00",
    )
    item = shown(caller, "sketches")
    assert (item["language"], item["size"], item["fork"]) == ("COBOL", 2_000_000, True)
    assert (item["is_template"], item["pushed_at"]) == (True, "2001-02-03T00:00:00Z")
    assert (item["created_at"], item["updated_at"]) == (
        "2000-01-01T00:00:00Z",
        "2026-09-16T12:01:00Z",
    )
    # A date alone does not fill it.
    assert caller.get("/repos/mara-lindner/sketches/commits").status_code == 409
    with pytest.raises(ValueError, match="aware"):
        caller.github.set_fields("sketches", pushed_at="2001-02-03")


def test_what_cannot_be_told(caller: Caller) -> None:
    with pytest.raises(ValueError, match="how must be"):
        caller.github.break_repository("sketches", "melt")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="offset"):
        caller.github.commit("sketches", {}, date=NOON.replace(tzinfo=None))
    with pytest.raises(LookupError, match="no branch"):
        caller.github.rename_branch("sketches", "a", "b")
    with pytest.raises(ValueError, match="there is a repository"):
        caller.github.rename("sketches", "metronome")
