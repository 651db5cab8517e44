"""Which Python `install.sh` takes, and what it says of those that it does not."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

INSTALL = Path(settings.BASE_DIR) / "install.sh"


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A PATH with what the script itself calls, and no Python."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "cat", "dirname", "rm", "tail", "grep", "dd"):
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    return folder


def python(path: Path, answer: str) -> None:
    """One that answers the question what it lacks."""
    path.write_text(f"#!/bin/sh\ncat >/dev/null\n{answer}\n")
    path.chmod(0o755)


def install(tools: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    checkout = tools.parent / "checkout"
    checkout.mkdir(exist_ok=True)
    shutil.copy(INSTALL, checkout)
    return subprocess.run(
        ["/bin/sh", checkout / "install.sh"],
        env={"PATH": str(tools), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_no_python_at_all(tools: Path) -> None:
    done = install(tools)
    assert done.returncode == 1
    assert "Life Tracker needs Python 3.11, 3.12 or 3.13." in done.stderr
    assert "There is no python3.11, python3.12, python3.13 or python3 on the PATH." in done.stderr


def test_each_python_that_does_not_fit_is_named_with_its_reason(tools: Path) -> None:
    python(tools / "python3.11", "echo 'it lacks venv (apt-get install python3.11-venv)'")
    python(tools / "python3.12", "echo 'pyenv: python3.12: command not found' >&2; exit 127")
    python(tools / "python3", "echo 'it is Python 3.9'")
    done = install(tools)
    assert done.returncode == 1
    assert f"{tools}/python3.11: it lacks venv (apt-get install python3.11-venv)" in done.stderr
    assert f"{tools}/python3.12: it does not start" in done.stderr
    assert f"{tools}/python3: it is Python 3.9" in done.stderr
    assert "make PYTHON=/path/to/python3.12" in done.stderr


def test_the_first_python_that_fits_makes_the_environment(tools: Path) -> None:
    python(tools / "python3.11", "echo 'it lacks venv'")
    (tools / "python3.13").symlink_to(sys.executable)
    python(tools / "python3.12", 'echo "asked: $*" >&2; [ $1 = - ] || exit 3')
    done = install(tools)
    assert "Making the environment .venv with" in done.stdout
    assert f"{tools}/python3.12" in done.stdout
    assert "asked: -m venv --clear .venv" in done.stderr
    assert "could not be installed" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_python_that_is_named_is_the_only_one_tried(tools: Path) -> None:
    python(tools / "python3.11", "exit 0")
    done = install(tools, PYTHON="/no/such/python")
    assert done.returncode == 1
    assert "There is no /no/such/python." in done.stderr
