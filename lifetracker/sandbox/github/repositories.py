"""What GitHub keeps of a repository beside its objects, and what it computes from these."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, get_args

from lifetracker.sandbox.github import people
from lifetracker.sandbox.github.bare import Bare, Logged

How = Literal["500", "404", "cut", "hang", "corrupt"]
HOWS: tuple[How, ...] = get_args(How)
# As Linguist names them; data and prose, such as JSON and Markdown, are no languages to it.
LANGUAGES = {
    "py": "Python",
    "ts": "TypeScript",
    "js": "JavaScript",
    "go": "Go",
    "rs": "Rust",
    "html": "HTML",
    "css": "CSS",
    "sh": "Shell",
    "c": "C",
    "java": "Java",
    "rb": "Ruby",
}
NOT_OWN = ("vendor/", "node_modules/", "dist/")
FIELDS = (
    *("private", "fork", "archived", "disabled", "template", "description"),
    *("language", "disk_usage", "default_branch", "pushed_at", "created_at", "updated_at"),
)


@dataclass(slots=True)
class Repository:
    """`language` and `disk_usage` (KB) take the place of what would be computed."""

    id: int
    owner: str
    name: str
    bare: Bare
    created_at: datetime
    updated_at: datetime
    pushed_at: datetime | None = None
    default_branch: str = "main"
    description: str | None = None
    private: bool = False
    fork: bool = False
    archived: bool = False
    disabled: bool = False
    template: bool = False
    language: str | None = None
    disk_usage: int | None = None
    imported: int = 0  # bytes
    broken: How | None = None
    broken_seconds: float = 0.0

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"

    @property
    def kilobytes(self) -> int:
        return -(-self.imported // 4096) if self.disk_usage is None else self.disk_usage

    @property
    def tip(self) -> str | None:
        return self.bare.oid(f"refs/heads/{self.default_branch}")

    @property
    def is_empty(self) -> bool:
        return self.bare.is_empty

    def set(self, **fields: object) -> None:
        """Raises ValueError for what is no field to set."""
        for name, value in fields.items():
            if name not in FIELDS:
                raise ValueError(f"no field {name!r}; there are {', '.join(FIELDS)}")
            setattr(self, name, _moment(value) if name.endswith("_at") else value)

    def node_id(self, *, legacy: bool) -> str:
        return people.node_id("Repository", self.id, legacy=legacy)

    def delay(self) -> None:
        if self.broken == "hang":
            time.sleep(self.broken_seconds)


class Facts:
    """What follows from an oid is computed once, in whichever repository it lies."""

    def __init__(self) -> None:
        self._commits: dict[str, Logged] = {}
        self._counts: dict[str, int] = {}
        self._languages: dict[str, dict[str, int]] = {}

    def commit(self, repository: Repository, oid: str) -> Logged:
        if oid not in self._commits:
            self._commits[oid] = repository.bare.log(oid, 0, 1)[0]
        return self._commits[oid]

    def count(self, repository: Repository, oid: str) -> int:
        if oid not in self._counts:
            self._counts[oid] = repository.bare.count(oid)
        return self._counts[oid]

    def languages(self, repository: Repository) -> dict[str, int]:
        """Return bytes by language on the default branch, the largest first."""
        oid = repository.tip
        if oid is None:
            return {}
        if oid not in self._languages:
            self._languages[oid] = _languages(repository.bare, oid)
        return self._languages[oid]

    def language(self, repository: Repository) -> str | None:
        return repository.language or next(iter(self.languages(repository)), None)


def _languages(bare: Bare, oid: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for path, size in bare.sizes(oid):
        name = LANGUAGES.get(path.rpartition(".")[2].lower())
        if name and size and not any(part in path for part in NOT_OWN):
            found[name] = found.get(name, 0) + size
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _moment(value: object) -> datetime | None:
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if value is not None and (not isinstance(value, datetime) or value.tzinfo is None):
        raise ValueError(f"{value!r} is no aware datetime")
    return value.astimezone(UTC) if value else None
