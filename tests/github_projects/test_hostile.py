"""Repositories, clones and environments that mean harm: right numbers or a clear refusal, nothing
executed, and nothing read from outside."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from github_projects.services import lines_of_code
from github_projects.services.clone import Clone
from github_projects.services.git_errors import Reason, RepositoryUnreadable
from github_projects.services.numstat import GitCommit
from github_projects.services.processes import Limits
from tests.github_projects.repositories import (
    GitServer,
    History,
    commit_of,
    create,
    git,
    packed_with_zeros,
    raw_commit,
)

HASH = b"1b554898a33c0209a608dfcac4de0d82a0d25215"
GITLINK = ("160000", HASH)


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    return tmp_path / "executed"


@pytest.fixture
def trap(tmp_path: Path, marker: Path) -> str:
    """A command that leaves a mark."""
    script = tmp_path / "trap"
    script.write_text(f"#!/bin/sh\necho $0 $@ >> {marker}\n")
    script.chmod(0o700)
    return str(script)


def mined(clone: Clone, server: GitServer, *, strict: bool = True) -> list[GitCommit]:
    """Oldest first."""
    clone.fetch(server.url, "ada", "tool", "main", "token", strict=strict)
    return list(reversed(read(clone)))


def read(clone: Clone) -> list[GitCommit]:
    return list(clone.read_commits(clone.oids(clone.tip("main") or "")))


def churn(found: list[GitCommit]) -> list[tuple[int, int]]:
    return [(one.added, one.deleted) for one in found]


# --- What lies in the tree


def test_attributes_change_nothing(clone: Clone, server: GitServer, origin: Path) -> None:
    everything = b"* -diff -text filter=evil diff=evil export-ignore working-tree-encoding=UTF-16\n"
    history = History()
    history.commit({b".gitattributes": everything, b"a.py": b"1\n2\n", b"b/c.py": b"1\r\n"})
    history.commit({b".gitattributes": everything * 2, b"a.py": b"1\n3\n"})
    history.save(origin)
    found = mined(clone, server)
    assert churn(found) == [(4, 0), (2, 1)]
    assert clone.count_lines(found[-1].oid, "scc").by_language["Python"] == 3


ODD_NAMES = [
    *(
        b"a\nb",
        b"a\tb",
        b"\t",
        b"\n",
        b"5\t5\tx",
        b"\n7\t7\tx",
        b'"quoted"',
        b"'q'",
        b"-rf",
        b"--all",
    ),
    *(b":(glob)*", b":!x", b"\xff\xfe", b"\xc3\xa4", b"* ?", b"$(id)", b"a|b", b"a\x01b", HASH),
    *(HASH + b"\n", b" ", b"x" * 250, b"a\\b", b"a => b", b"{a => b}", b"..a", b"CON", b"a\r"),
]


def test_odd_file_names(clone: Clone, server: GitServer, origin: Path) -> None:
    history = History()
    lines = {name: b"%d\n" % place for place, name in enumerate(ODD_NAMES)}
    history.commit(lines)
    moved = {b"moved/" + name: content for name, content in lines.items()}
    history.commit({**moved, **dict.fromkeys(lines)})
    history.commit({b"moved/" + name: None for name in lines})
    history.save(origin)
    count = len(ODD_NAMES)
    found = mined(clone, server)
    assert churn(found) == [(count, 0), (0, 0), (0, count)]
    for counter in ("scc", "git"):
        assert clone.count_lines(found[0].oid, counter).skipped == 0
    assert clone.count_lines(found[1].oid, "git").code == count


def test_links_are_not_followed(clone: Clone, server: GitServer, origin: Path) -> None:
    links = [b"/etc/passwd", b"/dev/zero", b"/proc/self/environ", b"../../../../etc", b"a.py"]
    history = History()
    files = {b"link%d.py" % place: ("120000", to) for place, to in enumerate(links)}
    history.commit({**files, b"a.py": b"x = 1\n"})
    history.save(origin)
    (found,) = mined(clone, server)
    assert churn([found]) == [(len(links) + 1, 0)]
    assert clone.count_lines(found.oid, "scc").by_language == {"Python": 1}
    assert clone.count_lines(found.oid, "git").code == 1


def test_a_submodule_is_not_visited(
    clone: Clone, server: GitServer, origin: Path, trap: str, marker: Path
) -> None:
    modules = f'[submodule "s"]\n\tpath = s\n\turl = "ext::sh -c {trap}"\n\tupdate = !{trap}\n'
    history = History()
    history.commit({b".gitmodules": modules.encode(), b"s": GITLINK, b"a.py": b"x = 1\n"})
    history.save(origin)
    with pytest.raises(RepositoryUnreadable, match="gitmodulesUpdate") as refused:
        mined(clone, server)
    assert refused.value.reason == Reason.MALFORMED
    (found,) = mined(clone, server, strict=False)
    assert churn([found]) == [(6, 0)]
    assert clone.count_lines(found.oid, "scc").code == 1
    assert not marker.exists()


def test_binary_and_foreign_encodings(clone: Clone, server: GitServer, origin: Path) -> None:
    history = History()
    history.commit(
        {
            b"nul.py": b"a\n\0b\n",
            b"wide.py": "x = 1\ny = 2\n".encode("utf-16"),
            b"latin.py": "# é\nx = 1\n".encode("latin-1"),
            b"cr.py": b"a = 1\rb = 2\r",
            b"none.py": b"",
            b"open.py": b"x = 1",
        }
    )
    history.save(origin)
    (found,) = mined(clone, server)
    assert churn([found]) == [(4, 0)]


def test_a_huge_file_counts_as_binary(clone: Clone, server: GitServer, origin: Path) -> None:
    history = History()
    history.commit({b"huge.py": b"x = 1\n" * 4_000_000, b"a.py": b"x = 1\n"})
    history.commit({b"huge.py": b"x = 2\n" * 4_000_000})
    history.save(origin)
    found = mined(clone, server)
    assert churn(found) == [(1, 0), (0, 0)]
    lines = clone.count_lines(found[-1].oid, "scc")
    assert (lines.code, lines.skipped) == (1, 1)


def test_a_small_repository_that_unfolds_to_billions_of_files(
    tmp_path: Path, server: GitServer, origin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw_commit(create(origin), b"Ada <ada@example.org> 1577840400 +0000", files={"f": b"1\n"})
    tree = git(origin, "rev-parse", "main^{tree}").decode().strip()
    for _ in range(10):
        level = "".join(f"040000 tree {tree}\td{place}\n" for place in range(10))
        tree = git(origin, "mktree", given=level.encode()).decode().strip()
    tip = git(origin, "-c", "user.name=a", "-c", "user.email=b", "commit-tree", tree, "-m", "x")
    git(origin, "update-ref", "refs/heads/main", tip.decode().strip())
    clone = Clone(tmp_path / "cache", "42", Limits(memory_kb=150_000))
    with pytest.raises(RepositoryUnreadable) as refused:
        mined(clone, server)
    assert refused.value.reason == Reason.TOO_HEAVY
    monkeypatch.setattr(lines_of_code, "MAX_PATHS", 10_000)
    with pytest.raises(RepositoryUnreadable) as refused:
        clone.count_lines(tip.decode().strip(), "scc")
    assert refused.value.reason == Reason.TOO_LARGE


# --- Authors and dates


NAMES = {
    b"Zo\xc3\xab": "Zoë",
    b"Zo\xeb": "Zoë",
    b"": "",
    b"a\x01b\x1b[0m\x7fc": "ab[0mc",
    b"a|b;c,d": "a|b;c,d",
    b"5\t5\tx": "55x",
    HASH: HASH.decode(),
    b"n" * 5000: "n" * 255,
    "\N{GRINNING FACE} 名".encode(): "\N{GRINNING FACE} 名",
}


def test_odd_names_of_authors(clone: Clone, server: GitServer, origin: Path) -> None:
    history = History()
    for place, name in enumerate(NAMES):
        history.commit({b"a": b"1\n" * place}, who=name + b" <" + name + b"@x>")
    history.save(origin)
    found = mined(clone, server, strict=False)
    assert [one.name for one in found] == list(NAMES.values())
    assert found[0].email == "Zoë@x"
    assert found[6].email == f"{HASH.decode()}@x"
    assert churn(found) == [(0, 0)] + [(1, 0)] * (len(NAMES) - 1)


def test_a_name_with_a_declared_encoding_is_read_as_bytes(
    clone: Clone, server: GitServer, origin: Path
) -> None:
    raw_commit(create(origin), b"Zo\xeb <z@x> 1577840400 +0000", files={"a": b"1\n"})
    assert [one.name for one in mined(clone, server)] == ["Zoë"]


@pytest.mark.parametrize(
    ("claimed", "expected"),
    [
        (b"0 +0000", (0, 0)),
        (b"4102444800 +1400", (4102444800, 840)),
        (b"1577840400 -1130", (1577840400, -690)),
        (b"999999999999 +0000", (999999999999, 0)),
        (b"9223372036854775807 +0000", (0, 0)),
        (b"99999999999999999999999999 +0000", (0, 0)),
        (b"1577840400 +518000", (1577840400, 0)),
        (b"1577840400 -9999", (1577840400, 0)),
        (b"1577840400", (0, 0)),
        (b"soon", (0, 0)),
        (b"", (0, 0)),
    ],
)
def test_odd_dates(
    clone: Clone, server: GitServer, origin: Path, claimed: bytes, expected: tuple[int, int]
) -> None:
    raw_commit(create(origin), b"Ada <ada@example.org> " + claimed, files={"a": b"1\n"})
    (found,) = mined(clone, server, strict=False)
    assert (found.authored, found.offset_min) == expected
    assert (found.name, found.email, found.committed) == ("Ada", "ada@example.org", 1577840400)
    assert churn([found]) == [(1, 0)]


@pytest.mark.parametrize("author", [b"", b"nobody", b"> <", b"A <a@x", b"A <a@x> <b@x> 1 +0000"])
def test_no_author_at_all(clone: Clone, server: GitServer, origin: Path, author: bytes) -> None:
    raw_commit(create(origin), author, files={"a": b"1\n"})
    with pytest.raises(RepositoryUnreadable) as refused:
        mined(clone, server)
    assert refused.value.reason == Reason.MALFORMED
    assert churn(mined(clone, server, strict=False)) == [(1, 0)]


@pytest.mark.parametrize(
    "author", [b"A\0B <a@x> 1 +0000", b"A <a\0@x> 1 +0000", b"A <a@x> 1\0 +0000", b"\0" * 9]
)
def test_a_nul_where_none_can_be(
    clone: Clone, server: GitServer, origin: Path, author: bytes
) -> None:
    raw_commit(create(origin), author, files={"a": b"1\n"})
    with pytest.raises(RepositoryUnreadable) as refused:
        mined(clone, server)
    assert refused.value.reason == Reason.MALFORMED
    assert churn(mined(clone, server, strict=False)) == [(1, 0)]


# --- What git's check complains of


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        # name, address, moment, minutes from UTC
        (b"Ada <ada@x> 1577840400 +051800", ("Ada", "ada@x", 1577840400, 0)),
        (b"Ada <ada@x> 1577840400 +0000 more", ("Ada", "ada@x", 1577840400, 0)),
        (b"Ada <ada@x> 1577840400 CET", ("Ada", "ada@x", 0, 0)),
        (b"Ada <ada@x>1577840400 +0200", ("Ada", "ada@x", 1577840400, 120)),
        (b"Ada <ada@x>", ("Ada", "ada@x", 0, 0)),
        (b"Ada <ada@x> 01577840400 +0200", ("Ada", "ada@x", 1577840400, 120)),
        (b"Ada <ada@x> 99999999999999999999999999 +0000", ("Ada", "ada@x", 0, 0)),
        (b"Ada<ada@x> 1577840400 +0200", ("Ada", "ada@x", 1577840400, 120)),
        (b"<ada@x> 1577840400 +0200", ("", "ada@x", 1577840400, 120)),
        (b"<", ("", "", 0, 0)),
    ],
)
def test_an_odd_line_of_an_author_keeps_no_repository_out(
    clone: Clone,
    server: GitServer,
    origin: Path,
    author: bytes,
    expected: tuple[str, str, int, int],
) -> None:
    raw_commit(create(origin), author, files={"a": b"1\n"})
    (found,) = mined(clone, server)
    assert (found.name, found.email, found.authored, found.offset_min) == expected
    assert churn([found]) == [(1, 0)]


def test_a_mode_with_a_zero_before_it_is_the_same_mode(
    clone: Clone, server: GitServer, origin: Path
) -> None:
    packed_with_zeros(create(origin))
    (found,) = mined(clone, server)
    assert churn([found]) == [(1, 0)]
    assert clone.count_lines(found.oid, "scc").code == 1
    assert clone.count_lines(found.oid, "git").code == 1


def test_a_nul_in_a_message_is_not_read(clone: Clone, server: GitServer, origin: Path) -> None:
    create(origin)
    commit_of(origin, tree_of(origin, (b"100644", b"a.py")), b"one\0" + HASH + b"\0two")
    (found,) = mined(clone, server)
    assert (found.name, churn([found])) == ("Ada", [(1, 0)])


def tree_of(folder: Path, *entries: tuple[bytes, bytes]) -> str:
    """A tree with these modes and names, whatever git says to them."""
    blob = git(folder, "hash-object", "-w", "--stdin", given=b"x = 1\n").decode().strip()
    content = b"".join(mode + b" " + name + b"\0" + bytes.fromhex(blob) for mode, name in entries)
    arguments = ("hash-object", "-t", "tree", "-w", "--literally", "--stdin")
    return git(folder, *arguments, given=content).decode().strip()


FILE = b"100644"


@pytest.mark.parametrize(
    ("entries", "check"),
    [
        ([(FILE, b".git")], "hasDotgit"),
        ([(FILE, b"..")], "hasDotdot"),
        ([(FILE, b".")], "hasDot"),
        ([(FILE, b"a/b")], "fullPathname"),
        ([(FILE, b"a"), (FILE, b"a")], "duplicateEntries"),
        ([(FILE, b"b"), (FILE, b"a")], "treeNotSorted"),
    ],
)
def test_a_dangerous_tree_is_refused(
    clone: Clone,
    server: GitServer,
    origin: Path,
    entries: list[tuple[bytes, bytes]],
    check: str,
) -> None:
    create(origin)
    commit_of(origin, tree_of(origin, *entries))
    with pytest.raises(RepositoryUnreadable, match=check) as refused:
        mined(clone, server)
    assert refused.value.reason == Reason.MALFORMED


# --- Shapes of histories


def test_merges_and_roots(clone: Clone, server: GitServer, origin: Path) -> None:
    history = History()
    base = history.commit({b"a": b"1\n", b"b": b"1\n"})
    left = history.commit({b"a": b"1\n2\n"}, parents=[base], branch="left")
    right = history.commit({b"b": b"1\n2\n"}, parents=[base], branch="right")
    history.new_root("other")
    root = history.commit({b"c": b"1\n"}, branch="other")
    octopus = {b"b": b"1\n2\n", b"c": b"1\n"}
    history.commit(octopus, parents=[left, right, root])
    evil = {b"a": b"evil\n" * 50, b"c": b"1\n"}
    history.commit(evil, parents=[base + 4, root])
    history.commit({})
    history.save(origin)
    found = mined(clone, server)
    shapes = sorted((one.parents, one.added, one.deleted) for one in found)
    assert shapes == [(0, 1, 0), (0, 2, 0), (1, 0, 0), (1, 1, 0), (1, 1, 0), (2, 0, 0), (3, 0, 0)]


def test_replaced_and_renamed_history_is_not_obeyed(
    clone: Clone, server: GitServer, origin: Path
) -> None:
    history = History()
    history.commit({b"a": b"1\n", b".mailmap": b"Eve <eve@x> <ada@example.org>\n"})
    history.commit({b"a": b"1\n2\n"})
    history.commit({b"a": b"1\n2\n3\n"})
    history.save(origin)
    git(origin, "replace", "main", "main~2")
    plain = mined(clone, server)
    assert churn(plain) == [(2, 0), (1, 0), (1, 0)]
    assert {one.email for one in plain} == {"ada@example.org"}
    replacing = clone.folder / "refs/replace"
    replacing.mkdir()
    (replacing / plain[2].oid).write_text(plain[0].oid + "\n")
    assert list(reversed(read(clone))) == plain
    assert mined(clone, server) == plain
    assert not list(replacing.glob("*"))


# --- What is planted beside us


PLANTED = """[core]
\trepositoryformatversion = 0
\tbare = true
\tfsmonitor = {trap}
\talternateRefsCommand = {trap}
\tsshCommand = {trap}
\tpager = {trap}
\taskPass = {trap}
\tgitProxy = {trap}
\thooksPath = {folder}/hooks
[diff]
\texternal = {trap}
[diff "evil"]
\ttextconv = {trap}
\tcommand = {trap}
[credential]
\thelper = !{trap}
[log]
\tshowSignature = true
[gpg]
\tprogram = {trap}
[url "ext::{trap} "]
\tinsteadOf = http://
[protocol]
\tallow = always
"""


def plant(folder: Path, trap: str) -> None:
    (folder / "config").write_text(PLANTED.format(trap=trap, folder=folder))
    (folder / "hooks").mkdir(exist_ok=True)
    for hook in ("reference-transaction", "post-checkout", "pre-auto-gc", "post-rewrite"):
        shutil.copy(trap, folder / "hooks" / hook)
    (folder / "info").mkdir(exist_ok=True)
    (folder / "info/attributes").write_text("* diff=evil filter=evil\n")


@pytest.fixture
def simple(origin: Path) -> Path:
    history = History()
    history.commit({b"a.py": b"x = 1\n"})
    history.commit({b"a.py": b"x = 1\ny = 2\n"})
    return history.save(origin)


def test_the_traps_work(simple: Path, trap: str, marker: Path) -> None:
    """Else the tests after this one would show nothing."""
    plant(simple, trap)
    git(simple, "log", "-p", "--ext-diff", "main")
    assert marker.exists()


def test_a_planted_clone_is_replaced(
    clone: Clone, server: GitServer, simple: Path, trap: str, marker: Path
) -> None:
    plain = mined(clone, server)
    plant(clone.folder, trap)
    with pytest.raises(RepositoryUnreadable):
        clone.tip("main")
    with pytest.raises(RepositoryUnreadable):
        list(clone.read_commits([plain[0].oid]))
    with pytest.raises(RepositoryUnreadable):
        clone.count_lines(plain[0].oid, "git")
    assert mined(clone, server) == plain
    assert not (clone.folder / "hooks").exists()
    assert not marker.exists()


@pytest.mark.parametrize("name", ["info/grafts", "objects/info/alternates", "hooks/x", "commondir"])
def test_single_planted_files(clone: Clone, server: GitServer, simple: Path, name: str) -> None:
    plain = mined(clone, server)
    (clone.folder / name).parent.mkdir(exist_ok=True)
    (clone.folder / name).write_text(plain[1].oid + "\n")
    with pytest.raises(RepositoryUnreadable) as refused:
        read(clone)
    assert refused.value.reason == Reason.DAMAGED
    assert mined(clone, server) == plain
    assert not (clone.folder / name).exists()


@pytest.fixture
def environment(trap: str, marker: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(PLANTED.format(trap=trap, folder=home))
    (home / ".sccconfig").write_text("--exclude-ext=py\n")
    wanted = {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "SCC_CONFIG_PATH": str(home / ".sccconfig"),
        "GIT_CONFIG_GLOBAL": str(home / ".gitconfig"),
        "GIT_CONFIG_PARAMETERS": f"'diff.external'='{trap}'",
        "GIT_DIR": str(home),
        "GIT_OBJECT_DIRECTORY": str(home),
        "GIT_EXTERNAL_DIFF": trap,
        "GIT_PAGER": trap,
        "GIT_ASKPASS": trap,
        "GIT_SSH_COMMAND": trap,
        "GIT_PROXY_COMMAND": trap,
        "GIT_ALLOW_PROTOCOL": "ext",
        "GIT_TRACE": str(marker),
        "GIT_TRACE_CURL": str(marker),
        "GIT_TEMPLATE_DIR": str(home),
    }
    for name, value in wanted.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("environment")
def test_our_own_environment_is_not_obeyed(
    clone: Clone, server: GitServer, simple: Path, marker: Path
) -> None:
    found = mined(clone, server)
    assert churn(found) == [(1, 0), (1, 0)]
    assert clone.count_lines(found[-1].oid, "scc").code == 2
    assert not marker.exists()
