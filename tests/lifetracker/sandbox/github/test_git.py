"""Real git clones and fetches over HTTP."""

import gzip
import json
import subprocess
import time
from pathlib import Path

import pytest
import requests

from .conftest import PAYLOADS, Caller, log, run_git

BRANCH = "+refs/heads/master:refs/heads/master"


def fetch(caller: Caller, into: Path, name: str, *options: str, refs: str = BRANCH) -> str:
    """What git complained of; "" when it went well."""
    done = caller.git(
        f"--git-dir={into}", "fetch", "--quiet", "--no-tags", *options, caller.clone_url(name), refs
    )
    return done.stderr if done.returncode else ""


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    path = tmp_path / "fetched.git"
    assert run_git("init", "--quiet", "--bare", "--template=", str(path)).returncode == 0
    return path


def test_a_clone_has_what_the_api_says(reader: Caller, tmp_path: Path) -> None:
    assert reader.clone("shop-relaunch", tmp_path / "a").returncode == 0
    commits = reader.walk("/repos/mara-lindner/shop-relaunch/commits", per_page=100)
    assert log(tmp_path / "a", "--format=%H") == [one["sha"] for one in commits]
    head = (tmp_path / "a" / "HEAD").read_text()
    assert head == "ref: refs/heads/master\n"
    assert run_git(f"--git-dir={tmp_path / 'a'}", "fsck", "--strict").returncode == 0


@pytest.mark.parametrize("version", [0, 1, 2])
def test_every_version_of_the_protocol(reader: Caller, empty: Path, version: int) -> None:
    before = len(reader.github.fetches)
    url, refs = reader.clone_url("shop-relaunch"), BRANCH
    done = reader.git(
        *("-c", f"protocol.version={version}", f"--git-dir={empty}", "fetch", "-q", url, refs)
    )
    assert done.returncode == 0, done.stderr
    assert len(log(empty, "--format=%H", "master")) > 10
    assert reader.github.fetches[before:] == ["mara-lindner/shop-relaunch"]


@pytest.mark.parametrize(
    ("option", "kinds"),
    [
        ("--filter=tree:0", {"commit"}),
        ("--filter=blob:none", {"commit", "tree"}),
        ("--depth=1", {"commit", "tree", "blob"}),
    ],
)
def test_partial_fetches(reader: Caller, empty: Path, option: str, kinds: set[str]) -> None:
    assert fetch(reader, empty, "shop-relaunch", option) == ""
    check = ("cat-file", "--batch-all-objects", "--batch-check=%(objecttype)")
    assert set(run_git(f"--git-dir={empty}", *check).stdout.split()) == kinds
    count = len(log(empty, "--format=%H", "master"))
    assert (count == 1) is (option == "--depth=1")


def test_pull_requests_are_refs_too(reader: Caller, tmp_path: Path) -> None:
    url = reader.clone_url("customer-portal")
    refs = reader.git("ls-remote", url).stdout
    assert "refs/pull/1/head" in refs
    assert "refs/heads/main" in refs
    assert reader.clone("customer-portal", tmp_path / "a").returncode == 0
    assert log(tmp_path / "a", "--merges", "--format=%s")[-1].startswith("Merge pull request #1")


def test_only_what_is_new_is_sent_the_second_time(caller: Caller, empty: Path) -> None:
    refs = "+refs/heads/main:refs/heads/main"
    caller.github.add_repository("growing")
    first = caller.github.commit("growing", {"a.py": "1\n" * 5000})
    assert fetch(caller, empty, "growing", refs=refs) == ""
    assert fetch(caller, empty, "growing", refs=refs) == ""
    assert caller.github.fetches == ["mara-lindner/growing"]
    second = caller.github.commit("growing", {"b.py": "2\n"})
    assert fetch(caller, empty, "growing", refs=refs) == ""
    assert caller.github.fetches == ["mara-lindner/growing"] * 2
    assert log(empty, "--format=%H", "main") == [second, first]
    requests_made = [one for one in caller.sandbox.requests if one.path.endswith("upload-pack")]
    assert len(requests_made) > len(caller.github.fetches)


def test_many_rounds_of_negotiation_are_one_fetch(caller: Caller, empty: Path) -> None:
    refs = "+refs/heads/main:refs/heads/main"
    assert fetch(caller, empty, "customer-portal", refs=refs) == ""
    stream = b"".join(
        b"commit refs/heads/main\ncommitter A <a@b.c> %d +0000\ndata 1\nx\n%sM 644 inline f\n"
        b"data %d\n%d\n\n"
        % (1_000_000_000 + n, b"from refs/heads/main^0\n" if n == 0 else b"", len(str(n)), n)
        for n in range(300)
    )
    local = empty / "ours.fi"
    local.write_bytes(stream)
    with local.open("rb") as given:
        subprocess.run(
            ["git", f"--git-dir={empty}", "fast-import", "--quiet"],  # noqa: S607
            stdin=given,
            check=True,
        )
    caller.github.commit("customer-portal", {"new.ts": "1\n"})
    caller.sandbox.requests.clear()
    assert fetch(caller, empty, "customer-portal", refs=refs) == ""
    posts = [one for one in caller.sandbox.requests if one.path.endswith("git-upload-pack")]
    assert len(posts) > 2
    assert caller.github.fetches == ["mara-lindner/customer-portal"] * 2


def test_a_force_push_is_followed(caller: Caller, empty: Path) -> None:
    refs = "+refs/heads/main:refs/heads/main"
    caller.github.add_repository("forced")
    kept, *dropped = [caller.github.commit("forced", {"a": str(n)}) for n in range(3)]
    assert fetch(caller, empty, "forced", refs=refs) == ""
    assert caller.github.force_push("forced", drop=2) == kept
    assert fetch(caller, empty, "forced", refs=refs) == ""
    assert log(empty, "--format=%H", "main") == [kept]
    assert caller.github.force_push("forced", dropped[1]) == dropped[1]
    assert fetch(caller, empty, "forced", refs=refs) == ""
    assert log(empty, "--format=%H", "main") == [*reversed(dropped), kept]


def test_private_ones_need_the_token(reader: Caller, tmp_path: Path) -> None:
    assert reader.clone("customer-portal", tmp_path / "with").returncode == 0
    reader.use(None)
    done = reader.clone("customer-portal", tmp_path / "without")
    assert done.returncode != 0
    assert "could not read Username" in done.stderr
    assert reader.clone("shop-relaunch", tmp_path / "public").returncode == 0
    reader.use("github_pat_wrong")
    for name in ("customer-portal", "shop-relaunch"):
        assert reader.clone(name, tmp_path / f"wrong-{name}").returncode != 0


def test_who_may_not_see_it_does_not_hear_of_it(caller: Caller, tmp_path: Path) -> None:
    caller.github.add_repository("hidden", private=True)
    caller.github.commit("hidden", {"a": "1"})
    assert caller.clone("hidden", tmp_path / "seen").returncode == 0
    caller.github.options.private = False
    for name in ("hidden", "nothing-here"):
        done = caller.clone(name, tmp_path / name)
        assert "Repository not found." in done.stderr
    assert caller.get("/repos/mara-lindner/hidden").status_code == 404


def test_without_a_token_nothing_tells_private_from_missing(reader: Caller) -> None:
    found = []
    for name in ("customer-portal", "nothing-here"):
        url = f"{reader.clone_url(name)}/info/refs?service=git-upload-pack"
        answer = requests.get(url, timeout=5)
        found.append((answer.status_code, answer.content, answer.headers["WWW-Authenticate"]))
    assert found[0] == found[1]
    assert found[0][0] == 401


def test_pushes_are_refused(reader: Caller, tmp_path: Path) -> None:
    assert reader.clone("shop-relaunch", tmp_path / "a").returncode == 0
    url = reader.clone_url("shop-relaunch")
    done = reader.git(f"--git-dir={tmp_path / 'a'}", "push", url, "master:refs/heads/other")
    assert "403" in done.stderr
    assert "refs/heads/other" not in reader.git("ls-remote", url).stdout
    for path in ("git-receive-pack", "info/refs?service=git-receive-pack"):
        assert requests.post(f"{url}/{path}", timeout=5).status_code == 403


def test_an_old_name_redirects(caller: Caller, empty: Path) -> None:
    caller.github.add_repository("before")
    oid = caller.github.commit("before", {"a": "1"})
    caller.github.rename("before", "after")
    url = f"{caller.clone_url('before')}/info/refs"
    answer = requests.get(
        url, params={"service": "git-upload-pack"}, timeout=5, allow_redirects=False
    )
    assert answer.status_code == 301
    assert answer.headers["Location"] == (
        f"{caller.clone_url('after')}/info/refs?service=git-upload-pack"
    )
    assert fetch(caller, empty, "before", refs="+refs/heads/main:refs/heads/main") == ""
    assert log(empty, "--format=%H", "main") == [oid]
    assert caller.github.fetches == ["mara-lindner/after"]


def test_zipped_and_chunked_requests(reader: Caller) -> None:
    url = f"{reader.clone_url('shop-relaunch')}/git-upload-pack"
    body = b"0014command=ls-refs\n00010009peel\n0000"
    headers = {
        "Content-Type": "application/x-git-upload-pack-request",
        "Git-Protocol": "version=2",
    }
    plain = requests.post(url, data=body, headers=headers, timeout=5)
    assert b"refs/heads/master" in plain.content
    chunks = (body[n : n + 5] for n in range(0, len(body), 5))
    chunked = requests.post(url, data=chunks, headers=headers, timeout=5)
    assert chunked.content == plain.content
    zipped = requests.post(
        url, data=gzip.compress(body), headers={**headers, "Content-Encoding": "gzip"}, timeout=5
    )
    assert zipped.content == plain.content


def test_the_sample_history_comes_out_as_written(caller: Caller, tmp_path: Path) -> None:
    expected = json.loads((PAYLOADS / "history_small.expected.json").read_text())
    caller.github.add_repository("small", (PAYLOADS / "history_small.fi").read_bytes())
    assert caller.clone("small", tmp_path / "a").returncode == 0
    oids = log(tmp_path / "a", "--format=%H")
    assert oids[0] == expected["head"]
    assert len(oids) == expected["total_commits"]


@pytest.mark.parametrize(
    ("how", "complaint"),
    [
        ("500", "500"),
        ("404", "not found"),
        ("cut", "transfer closed"),
        ("corrupt", "fatal"),
    ],
)
def test_a_broken_repository_cannot_be_fetched(
    caller: Caller, empty: Path, how: str, complaint: str
) -> None:
    refs = "+refs/heads/main:refs/heads/main"
    caller.github.add_repository("sick")
    caller.github.commit("sick", {f"{n}.txt": str(n) * 500 for n in range(40)})
    caller.github.break_repository("sick", how)
    assert complaint in fetch(caller, empty, "sick", refs=refs)
    assert caller.github.fetches == []
    caller.github.break_repository("sick", None)
    assert fetch(caller, empty, "sick", refs=refs) == ""


def test_a_repository_that_hangs_holds_up_nobody_else(caller: Caller, empty: Path) -> None:
    caller.github.break_repository("shop-relaunch", "hang", seconds=0.2)
    begun = time.monotonic()
    assert fetch(caller, empty, "shop-relaunch") == ""
    assert time.monotonic() - begun > 0.4
    caller.github.break_repository("shop-relaunch", "hang", seconds=3)
    with pytest.raises(requests.Timeout):
        requests.get(
            f"{caller.clone_url('shop-relaunch')}/info/refs?service=git-upload-pack", timeout=0.1
        )
    assert caller.get("/user").elapsed.total_seconds() < 2


def test_faults_fall_on_git_too(caller: Caller, empty: Path) -> None:
    caller.sandbox.faults.add("/git/mara-lindner/shop", kind="status", status=503)
    assert "503" in fetch(caller, empty, "shop-relaunch")
    caller.sandbox.faults.add("upload-pack", kind="cut", nth=2)
    assert fetch(caller, empty, "shop-relaunch") != ""
    assert fetch(caller, empty, "shop-relaunch") == ""


def test_a_disabled_repository_is_refused(caller: Caller, empty: Path) -> None:
    caller.github.set_fields("shop-relaunch", disabled=True)
    assert "403" in fetch(caller, empty, "shop-relaunch")


def test_paths_that_lead_nowhere(reader: Caller) -> None:
    for path in ("/mara-lindner/shop-relaunch", "/mara-lindner/shop-relaunch.git/HEAD", "/"):
        assert requests.get(reader.github.clone_url + path, timeout=5).status_code == 404
    dumb = requests.get(f"{reader.clone_url('shop-relaunch')}/info/refs", timeout=5)
    assert dumb.status_code == 403
