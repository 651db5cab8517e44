"""What an import does, and whether it asks first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from fasting.imports.stored import Stored
from fasting.models import Overlaps
from fasting.zero import (
    Export,
    Fast,
)
from lifetracker.models import SyncRun
from lifetracker.sync.file_imports import Question, first_named, is_too_little
from lifetracker.sync.files import Refusal
from lifetracker.sync.runs import Counts


@dataclass(frozen=True)
class Common:
    """How much a file knows of what is stored in its stretch."""

    #: The live fasts that begin there.
    compared: list[Stored]
    #: Those of them of which the file surely has no row, be it one that cannot be read.
    lacking: list[Stored]
    #: Those of them that would be removed.
    removed: list[Stored]

    @property
    def known(self) -> int:
        return len(self.compared) - len(self.lacking)

    @property
    def is_too_little(self) -> bool:
        return is_too_little(self.known, len(self.compared), len(self.removed))


@dataclass
class ImportCounts(Counts):
    """What became of a file's items."""

    #: Fasts of this file that are known from the other form of export.
    matched: int = 0


@dataclass
class Outcome:
    """The result of an import."""

    export: Export
    created: list[Fast] = field(default_factory=list)
    updated: list[tuple[Stored, Fast]] = field(default_factory=list)
    unchanged: int = 0
    removed: list[Stored] = field(default_factory=list)
    #: What the other form brought and this file lacks, where nothing shows that it is gone.
    kept: list[Stored] = field(default_factory=list)
    #: What this form brought and the file lacks, where a row that cannot be read may be it.
    spared: list[Stored] = field(default_factory=list)
    #: Fasts of this file that are known from the other form.
    matched: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    overlaps: Overlaps = field(default_factory=Overlaps)
    #: In which zones how many of its fasts are stored; None counts those without one.
    zones: Counter[str | None] = field(default_factory=Counter)
    run: SyncRun | None = None

    def counts(self) -> ImportCounts:
        return ImportCounts(
            seen=len(self.export.items),
            created=len(self.created),
            updated=len(self.updated),
            unchanged=self.unchanged,
            deleted=len(self.removed),
            rejected=len(self.refusals),
            matched=self.matched,
        )


def question_of(outcome: Outcome, common: Common, zone: ZoneInfo) -> Question:
    return Question(
        f"The file has {common.known} of the {len(common.compared)} fasts that are stored from "
        f"{common.compared[0].start.astimezone(zone):%Y-%m-%d} to "
        f"{common.compared[-1].start.astimezone(zone):%Y-%m-%d}. {_loss(common, zone)} "
        "Nothing was imported. Check that it is your own file, with the right --timezone and "
        "--date-order. If it is, add --replace.",
        outcome,
    )


def _loss(common: Common, zone: ZoneInfo) -> str:
    if not common.removed:
        return "Importing it would remove none of them, but mix them with others."
    named = first_named([one.times(zone) for one in common.removed])
    return f"Importing it would remove {len(common.removed)}: {named}."
