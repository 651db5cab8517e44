"""A sandbox after two months of work, and a caller with the token."""

import base64
import json
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from lifetracker.sandbox.server import Sandbox

NOON = datetime(2026, 9, 16, 12, 0, 30, tzinfo=UTC)
DAYS = 60
PAYLOADS = Path(__file__).parents[3] / "payloads" / "github"
LIST = """
query($after:String){ viewer{ login repositories(first:50, after:$after, affiliations:[OWNER],
  ownerAffiliations:[OWNER], orderBy:{field:NAME,direction:ASC}){ totalCount
  pageInfo{hasNextPage endCursor} nodes{
    id databaseId nameWithOwner isPrivate isFork isArchived isEmpty isDisabled diskUsage pushedAt
    updatedAt primaryLanguage{name}
    languages(first:10, orderBy:{field:SIZE,direction:DESC}){totalSize edges{size node{name}}}
    defaultBranchRef{name target{... on Commit{oid committedDate}}} } } }
  rateLimit{cost remaining resetAt} }
"""

Item = dict[str, Any]


def sample(name: str) -> Item:
    """The response of a recorded exchange."""
    found: Item = json.loads((PAYLOADS / name).read_text())["response"]
    return found


class Caller:
    """Somebody with the token, over real HTTP."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox, self.github = sandbox, sandbox.github
        self.session = requests.Session()
        self.session.trust_env = False
        self.use(self.github.token)

    def use(self, token: str | None) -> None:
        self.token = token
        self.session.headers["Authorization"] = f"Bearer {token}" if token else None  # type: ignore[assignment]

    def get(
        self, path: str, headers: dict[str, str] | None = None, **query: Any
    ) -> requests.Response:
        url = path if path.startswith("http") else self.github.url + path
        return self.session.get(
            url, params=query, headers=headers, timeout=10, allow_redirects=False
        )

    def found(self, path: str, **query: Any) -> Any:
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def walk(self, path: str, **query: Any) -> list[Any]:
        answer = self.get(path, **query)
        items = answer.json()
        while "next" in answer.links:
            answer = self.get(answer.links["next"]["url"])
            items += answer.json()
        return items

    def post(
        self, query: str, headers: dict[str, str] | None = None, **variables: Any
    ) -> requests.Response:
        body = {"query": query, "variables": variables}
        return self.session.post(
            f"{self.github.url}/graphql", json=body, headers=headers, timeout=10
        )

    def graphql(self, query: str, **variables: Any) -> Any:
        answer = self.post(query, **variables).json()
        assert "errors" not in answer, answer
        return answer["data"]

    def errors(self, query: str, **variables: Any) -> list[Item]:
        answer = self.post(query, **variables)
        assert answer.status_code == 200
        return answer.json()["errors"]

    def verb(self, verb_name: str, /, **body: Any) -> Any:
        url = f"{self.sandbox.url}/sandbox/{verb_name}"
        answer = requests.post(url, json={"service": "github", **body}, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()["result"]

    def clone_url(self, name: str) -> str:
        return f"{self.github.clone_url}/{self.github.login}/{name}.git"

    def clone(self, name: str, to: Path, *options: str) -> subprocess.CompletedProcess[str]:
        return self.git("clone", "--bare", "--quiet", *options, self.clone_url(name), str(to))

    def git(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run_git(*arguments, **self._credentials())

    def _credentials(self) -> dict[str, str]:
        if not self.token:
            return {}
        pair = base64.b64encode(f"x-access-token:{self.token}".encode()).decode()
        return {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"http.{self.sandbox.url}/.extraHeader",
            "GIT_CONFIG_VALUE_0": f"Authorization: Basic {pair}",
        }


def run_git(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.devnull,
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        **variables,
    }
    return subprocess.run(
        ["git", *arguments],  # noqa: S607
        capture_output=True,
        text=True,
        env=environment,
        check=False,
        timeout=30,
    )


def log(path: Path, *options: str) -> list[str]:
    """Lines of `git log` in a bare repository."""
    done = run_git(f"--git-dir={path}", "log", *options)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="session")
def shared() -> Iterator[Sandbox]:
    """For tests that change nothing."""
    with Sandbox(seed=1, days=DAYS, now=NOON) as running:
        yield running


@pytest.fixture
def reader(shared: Sandbox) -> Iterator[Caller]:
    caller = Caller(shared)
    with caller.session:
        yield caller


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Of one's own, with less in it."""
    with Sandbox(seed=1, days=5, now=NOON) as running:
        yield running


@pytest.fixture
def caller(sandbox: Sandbox) -> Iterator[Caller]:
    caller = Caller(sandbox)
    with caller.session:
        yield caller
