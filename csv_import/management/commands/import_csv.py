"""Import any CSV, as its columns are mapped."""

from __future__ import annotations

from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from csv_import.cells import DECIMALS
from csv_import.choices import (
    BEHAVIOUR,
    FAT,
    METRIC,
    NEW_BEHAVIOUR,
    NEW_METRIC,
    RULES,
    WEIGHT,
    Choices,
)
from csv_import.dates import ORDERS
from csv_import.job import Outcome, import_table
from csv_import.models import KeptMapping
from csv_import.proposals import mass_of, proposal_of
from csv_import.summary import all_lines, count_words
from csv_import.tables import CsvTable, read_file
from journal.models import Behaviour
from journal.models import folded_name as folded_behaviour
from lifetracker.management.command import QuickCommand
from lifetracker.management.counting import given_path, time_zone, write_lines
from lifetracker.management.import_command import ONLY_IN_DRY_RUN
from lifetracker.sync.file_imports import REJECTED
from lifetracker.sync.files import CannotImport
from own_metrics.models import OwnMetric, folded_name

TAB = "tab"
WHAT = (
    'such as "Weight=weight", "Fat=fat", "Ferritin=metric", "Mood=behaviour", or "Pills=behaviour:amount" for one that is new: '
    "yes_no, amount or scale. Behind metric: or behaviour: may stand the name of one that there is"
)


class Command(QuickCommand):
    help = "Import a CSV of any app: behaviours of the journal, weigh-ins, and metrics of your own."
    requires_migrations_checks = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=given_path, help="the CSV; or a zip or folder with one")
        parser.add_argument(
            "--dry-run", action="store_true", help="Say what would change, and change nothing."
        )
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="COLUMN=WHAT",
            help=f"What a column is, {WHAT}.",
        )
        parser.add_argument(
            "--date", default="", metavar="COLUMN", help="The column with the date."
        )
        parser.add_argument("--time", default="", metavar="COLUMN", help="The one with the time.")
        parser.add_argument(
            "--order", choices=ORDERS, help="In which order dates have day and month."
        )
        parser.add_argument("--decimal", choices=DECIMALS, help="What stands before the digits.")
        parser.add_argument(
            "--name", default="", metavar="COLUMN", help="The column that says of what a row is."
        )
        parser.add_argument("--value", default="", metavar="COLUMN", help="The one with its value.")
        parser.add_argument(
            "--several",
            choices=[one for one in RULES if one],
            default="",
            help="Which of several rows of one day counts for a behaviour.",
        )
        parser.add_argument(
            "--mass", choices=("kg", "lb"), help="In what weights are. Default: kg."
        )
        parser.add_argument(
            "--delimiter", choices=(",", ";", TAB), default="", help="Default: found out."
        )
        parser.add_argument(
            "--timezone", type=time_zone, help="That of its times. Default: TIME_ZONE."
        )

    def handle(self, *args: Any, **given: Any) -> None:
        path: Path = given["file"]
        try:
            table = read_file(path, "\t" if given["delimiter"] == TAB else given["delimiter"])
            outcome = import_table(table, choices_of(table, given), dry_run=given["dry_run"])
        except CannotImport as error:
            raise CommandError(str(error)) from None
        self.tell(table, outcome, dry_run=given["dry_run"])

    def tell(self, table: CsvTable, outcome: Outcome, *, dry_run: bool) -> None:
        for found in all_lines(outcome):
            if dry_run or found.title not in ONLY_IN_DRY_RUN:
                write_lines(found, self.stderr if found.title == REJECTED else self.stdout)
        self.stdout.write(f"{table.name}: {count_words(outcome)}")
        if dry_run:
            self.stdout.write("Nothing was changed: this was a dry run.")


def choices_of(table: CsvTable, given: dict[str, Any]) -> Choices:
    """Return what was kept for such a file, with what is given instead; else what is given and what is clear. Raises
    CannotImport."""
    mapping = KeptMapping.objects.of(table.header)
    kept = mapping.choices_for(table.header) if mapping else proposed(table, given)
    also = {name: given[name] for name in ("date", "time", "order", "decimal", "name", "value")}
    also |= {"several": given["several"], "mass": given["mass"]}
    if given["timezone"]:
        also["zone"] = given["timezone"].key
    choices = replace(kept, **{name: value for name, value in also.items() if value})
    if given["map"]:
        choices = choices.with_targets(dict(map(target_given, given["map"])))
    return choices


def proposed(table: CsvTable, given: dict[str, Any]) -> Choices:
    """Return what is clear of a file. Raises CannotImport for what is not, and has not been given."""
    proposal = proposal_of(table)
    date = given["date"] or proposal.date
    if not date:
        raise CannotImport(
            f"{table.name} has no column of dates that can be read. Say which it is, with --date. Its columns: "
            f"{', '.join(table.header)}."
        )
    if len(proposal.orders) != 1 and not given["order"]:
        raise CannotImport(
            "Its dates could be read in several orders. Say which is right, with --order."
        )
    if len(proposal.decimals) != 1 and not given["decimal"]:
        raise CannotImport(
            "Its numbers could have a decimal point or a comma. Say which is right, with --decimal."
        )
    return Choices(
        date=date,
        order=given["order"] or proposal.orders[0],
        decimal=given["decimal"] or proposal.decimals[0],
        mass=mass_of(proposal.columns) or "kg",
        zone=timezone.get_default_timezone_name(),
    )


def target_given(text: str) -> tuple[str, str]:
    """Return the column and what it goes to, as choices have it. Raises CannotImport."""
    column, separator, what = text.rpartition("=")
    kind, _, name = what.strip().partition(":")
    if separator and column.strip():
        if kind in {WEIGHT, FAT} and not name:
            return column.strip(), kind
        if kind == METRIC:
            return column.strip(), metric_given(name)
        if kind == BEHAVIOUR:
            return column.strip(), behaviour_given(column.strip(), name)
    raise CannotImport(f"{text!r} does not say what a column is: write COLUMN=WHAT, {WHAT}.")


def metric_given(name: str) -> str:
    if not name:
        return NEW_METRIC
    found = OwnMetric.objects.live().filter(folded_name=folded_name(name)).first()
    if found is None:
        raise CannotImport(f"There is no own metric {name}. For a new one leave its name out.")
    return f"{METRIC}:{found.pk}"


def behaviour_given(column: str, name: str) -> str:
    if name in Behaviour.Kind.values:
        return f"{NEW_BEHAVIOUR}:{name}"
    rows = Behaviour.objects.live()
    found = rows.filter(folded_name=folded_behaviour(name or column)).first()
    if found is None:
        raise CannotImport(
            f"There is no behaviour {name or column}. For a new one write its kind behind the colon: yes_no, amount or scale."
        )
    return f"{BEHAVIOUR}:{found.pk}"
