"""A host for repositories, one repository on it, and the clone of it here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from github_projects.services.clone import Clone
from github_projects.services.processes import Limits
from tests.github_projects.repositories import GitServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitServer]:
    with GitServer(tmp_path / "served") as running:
        yield running


@pytest.fixture
def origin(server: GitServer) -> Path:
    return server.root / "ada" / "tool.git"


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path / "cache", "42", Limits())
