"""What is read from a history, and how a clone comes and stays, with git itself on both sides."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from github_projects.services import fetching as fetching_module
from github_projects.services.clone import Clone
from github_projects.services.git import git_version
from github_projects.services.git_errors import CloneBusy, Reason, RepositoryUnreadable, explain
from github_projects.services.numstat import (
    LOG_ARGUMENTS,
    GitCommit,
    decode_name,
    parse_commits,
    parse_offset,
    parse_seconds,
    split_fields,
)
from github_projects.services.processes import Limits
from github_projects.services.remote import is_branch, is_name
from lifetracker.errors import NeedsReauthorization, NotConfigured, TryLater
from tests.github_projects.repositories import (
    GitServer,
    History,
    create,
    git,
    imported,
    large,
    raw_commit,
)

PAYLOADS = Path(__file__).parents[1] / "payloads" / "github"
TOKEN = "github_pat_11SECRETsecret"
PAIR = b64encode(f"x-access-token:{TOKEN}".encode()).decode()


def fetch(clone: Clone, server: GitServer, branch: str = "main", **options: Any) -> None:
    clone.fetch(server.url, "ada", "tool", branch, TOKEN, **options)


def mined(clone: Clone, branch: str = "main") -> list[GitCommit]:
    tip = clone.tip(branch)
    assert tip
    return list(clone.read_commits(clone.oids(tip)))


def total(found: list[GitCommit]) -> tuple[int, int, int]:
    added, deleted = sum(one.added for one in found), sum(one.deleted for one in found)
    return len(found), added, deleted


def some_history(commits: int = 10) -> History:
    history = History()
    for number in range(commits):
        history.commit({b"a.txt": b"line\n" * (number + 1)})
    return history


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


# --- Numbers


@pytest.fixture
def expected() -> Any:
    return json.loads((PAYLOADS / "history_small.expected.json").read_text())


@pytest.fixture
def small(clone: Clone, server: GitServer, origin: Path, expected: Any) -> list[GitCommit]:
    imported(origin, (PAYLOADS / "history_small.fi").read_bytes())
    fetch(clone, server)
    assert clone.tip("main") == expected["head"]
    return mined(clone)


def test_counts_of_the_small_history(small: list[GitCommit], expected: Any) -> None:
    churn = expected["churn"]["exact_renames_M100"]
    assert total(small) == (expected["total_commits"], churn["added"], churn["deleted"])
    assert sum(one.parents > 1 for one in small) == expected["merge_commits"]
    assert sum(one.parents == 0 for one in small) == expected["root_commits"]


def test_authors_of_the_small_history(small: list[GitCommit], expected: Any) -> None:
    found = {one.email: [0, 0, 0] for one in small}
    for one in small:
        sums = zip(found[one.email], (1, one.added, one.deleted), strict=True)
        found[one.email] = [left + right for left, right in sums]
    assert found == expected["per_author_latin1 {email: [commits, added, deleted] with -M100%}"]
    assert Counter(one.name for one in small) == {"Ada Example": 5, "Bob Other": 1, "ada": 1}


def test_times_of_the_small_history(small: list[GitCommit], expected: Any) -> None:
    authored, committed = [one.authored for one in small], [one.committed for one in small]
    assert min(authored) == expected["first_author_epoch"]
    assert max(authored) == expected["last_author_epoch"]
    assert min(committed) == expected["first_committer_epoch"]
    assert max(committed) == expected["last_committer_epoch"]
    assert (max(committed) - min(committed)) // 60 == expected["span_minutes_committer"]
    days = {datetime.fromtimestamp(moment, UTC).date() for moment in authored}
    assert len(days) == expected["active_days_author_date_utc"]
    own = {datetime.fromtimestamp(one.authored + one.offset_min * 60, UTC).date() for one in small}
    assert len(own) == expected["active_days_author_date_own_offset"]
    assert [one.offset_min for one in small] == [-480, -480, 0, -300, 0, 120, 0]


def test_churn_of_files_nobody_wrote_is_a_second_number(
    clone: Clone, server: GitServer, origin: Path
) -> None:
    history = History()
    history.commit({b"a.py": b"1\n2\n", b"package-lock.json": b"{\n}\n", b"web/dist/x.js": b"1\n"})
    history.commit(
        {b"lib/vendor/b.c": b"1\n2\n3\n", b"n.ipynb": b"{}\n", b"redistribute.py": b"1\n"}
    )
    history.commit(
        {b"package-lock.json": b"{\n1\n}\n", b"app.min.js": b"x\n", b"web/dist/x.js": None}
    )
    history.save(origin)
    fetch(clone, server)
    found = [(one.added, one.deleted, one.generated) for one in reversed(mined(clone))]
    assert found == [(5, 0, 3), (5, 0, 4), (2, 1, 3)]


def test_a_file_moved_with_a_change_counts_in_full(
    clone: Clone, server: GitServer, origin: Path
) -> None:
    lines = b"".join(b"line %d\n" % number for number in range(50))
    history = History()
    history.commit({b"a.py": lines, b"b.py": lines[:100]})
    history.commit({b"a.py": None, b"moved/a.py": lines + b"one\n"})
    history.commit({b"b.py": None, b"moved/b.py": lines[:100]})
    history.save(origin)
    fetch(clone, server)
    found = [(one.added, one.deleted) for one in reversed(mined(clone))]
    assert found[1:] == [(51, 50), (0, 0)]


def test_only_the_commits_asked_for_in_their_order(
    clone: Clone, server: GitServer, origin: Path
) -> None:
    some_history().save(origin)
    fetch(clone, server)
    oids = clone.oids(clone.tip("main") or "")
    asked = [oids[7], oids[2], oids[5]]
    assert [one.oid for one in clone.read_commits(asked)] == asked
    assert list(clone.read_commits([])) == []


def test_the_same_whatever_the_chunks_are(clone: Clone, server: GitServer, origin: Path) -> None:
    imported(origin, (PAYLOADS / "history_small.fi").read_bytes())
    fetch(clone, server)
    oids = "".join(f"{oid}\n" for oid in clone.oids(clone.tip("main") or ""))
    said = git(clone.folder, *LOG_ARGUMENTS, given=oids.encode())
    for size in (1, 2, 3, 7, 64, len(said)):
        chunks = [said[start : start + size] for start in range(0, len(said), size)]
        assert list(parse_commits(split_fields(chunks))) == mined(clone)
    for cut in (len(said) - 3, 50, said.index(b"\0") + 1):
        with pytest.raises(Exception, match="output is"):
            list(parse_commits(split_fields([said[:cut]])))


def test_a_history_named_by_sha256(clone: Clone, server: GitServer, origin: Path) -> None:
    history = some_history()
    create(origin, "--object-format=sha256")
    history.add_to(origin)
    fetch(clone, server)
    found = mined(clone)
    assert total(found) == (10, 10, 0)
    assert {len(one.oid) for one in found} == {64}
    fetch(clone, server)
    assert clone.count_lines(found[0].oid, "git").code == 10


@pytest.mark.parametrize(
    ("zone", "offset"),
    [
        *[(b"+0000", 0), (b"+0530", 330), (b"-0330", -210), (b"+1400", 840), (b"-1130", -690)],
        *[(odd, 0) for odd in (b"+1401", b"+0575", b"-9999", b"+51800", b"", b"0100", b"+ab00")],
    ],
)
def test_offsets(zone: bytes, offset: int) -> None:
    assert parse_offset(zone) == offset


def test_seconds_fit_into_a_database() -> None:
    assert parse_seconds(b"4102444800") == 4102444800
    assert parse_seconds(b"9" * 18) == 10**18 - 1
    assert [parse_seconds(odd) for odd in (b"9" * 19, b"", b"-5", b"x", "²".encode())] == [0] * 5


def test_names_are_decoded_cleaned_and_cut() -> None:
    assert decode_name("Zoë".encode()) == decode_name("Zoë".encode("latin-1")) == "Zoë"
    assert decode_name(b"a\x00b\x1b[31m\x7f\tc\n") == "ab[31mc"
    assert decode_name(b"a|b\x01c") == "a|bc"
    assert decode_name(b"x" * 300) == "x" * 255
    assert decode_name(b"") == ""


# --- From one fetch to the next


def test_only_what_is_new_is_mined(clone: Clone, server: GitServer, origin: Path) -> None:
    some_history(5).save(origin)
    fetch(clone, server)
    known = {one.oid for one in mined(clone)}
    grow(origin, b"b.txt", b"1\n2\n")
    fetch(clone, server)
    new = [oid for oid in clone.oids(clone.tip("main") or "") if oid not in known]
    assert len(known) == 5
    assert total(list(clone.read_commits(new))) == (1, 2, 0)


def grow(origin: Path, path: bytes, content: bytes, branch: str = "main") -> None:
    """One commit more on the branch."""
    stream = (
        f"commit refs/heads/{branch}\ncommitter Ada <ada@example.org> 1600000000 +0000\ndata 1\nx\n"
        f"from refs/heads/{branch}^0\nM 100644 inline {path.decode()}\ndata {len(content)}\n"
    )
    git(origin, "fast-import", "--quiet", given=stream.encode() + content + b"\n")


def test_a_force_push_takes_commits_away(clone: Clone, server: GitServer, origin: Path) -> None:
    some_history().save(origin)
    fetch(clone, server)
    before = clone.oids(clone.tip("main") or "")
    git(origin, "update-ref", "refs/heads/main", before[4])
    grow(origin, b"other.txt", b"1\n")
    fetch(clone, server)
    after = clone.oids(clone.tip("main") or "")
    assert len(after) == 7
    assert set(after) - set(before) == {after[0]}
    assert set(before) - set(after) == set(before[:4])


@pytest.mark.parametrize("new", ["trunk", "main/new", "feature/ünïcode"])
def test_a_branch_with_another_name(
    clone: Clone, server: GitServer, origin: Path, new: str
) -> None:
    some_history().save(origin)
    fetch(clone, server)
    tip = clone.tip("main") or ""
    git(origin, "update-ref", "-d", "refs/heads/main")
    git(origin, "update-ref", f"refs/heads/{new}", tip)
    with pytest.raises(RepositoryUnreadable) as refused:
        fetch(clone, server)
    assert refused.value.reason == Reason.BRANCH_GONE
    assert not refused.value.gone
    fetch(clone, server, new)
    assert clone.tip(new) == tip
    assert clone.tip("main") is None
    assert total(mined(clone, new)) == (10, 10, 0)


def test_an_empty_repository(clone: Clone, server: GitServer, origin: Path) -> None:
    assert clone.tip("main") is None
    create(origin)
    fetch(clone, server)
    assert clone.tip("main") is None
    some_history().add_to(origin)
    fetch(clone, server)
    assert total(mined(clone)) == (10, 10, 0)
    git(origin, "update-ref", "-d", "refs/heads/main")
    fetch(clone, server)
    assert clone.tip("main") is None


def test_other_branches_and_tags_stay_there(clone: Clone, server: GitServer, origin: Path) -> None:
    some_history().save(origin)
    other = History()
    other.commit({b"big": os.urandom(300_000)}, branch="side")
    other.add_to(origin)
    git(origin, "tag", "v1", "side")
    fetch(clone, server)
    assert git(clone.folder, "for-each-ref", "--format=%(refname)") == b"refs/heads/main\n"
    assert 0 < clone.size_kb() < 100


def test_many_packs_become_one(
    clone: Clone, server: GitServer, origin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching_module, "MAX_PACKS", 3)
    some_history().save(origin)
    packs = []
    for number in range(5):
        grow(origin, b"b.txt", b"%d\n" % number)
        fetch(clone, server)
        packs.append(len(list(clone.folder.glob("objects/pack/*.pack"))))
    assert packs == [1, 2, 3, 1, 2]
    assert len(mined(clone)) == 15


# --- The clone's folder


def inode(clone: Clone) -> int:
    return clone.folder.stat().st_ino


def test_a_clone_is_kept_and_a_damaged_one_replaced(
    clone: Clone, server: GitServer, origin: Path
) -> None:
    some_history().save(origin)
    fetch(clone, server)
    kept = inode(clone)
    fetch(clone, server)
    assert inode(clone) == kept
    (pack,) = clone.folder.glob("objects/pack/*.pack")
    pack.chmod(0o600)
    pack.write_bytes(pack.read_bytes()[:60] + bytes(200))
    with pytest.raises(RepositoryUnreadable) as refused:
        mined(clone)
    assert refused.value.reason == Reason.DAMAGED
    fetch(clone, server)
    assert total(mined(clone)) == (10, 10, 0)


def test_a_broken_reference_is_not_taken_for_an_empty_repository(
    clone: Clone, server: GitServer, origin: Path
) -> None:
    some_history().save(origin)
    for damage in ("refs/heads/main", "objects/pack"):
        fetch(clone, server)
        assert len(mined(clone)) == 10
        if damage.startswith("refs"):
            (clone.folder / damage).write_bytes(b"")
        else:
            (clone.folder / damage).rename(clone.cache / "away")
        with pytest.raises(RepositoryUnreadable) as refused:
            mined(clone)
        assert refused.value.reason == Reason.DAMAGED


@pytest.mark.parametrize("wrong", ["config", "HEAD", "objects"])
def test_a_clone_of_which_a_part_is_missing(
    clone: Clone, server: GitServer, origin: Path, wrong: str
) -> None:
    some_history().save(origin)
    fetch(clone, server)
    (clone.folder / wrong).rename(clone.cache / "away")
    grow(origin, b"b.txt", b"1\n")
    fetch(clone, server)
    assert total(mined(clone)) == (11, 11, 0)


def test_a_shallow_clone_is_refused(clone: Clone, server: GitServer, origin: Path) -> None:
    some_history().save(origin)
    fetch(clone, server)
    tip = clone.tip("main") or ""
    (clone.folder / "shallow").write_text(clone.oids(tip)[3] + "\n")
    with pytest.raises(RepositoryUnreadable) as refused:
        clone.oids(tip)
    assert refused.value.reason == Reason.DAMAGED
    fetch(clone, server)
    assert len(clone.oids(tip)) == 10


def test_a_history_that_is_cut_off_there(clone: Clone, server: GitServer, origin: Path) -> None:
    some_history().save(origin)
    oid = git(origin, "rev-parse", "main~3").decode().strip()
    (origin / "shallow").write_text(oid + "\n")
    with pytest.raises(RepositoryUnreadable) as refused:
        fetch(clone, server)
    assert refused.value.reason == Reason.SHALLOW
    assert clone.tip("main") is None


def test_what_a_killed_git_left_locked(clone: Clone, server: GitServer, origin: Path) -> None:
    some_history().save(origin)
    fetch(clone, server)
    for name in ("refs/heads/main.lock", "packed-refs.lock", "objects/pack/tmp_pack_x"):
        (clone.folder / name).touch()
    grow(origin, b"b.txt", b"1\n")
    fetch(clone, server)
    assert len(mined(clone)) == 11
    assert not list(clone.folder.rglob("tmp_*"))


def test_forgetting_removes_all(clone: Clone, server: GitServer, origin: Path) -> None:
    clone.remove()
    some_history().save(origin)
    fetch(clone, server)
    (clone.cache / "42.new-abc").mkdir()
    (clone.cache / "421.git").mkdir()
    clone.remove()
    assert [path.name for path in clone.cache.iterdir()] == ["421.git"]
    assert clone.tip("main") is None
    assert clone.size_kb() == 0


def test_nobody_changes_what_another_reads(clone: Clone, server: GitServer, origin: Path) -> None:
    some_history().save(origin)
    fetch(clone, server)
    another = Clone(clone.cache, clone.key, Limits())
    with closing(clone.read_commits(clone.oids(clone.tip("main") or ""))) as reading:
        next(reading)
        for change in (lambda: fetch(another, server), another.remove):
            with pytest.raises(TryLater, match="Another process"):
                change()
        assert total(mined(another)) == (10, 10, 0)
    fetch(another, server)


FETCHING = """
import sys
from pathlib import Path
from github_projects.services.clone import Clone
from github_projects.services.processes import Limits
cache, url, token = sys.argv[1], sys.argv[2], sys.stdin.read()
Clone(Path(cache), "42", Limits()).fetch(url, "ada", "tool", "main", token)
"""


@pytest.fixture
def slow(server: GitServer, origin: Path) -> GitServer:
    history = History()
    for number in range(40):
        history.commit({b"a.bin": os.urandom(50_000), b"b.txt": b"%d\n" % number})
    history.save(origin)
    server.pause = 0.2
    return server


def processes() -> dict[int, str]:
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            found[int(folder.name)] = (folder / "cmdline").read_bytes().decode(errors="replace")
    return found


def fetching(clone: Clone) -> list[int]:
    return [pid for pid, line in processes().items() if str(clone.cache) in line and "git" in line]


def is_taken(clone: Clone) -> bool:
    with (clone.cache / f"{clone.key}.lock").open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def started(clone: Clone, server: GitServer) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "lifetracker.settings"}
    command = [sys.executable, "-c", FETCHING, str(clone.cache), server.url]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, env=environment)
    assert child.stdin
    child.stdin.write(TOKEN.encode())
    child.stdin.close()
    until(lambda: bool(list(clone.cache.glob("42.new-*/objects/pack/tmp_pack_*"))))
    return child


def test_a_killed_first_fetch_leaves_no_half_repository(clone: Clone, slow: GitServer) -> None:
    with started(clone, slow) as child:
        child.kill()
    assert not clone.folder.exists()
    # Its git dies with it, and the parts of git a moment later: nobody may come into their way.
    until(lambda: not fetching(clone))
    slow.pause = 0
    until(lambda: not is_taken(clone))
    fetch(clone, slow)
    assert len(mined(clone)) == 40
    assert sorted(path.name for path in clone.cache.iterdir()) == ["42.git", "42.lock"]


def test_a_frozen_process_does_no_harm(clone: Clone, slow: GitServer) -> None:
    with started(clone, slow) as child:
        child.send_signal(signal.SIGSTOP)
        with pytest.raises(TryLater):
            fetch(clone, slow)
        slow.pause = 0
        child.send_signal(signal.SIGCONT)
        assert child.wait(20) == 0
    assert len(mined(clone)) == 40


# --- Limits


def test_too_large(tmp_path: Path, slow: GitServer) -> None:
    slow.pause = 0.02
    clone = Clone(tmp_path / "cache", "42", Limits(size_kb=500))
    with pytest.raises(RepositoryUnreadable) as refused:
        fetch(clone, slow)
    assert refused.value.reason == Reason.TOO_LARGE
    assert [path.name for path in clone.cache.iterdir()] == ["42.lock"]
    assert not fetching(clone)


def test_too_slow(tmp_path: Path, slow: GitServer) -> None:
    clone = Clone(tmp_path / "cache", "42", Limits(seconds=0.8))
    start = time.monotonic()
    with pytest.raises(RepositoryUnreadable) as refused:
        fetch(clone, slow)
    assert refused.value.reason == Reason.TOO_SLOW
    assert time.monotonic() - start < 5
    assert [path.name for path in clone.cache.iterdir()] == ["42.lock"]
    with pytest.raises(RepositoryUnreadable):
        clone.oids("a" * 40)


def test_no_room_on_the_disk(tmp_path: Path, server: GitServer, origin: Path) -> None:
    some_history().save(origin)
    clone = Clone(tmp_path / "cache", "42", Limits(free_kb=10**12))
    with pytest.raises(RepositoryUnreadable) as refused:
        fetch(clone, server)
    assert refused.value.reason == Reason.DISK_FULL


def test_cancelled_from_another_thread(clone: Clone, slow: GitServer) -> None:
    raised: list[BaseException] = []

    def work() -> None:
        try:
            fetch(clone, slow)
        except RepositoryUnreadable as error:
            raised.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    until(lambda: bool(fetching(clone)))
    clone.cancel()
    thread.join(5)
    assert [error.reason for error in raised] == [Reason.CANCELLED]  # type: ignore[attr-defined]
    assert not fetching(clone)
    with pytest.raises(RepositoryUnreadable):
        list(clone.read_commits(["a" * 40]))


def test_mining_ends_where_it_is_cancelled(clone: Clone, server: GitServer, origin: Path) -> None:
    large(origin, 3000)
    fetch(clone, server)
    found = clone.read_commits(clone.oids(clone.tip("main") or ""))
    next(found)
    clone.cancel()
    with pytest.raises(RepositoryUnreadable) as refused:
        list(found)
    assert refused.value.reason == Reason.CANCELLED


def test_a_reader_who_goes_away_ends_git(clone: Clone, server: GitServer, origin: Path) -> None:
    large(origin, 1000)
    fetch(clone, server)
    found = clone.read_commits(clone.oids(clone.tip("main") or ""))
    next(found)
    found.close()  # type: ignore[attr-defined]
    assert not fetching(clone)


# --- What goes wrong there


@pytest.mark.parametrize(
    ("status", "message", "reason"),
    [
        (404, b"", Reason.GONE),
        (410, b"", Reason.GONE),
        (403, b"", Reason.REFUSED),
        (403, b"Repository unavailable due to DMCA takedown.", Reason.TAKEN_DOWN),
        (451, b"", Reason.TAKEN_DOWN),
    ],
)
def test_refusals(
    clone: Clone, server: GitServer, status: int, message: bytes, reason: Reason
) -> None:
    server.status, server.message = status, message
    with pytest.raises(RepositoryUnreadable) as refused:
        fetch(clone, server)
    assert (refused.value.reason, refused.value.gone) == (reason, True)


def test_a_refused_token(clone: Clone, server: GitServer) -> None:
    server.status, server.headers = 401, {"WWW-Authenticate": 'Basic realm="GitHub"'}
    with pytest.raises(NeedsReauthorization):
        fetch(clone, server)
    with pytest.raises(RepositoryUnreadable) as refused:
        clone.fetch(server.url, "ada", "tool", "main", "")
    assert refused.value.gone


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_passing_troubles(clone: Clone, server: GitServer, status: int) -> None:
    server.status = status
    with pytest.raises(TryLater):
        fetch(clone, server)


def test_no_redirect_is_followed(clone: Clone, server: GitServer, tmp_path: Path) -> None:
    with GitServer(tmp_path) as another:
        server.status, server.headers = 301, {"Location": f"{another.url}/ada/new.git/info/refs"}
        with pytest.raises(RepositoryUnreadable) as refused:
            fetch(clone, server)
        assert refused.value.reason == Reason.MOVED
        assert another.requests == []


def test_nobody_answers(clone: Clone, server: GitServer, origin: Path) -> None:
    with GitServer(origin) as gone:
        url = gone.url
    with pytest.raises(TryLater):
        clone.fetch(url, "ada", "tool", "main", TOKEN)
    some_history().save(origin)
    fetch(clone, server)
    kept = inode(clone)
    with pytest.raises(TryLater):
        clone.fetch(url, "ada", "tool", "main", TOKEN)
    assert inode(clone) == kept


def test_a_malformed_object(clone: Clone, server: GitServer, origin: Path) -> None:
    raw_commit(
        create(origin), b"Ada <ada@example.org> <more> 1577840400 +0000", files={"a": b"1\n"}
    )
    with pytest.raises(RepositoryUnreadable, match=r"malformed objects.*\(bad\w+\)") as refused:
        fetch(clone, server)
    assert refused.value.reason == Reason.MALFORMED
    assert clone.tip("main") is None
    fetch(clone, server, strict=False)
    assert total(mined(clone)) == (1, 1, 0)


@pytest.mark.parametrize(
    ("complaint", "expected"),
    [
        ("fatal: write error: No space left on device", Reason.DISK_FULL),
        ("error: index-pack died\nfatal: Out of memory, malloc failed", Reason.TOO_HEAVY),
        ("git: 'remote-https' is not a git command. See 'git --help'.", NotConfigured),
        ("fatal: unable to access 'x': SSL certificate problem: self-signed", NotConfigured),
        ("fatal: unable to access 'x': Could not resolve host: github.com", TryLater),
        ("error: RPC failed; curl 18\nfatal: early EOF", TryLater),
        ("fatal: Unable to create '/x/packed-refs.lock': File exists.", CloneBusy),
        ("remote: Repository not found.\nfatal: repository 'https://x/' not found", Reason.GONE),
        ("remote: Access to this repository has been disabled by GitHub", Reason.TAKEN_DOWN),
        ("fatal: bad object HEAD", Reason.DAMAGED),
        ("fatal: what no git has said", Reason.UNKNOWN),
        ("", Reason.UNKNOWN),
    ],
)
def test_what_git_says(complaint: str, expected: Any) -> None:
    error = explain(complaint)
    found = error.reason if isinstance(error, RepositoryUnreadable) else type(error)
    assert found == expected


def test_errors_hold_no_secret_and_no_place() -> None:
    said = f"fatal: strange {TOKEN} {PAIR} ghp_abc Authorization: Basic {PAIR} /home/x/cache\n"
    told = str(explain(f"remote: hello\n{said}remote: bye\n", (TOKEN, PAIR)))
    assert "fatal: strange … … …" in told
    assert not any(part in told for part in (TOKEN, PAIR, "ghp_", "home", "remote"))


# --- What is asked of git


@pytest.mark.parametrize(
    "url", ["http://github.com", "file:///tmp", "ext::sh", "https://u:p@h", ""]
)
def test_only_https_or_this_machine(clone: Clone, url: str) -> None:
    with pytest.raises(NotConfigured, match="GITHUB_CLONE_URL"):
        clone.fetch(url, "ada", "tool", "main", TOKEN)


def test_a_token_that_would_be_more_than_a_token(clone: Clone, server: GitServer) -> None:
    with pytest.raises(NotConfigured):
        clone.fetch(server.url, "ada", "tool", "main", "a\nX-Header: b")


@pytest.mark.parametrize("name", ["..", ".", "", "a/b", "a b", "a;b", "ä", "a\n"])
def test_odd_names(clone: Clone, server: GitServer, name: str) -> None:
    assert not is_name(name)
    with pytest.raises(RepositoryUnreadable):
        clone.fetch(server.url, "ada", name, "main", TOKEN)
    assert server.requests == []


@pytest.mark.parametrize(
    ("branch", "good"),
    [
        *[("main", True), ("a/b-c.d", True), ("ü@x", True), ("a.lock", False), ("a..b", False)],
        *[
            (odd, False)
            for odd in ("", "-x", "/a", "a/", "a//b", ".a", "a/.b", "a b", "a~1", "a:b")
        ],
        *[(odd, False) for odd in ("a*", "a?", "a[", "a\\b", "a@{0}", "a.", "a^", "a\n", "+a:b")],
    ],
)
def test_branches_as_git_allows_them(branch: str, good: bool) -> None:
    command = ["git", "check-ref-format", "--branch", branch]
    by_git = subprocess.run(command, capture_output=True, check=False).returncode == 0
    assert is_branch(branch) == good
    assert by_git or not good


def test_odd_keys_and_ids(clone: Clone, server: GitServer, origin: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="key"):
        Clone(tmp_path, "../42", Limits())
    some_history().save(origin)
    fetch(clone, server)
    for odd in ("--all", "main", "a" * 41, ""):
        with pytest.raises(ValueError, match="object id"):
            clone.oids(odd)
        with pytest.raises(ValueError, match="object id"):
            list(clone.read_commits([odd]))


def test_the_token_leaves_no_trace(clone: Clone, slow: GitServer) -> None:
    secrets = (TOKEN, PAIR)
    thread = threading.Thread(target=fetch, args=(clone, slow))
    thread.start()
    lines: set[str] = set()
    while thread.is_alive():
        lines |= set(processes().values())
        for folder, _, names in os.walk(clone.cache):
            for name in names:
                with suppress(OSError):
                    content = Path(folder, name).read_bytes()
                    assert not any(secret.encode() in content for secret in secrets)
        time.sleep(0.1)
        slow.pause = 0.01
    assert any("remote-http" in line for line in lines)
    assert not any(secret in line for line in lines for secret in secrets)
    assert set(slow.tokens) == {f"Basic {PAIR}"}


def test_without_git(clone: Clone, server: GitServer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert git_version() >= (2, 31)
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(NotConfigured, match=r"git (is not found|cannot be run).*Aptfile"):
        fetch(clone, server)


def test_a_cache_that_cannot_be(tmp_path: Path, server: GitServer) -> None:
    (tmp_path / "file").touch()
    clone = Clone(tmp_path / "file" / "cache", "42", Limits())
    with pytest.raises(NotConfigured, match="GITHUB_CACHE_DIR"):
        fetch(clone, server)


def test_with_an_old_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "git"
    old.write_text("#!/bin/sh\necho git version 2.30.9\n")
    old.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotConfigured, match=r"git 2\.30\.9 is too old"):
        git_version()
