"""Lines of code of a tree, counted by scc, by cloc, or plainly."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from github_projects.services import lines_of_code
from github_projects.services.clone import Clone
from github_projects.services.generated_paths import is_generated
from github_projects.services.git_errors import Reason, RepositoryUnreadable
from github_projects.services.lines_of_code import LinesOfCode, safe_name, split_objects
from github_projects.services.processes import Limits
from tests.github_projects.repositories import GitServer, History, imported

PAYLOADS = Path(__file__).parents[1] / "payloads" / "github"
PYTHON = b"# a comment\n\nx = 1\n"


def counted(clone: Clone, server: GitServer, counter: str = "scc") -> LinesOfCode:
    clone.fetch(server.url, "ada", "tool", "main", "token")
    return clone.count_lines(clone.tip("main") or "", counter)


def tree(origin: Path, files: dict[bytes, bytes]) -> None:
    history = History()
    history.commit(files)
    history.save(origin)


def test_the_small_history(clone: Clone, server: GitServer, origin: Path) -> None:
    expected = json.loads((PAYLOADS / "history_small.expected.json").read_text())
    wanted = expected["loc_code_unique_blobs"]
    imported(origin, (PAYLOADS / "history_small.fi").read_bytes())
    found = counted(clone, server)
    assert found.method == "scc 4.1.0"
    assert found.by_language["Python"] == wanted["Python"]
    assert found.by_language["JavaScript"] == wanted["JavaScript"]
    assert found.by_language["Markdown"] == wanted["Markdown (non-blank)"]
    assert (found.code, found.generated, found.skipped) == (5, 0, 0)


def test_prose_and_data_are_no_code(clone: Clone, server: GitServer, origin: Path) -> None:
    data = {b"b.json": b"{}\n", b"c.yaml": b"a: 1\n", b"d.csv": b"a,b\n", b"e.svg": b"<svg/>\n"}
    data |= {b"g.toml": b"a = 1\n", b"h.xml": b"<a/>\n"}
    prose = {b"a.md": b"# t\n", b"f.txt": b"t\n"}
    code = {b"i.html": b"<p>\n", b"j.css": b"a {}\n", b"k.py": PYTHON, b"l.sh": b"ls\n"}
    tree(origin, data | prose | code)
    found = counted(clone, server)
    assert set(found.by_language.values()) == {1}
    assert len(found.by_language) == 12
    assert found.code == 4


def test_each_file_once_and_generated_ones_apart(
    clone: Clone, server: GitServer, origin: Path
) -> None:
    files = {b"a.py": PYTHON, b"copy/a.py": PYTHON, b"vendor/a.py": PYTHON}
    files |= {
        b"vendor/b.py": b"y = 1\n",
        b"x.min.js": b"let a;\n",
        b"node_modules/c.js": b"let c;\n",
    }
    files |= {b"package-lock.json": b"{\n}\n", b"vendor/README.md": b"# other\n"}
    tree(origin, files)
    found = counted(clone, server)
    assert (found.code, found.generated) == (4, 3)
    assert found.by_language["Python"] == 2
    assert found.by_language["JavaScript"] == 2
    plainly = counted(clone, server, "git")
    assert (plainly.method, plainly.by_language) == ("git", {"Text": 8})
    assert (plainly.code, plainly.generated) == (8, 6)


def test_what_hides_files_is_not_obeyed(clone: Clone, server: GitServer, origin: Path) -> None:
    hiding = [b".gitignore", b".ignore", b".sccignore", b"sub/.gitignore"]
    files = {name: b"*\n%d\n" % place for place, name in enumerate(hiding)}
    files |= {b".sccconfig": b"--exclude-ext=py\n--format=csv\n", b".gitmodules": b"[x]\n"}
    files |= {b"a.py": PYTHON, b"sub/b.py": b"y = 1\n", b".hidden/c.py": b"z = 1\n"}
    files |= {b".git-x/d.py": b"w = 1\n", b".hg/e.py": b"v = 1\n", b".f.py": b"u = 1\n"}
    tree(origin, files)
    found = counted(clone, server)
    assert found.method == "scc 4.1.0"
    assert found.by_language["Python"] == 6


def test_the_language_is_known_by_the_name(clone: Clone, server: GitServer, origin: Path) -> None:
    files = {b"Makefile": b"a:\n\tls\n", b"x/Dockerfile": b"FROM a\n", b"b\xff\n.py": PYTHON}
    files |= {"ä/ünï.rb".encode(): b"x\n", b"run": b"#!/usr/bin/env python3\nx = 2\n"}
    tree(origin, files)
    found = counted(clone, server)
    assert found.by_language == {"Makefile": 2, "Dockerfile": 1, "Python": 2, "Ruby": 1}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (b"a/b.py", "b.py"),
        (b".gitignore", "gitignore"),
        (b"..", "_"),
        (b"a/-rf", "rf"),
        (b"-.-.sccconfig", "sccconfig"),
        (b"a\n\xff;$(x).py", "a_____x_.py"),
        (b"x" * 300 + b".py", "x" * 97 + ".py"),
        (b"", "_"),
    ],
)
def test_names_on_our_disk(path: bytes, name: str) -> None:
    assert safe_name(path) == name


def test_nothing_is_left_on_the_disk(clone: Clone, server: GitServer, origin: Path) -> None:
    tree(origin, {b"a.py": PYTHON})
    counted(clone, server)
    assert sorted(path.name for path in clone.cache.iterdir()) == ["42.git", "42.lock"]


def test_too_much_is_left_out(
    clone: Clone, server: GitServer, origin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines_of_code, "MAX_FILE_BYTES", 1000)
    monkeypatch.setattr(lines_of_code, "MAX_TREE_BYTES", 2500)
    files = {b"a%d.py" % number: b"x = %d\n" % number * 150 for number in range(4)}
    tree(origin, {**files, b"large.py": b"y = 1\n" * 200})
    found = counted(clone, server)
    assert (found.code, found.skipped) == (300, 3)
    assert counted(clone, server, "git").skipped == 3


def test_an_empty_tree(clone: Clone, server: GitServer, origin: Path) -> None:
    tree(origin, {})
    assert counted(clone, server) == LinesOfCode("scc 4.1.0", {}, 0, 0, 0)
    assert counted(clone, server, "git") == LinesOfCode("git", {}, 0, 0, 0)


# --- Where a counter cannot run


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of programs beside which Python is said to lie."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    return folder


def program(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text)
    (folder / name).chmod(0o700)


def test_no_counter(clone: Clone, server: GitServer, origin: Path, programs: Path) -> None:
    tree(origin, {b"a.py": PYTHON, b"b.bin": b"\0\n"})
    assert counted(clone, server) == LinesOfCode("git", {"Text": 2}, 2, 0, 0)


@pytest.mark.parametrize(
    "text",
    [
        "\x7fELF of another machine",
        "#!/nonexistent\n",
        "#!/bin/sh\nexit 1\n",
        "#!/bin/sh\necho scc version 4.1.0\n",
        "#!/bin/sh\necho nothing\n",
        "#!/bin/sh\n[ $1 = --version ] && echo 4.1.0 || echo '[{\"Name\": 1}]'\n",
    ],
)
def test_a_counter_that_cannot_run(
    clone: Clone, server: GitServer, origin: Path, programs: Path, text: str
) -> None:
    program(programs, "scc", text)
    tree(origin, {b"a.py": PYTHON})
    assert counted(clone, server).method == "git"
    assert sorted(path.name for path in clone.cache.iterdir()) == ["42.git", "42.lock"]


def test_a_counter_that_hangs(
    tmp_path: Path, server: GitServer, origin: Path, programs: Path
) -> None:
    program(programs, "scc", "#!/bin/sh\n[ $1 = --version ] && echo 4.1.0 || sleep 60\n")
    tree(origin, {b"a.py": PYTHON})
    clone = Clone(tmp_path / "cache", "42", Limits(seconds=1.5))
    with pytest.raises(RepositoryUnreadable) as refused:
        counted(clone, server)
    assert refused.value.reason == Reason.TOO_SLOW
    assert sorted(path.name for path in clone.cache.iterdir()) == ["42.git", "42.lock"]


CLOC = """#!/bin/sh
[ $1 = --version ] && echo 1.96 && exit
for last; do :; done
[ -z "$(ls $last)" ] && exit
echo '{"header": {"n_files": 2}, "Python": {"nFiles": 1, "blank": 1, "comment": 1, "code": 7},'
echo '"Markdown": {"nFiles": 1, "blank": 0, "comment": 0, "code": 2}, "SUM": {"code": 9}}'
"""


def test_cloc_where_it_is_asked_for(
    clone: Clone, server: GitServer, origin: Path, programs: Path
) -> None:
    program(programs, "cloc", CLOC)
    tree(origin, {b"a.py": PYTHON})
    found = counted(clone, server, "cloc")
    assert found == LinesOfCode("cloc 1.96", {"Python": 7, "Markdown": 2}, 7, 0, 0)
    assert counted(clone, server, "scc").method == "git"


# --- Parts


def test_objects_in_any_chunks() -> None:
    said = b"a blob 3\n1\n2\nb blob 0\n\nc blob 1\n\n\n"
    for size in range(1, len(said) + 1):
        chunks = [said[start : start + size] for start in range(0, len(said), size)]
        assert list(split_objects(chunks)) == [b"1\n2", b"", b"\n"]
    with pytest.raises(Exception, match="missing"):
        list(split_objects([b"a missing\n"]))


@pytest.mark.parametrize(
    ("path", "generated"),
    [
        *[(b"package-lock.json", True), (b"a/yarn.lock", True), (b"a/x.MIN.js", True)],
        *[(b"vendor/a.c", True), (b"a/Vendor/b", True), (b"a/dist/b.js", True), (b"n.ipynb", True)],
        *[(b"vendor", False), (b"vendor.py", False), (b"distribute/a.py", False)],
        *[(b"admin.js", False), (b"my-package-lock.json", False), (b"build/a.py", False)],
        *[(b"a\nnode_modules/b.js", False), (b"\xff/node_modules/b.js", True)],
    ],
)
def test_files_nobody_wrote(path: bytes, generated: bool) -> None:
    assert is_generated(path) == generated
