"""What an import of an export does, by kind of record."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lifetracker.models import SyncRun
from lifetracker.sync.files import Refusal
from lifetracker.sync.runs import Counts
from whoop.exports.export import KINDS, Export

JOURNAL = "journal"


class Stored(NamedTuple):
    """A record of an earlier import, also one that has given way. `values`: by column."""

    is_live: bool
    values: dict[str, Any]


@dataclass
class Changes:
    """What an import does with the records of one kind, or with the answers of the journal, each in words."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: int = 0
    #: As many are the same as what the API gave.
    known: int = 0
    #: As many were stored by an earlier import and give way to the API, or to a later version of theirs.
    hidden: int = 0
    rejected: int = 0

    def counts(self) -> Counts:
        return Counts(
            seen=len(self.created)
            + len(self.updated)
            + self.unchanged
            + self.known
            + self.rejected,
            created=len(self.created),
            updated=len(self.updated),
            unchanged=self.unchanged + self.known,
            deleted=self.hidden,
            rejected=self.rejected,
        )


@dataclass
class Outcome:
    """The result of an import, by kind of record and for the journal."""

    export: Export
    changes: dict[str, Changes] = field(
        default_factory=lambda: {kind: Changes() for kind in (*KINDS, JOURNAL)}
    )
    refusals: list[Refusal] = field(default_factory=list)
    #: As many live records are stored in the stretch of the file, and it has so many of them.
    compared: int = 0
    common: int = 0
    #: So many of these begin in the file when they begin by what is stored.
    beginning_alike: int = 0
    #: So many recoveries begin in the same second, and so many of these were measured quite otherwise.
    measured: int = 0
    measured_otherwise: int = 0
    #: As many answers of the journal are second ones of a day.
    doubled: int = 0
    run: SyncRun | None = None

    def total(self) -> Counts:
        """Return the sums of all kinds."""
        found = [one.counts() for one in self.changes.values()]
        names = ("seen", "created", "updated", "unchanged", "deleted")
        sums = {name: sum(getattr(one, name) for one in found) for name in names}
        return Counts(**sums | {"rejected": len(self.refusals)})
