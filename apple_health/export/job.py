"""Reads an export, and stores what it holds: all of it in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from apple_health import same_workouts
from apple_health.export.amounts import Figures, Ranks, figures_of
from apple_health.export.clock import Clock
from apple_health.export.elements import Reader, Summary
from apple_health.export.facts import night_items, weigh_in_items, workout_items
from apple_health.export.files import LARGEST, Opened, opened
from apple_health.export.scratch import Scratch, scratch
from apple_health.export.units import moment
from apple_health.export.xml_stream import Parser
from apple_health.models import AppleDay, AppleNight, SourceOrder
from apple_health.names import APPLE_HEALTH
from apple_health.store import Stored, store_days, store_nights, store_weigh_ins, store_workouts
from lifetracker.models import SyncRun
from lifetracker.sync.file_imports import Question, record_rejected
from lifetracker.sync.files import Refusal
from lifetracker.sync.mapping import Item
from lifetracker.sync.runs import Counts, record_import
from oauth_integration.models import OAuthCredential
from weight.models import WeighIn
from workouts.models import Workout

STREAM = "export"
#: So many days must be stored before a file is asked about that agrees with none of them.
DAYS_TO_JUDGE = 5
#: By the name under which its tokens are stored.
SERVICES = {"whoop": "Whoop", "withings": "Withings"}

Progress = Callable[[int, int], None]


class Options(NamedTuple):
    """`ranks`: of each kind of device. `connected`: the sources whose own records in Health are left out. `replace`: import it
    although it may be another person's."""

    ranks: dict[str, int]
    connected: Collection[str]
    now: datetime
    replace: bool = False


def options_now(*, all_sources: bool = False, replace: bool = False) -> Options:
    """Return the options that hold now. `all_sources`: take also what connected services wrote into Health."""
    connected = set() if all_sources else connected_services()
    return Options(SourceOrder.current().ranks, connected, timezone.now(), replace)


def connected_services() -> set[str]:
    rows = OAuthCredential.objects.filter(provider__in=SERVICES)
    return {SERVICES[one.provider] for one in rows if one.is_connected}


@dataclass
class Export:
    """All that is to be stored of an export."""

    found: Summary
    figures: Figures
    nights: list[Item]
    weigh_ins: list[Item]
    workouts: list[Item]
    doubled: list[str]
    reported_at: datetime


@dataclass
class Outcome:
    """What an import does, and the run that tells of it."""

    export: Export
    stored: dict[str, Stored] = field(default_factory=dict)
    run: SyncRun | None = None

    @property
    def refusals(self) -> list[Refusal]:
        return [
            *self.export.found.refusals,
            *(one for kind in self.stored.values() for one in (*kind.refusals, *kind.values)),
        ]

    @property
    def values_refused(self) -> int:
        """Return how many values cannot be, of records that are stored without them."""
        return sum(len(kind.values) for kind in self.stored.values())

    def counts(self) -> dict[str, Counts]:
        """Return the counts by kind of record."""
        found = {kind: one.counts() for kind, one in self.stored.items()}
        rejected = self.export.found.rejected + self.values_refused
        return found | {STREAM: Counts(seen=rejected, rejected=rejected)}


def import_path(
    path: Path,
    options: Options,
    *,
    dry_run: bool = False,
    begun_by: str = SyncRun.BegunBy.COMMAND,
    progress: Progress | None = None,
) -> Outcome:
    """Import a file, or roll it back after a dry run. `progress` is told how many bytes of how many were read. Raises
    CannotImport."""
    with opened(path) as file:
        return import_opened(file, options, dry_run=dry_run, begun_by=begun_by, progress=progress)


def import_opened(
    file: Opened,
    options: Options,
    *,
    dry_run: bool = False,
    begun_by: str = SyncRun.BegunBy.COMMAND,
    progress: Progress | None = None,
) -> Outcome:
    """Do the same with a file that is open. Raises CannotImport."""
    export = read_export(file, options, progress or untold)
    return store_export(export, options, dry_run=dry_run, begun_by=begun_by)


def read_export(file: Opened, options: Options, progress: Progress) -> Export:
    """Return all that a file holds. Raises CannotImport, and what `progress` raises to end it."""
    with scratch() as samples:
        return read(file, samples, options, progress)


def store_export(
    export: Export,
    options: Options,
    *,
    dry_run: bool = False,
    begun_by: str = SyncRun.BegunBy.COMMAND,
) -> Outcome:
    """Store what a file holds, or roll it back after a dry run. Raises Question."""
    started, outcome = timezone.now(), Outcome(export)
    with AppleDay.objects.locked():
        for model in (AppleNight, WeighIn, Workout):
            model._default_manager.all().lock()
        ask_first(export, options)
        store_all(outcome)
        outcome.run = record(outcome, started, begun_by)
        if dry_run:
            transaction.set_rollback(True)
    return outcome


def untold(done: int, total: int) -> None:
    """Tell nobody how far an import is."""


def read(file: Opened, samples: Scratch, options: Options, progress: Progress) -> Export:
    """Return what an export holds. Raises CannotImport."""
    reader = Reader(samples, options.connected, int(options.now.timestamp()) + 86400)
    Parser(file.name, reader).read(file.file, lambda done: progress(done, file.size), LARGEST)
    reader.require_sense(file.name)
    samples.flush()
    found = reader.found
    clock = Clock(samples.zones)
    weigh_ins = weigh_in_items(samples, clock)
    workouts = workout_items(samples, clock, options.ranks)
    for reason, count in (
        ("body fat without a weight beside it", weigh_ins.without_weight),
        ("workouts that another device recorded too", len(workouts.doubled)),
    ):
        if count:
            found.left_out[reason] += count
    said = found.exported_at if found.exported_at is not None else found.last
    now = options.now.astimezone(UTC)
    return Export(
        found,
        figures_of(samples, clock, Ranks(samples.devices, options.ranks)),
        night_items(samples, clock, found.left_out),
        weigh_ins.items,
        workouts.items,
        workouts.doubled,
        # One that lies ahead, by a clock that is wrong, would keep out what a later export says.
        now if said is None else min(moment(said), now),
    )


def store_all(outcome: Outcome) -> None:
    """Store everything, and hide what no longer counts."""
    export = outcome.export
    outcome.stored = {
        "days": store_days(export.figures, export.reported_at),
        "nights": store_nights(export.nights, export.reported_at),
        "weigh-ins": store_weigh_ins(export.weigh_ins),
        "workouts": store_workouts(export.workouts),
    }
    outcome.stored["workouts"].hidden += same_workouts.hide(export.doubled)


def ask_first(export: Export, options: Options) -> None:
    """Raise Question for a file that agrees with nothing that is stored: it is perhaps another person's."""
    if options.replace or not export.figures:
        return
    rows = AppleDay.objects.live().filter(date__range=(min(export.figures), max(export.figures)))
    compared = agreeing = 0
    for row in rows.iterator():
        if figures := export.figures.get(row.date):
            compared += 1
            agreeing += any(getattr(row, column) == value for column, value in figures.items())
    if compared >= DAYS_TO_JUDGE and not agreeing:
        raise Question(
            f"The file agrees with none of the {compared:,} days of Apple Health that are stored from its time. It is perhaps "
            "another person's. Nothing was imported. If it is yours, add --replace.",
            Outcome(export),
        )


def record(outcome: Outcome, started: datetime, begun_by: str) -> SyncRun:
    """Store what was rejected, and the run."""
    found = outcome.export.found
    record_rejected(APPLE_HEALTH, STREAM, outcome.refusals)
    span = (
        None if found.first is None else moment(found.first),
        None if found.last is None else moment(found.last),
    )
    counts = outcome.counts()
    total = sum_of(counts)
    run = record_import(APPLE_HEALTH, STREAM, total, span=span, started=started, begun_by=begun_by)
    run.counts = {kind: one.as_json() for kind, one in counts.items()}
    run.save(update_fields=["counts"])
    return run


def sum_of(counts: dict[str, Counts]) -> Counts:
    names = ("seen", "created", "updated", "unchanged", "deleted", "rejected")
    return Counts(**{name: sum(getattr(one, name) for one in counts.values()) for name in names})
