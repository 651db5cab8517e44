"""What a person chooses of a file: the file, and what its columns are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django import forms
from django.utils import timezone

from csv_import.cells import DECIMALS
from csv_import.choices import (
    ASK,
    BEHAVIOUR,
    FAT,
    KG,
    LB,
    METRIC,
    NEW_BEHAVIOUR,
    NEW_METRIC,
    RULES,
    WEIGHT,
    Choices,
    folded,
)
from csv_import.dates import ORDERS
from csv_import.proposals import MOST_WORDS, Column, Proposal, words_of
from csv_import.tables import DELIMITERS, LARGEST, NAMES, CsvTable
from journal.models import Behaviour
from lifetracker.web.import_pages import FileForm
from lifetracker.web.units import mass_unit
from own_metrics.models import OwnMetric

NOTHING = ("", "Leave it out")
CHOOSE = ("", "Choose …")
KIND = Behaviour.Kind
SHOWN = 60


class CsvForm(FileForm):
    """A file, and which sign stands between its cells where that cannot be found."""

    largest = LARGEST
    writer = "another app"

    file = forms.FileField(
        label="CSV",
        help_text="A file with a header and one date column; or a zip with one.",
        error_messages={
            "required": "Choose a CSV.",
            "empty": "This file is empty. Export it again.",
        },
    )
    zone = None  # type: ignore[assignment]  # so Django leaves out a field of the class above
    delimiter = forms.ChoiceField(
        label="Separator",
        required=False,
        choices=[("", "Detect"), *((sign, NAMES[sign].capitalize()) for sign in DELIMITERS)],
    )

    def options(self) -> dict[str, Any]:
        return {"delimiter": self.cleaned_data["delimiter"]}


class MappedColumn(NamedTuple):
    """A column, or a word of a long table, with the field that says where it goes."""

    title: str
    samples: str
    field: forms.BoundField


class ColumnsForm(forms.Form):
    """What each column is, and how its cells are read."""

    date = forms.ChoiceField(
        label="Date", error_messages={"required": "Choose the column that has the date."}
    )
    order = forms.ChoiceField(
        label="Order of its dates",
        choices=[CHOOSE, *ORDERS.items()],
        error_messages={"required": "Choose the order of day and month: the file does not tell."},
    )
    time = forms.ChoiceField(
        label="Time", required=False, help_text="Only if it stands in a column of its own."
    )
    zone = forms.CharField(
        label="Time zone of its times",
        required=False,
        max_length=60,
    )
    decimal = forms.ChoiceField(
        label="Decimal sign",
        choices=[CHOOSE, *DECIMALS.items()],
        error_messages={
            "required": "Choose the decimal sign: numbers such as 1,234 could be read either way."
        },
    )
    name = forms.ChoiceField(
        label="Column of names",
        required=False,
        help_text="Only if each row has one value, and a column says what of.",
    )
    value = forms.ChoiceField(label="Column of values", required=False)
    several = forms.ChoiceField(
        label="Several rows of one day, for a behaviour", required=False, choices=RULES.items()
    )
    mass = forms.ChoiceField(
        label="Weights without a unit are in", choices=[(KG, "kg"), (LB, "lb")], initial=KG
    )

    clean_zone = FileForm.clean_zone

    def __init__(
        self, table: CsvTable, proposal: Proposal, given: Any = None, kept: Choices | None = None
    ) -> None:
        self.table, self.proposal = table, proposal
        super().__init__(given, initial=initial_of(proposal, kept))
        home = timezone.get_default_timezone_name()
        self.fields["zone"].help_text = f"Leave it empty if it is that of your home, {home}."
        columns = [(name, name) for name in table.header]
        self.choose("date", [CHOOSE, *columns])
        for name in ("time", "name", "value"):
            self.choose(name, [("", "None"), *columns])
        offered = targets_offered()
        #: Columns that went to something which was deleted since.
        self.gone = gone_from(offered, kept)
        if kept:
            kept = kept.with_targets(
                {name: to for name, to in kept.targets.items() if name not in self.gone}
            )
        self.places = [(name, "column") for name in table.header]
        long_name = str((given or self.initial).get("name") or "")
        self.long_name = long_name if long_name in table.header else ""
        words = words_of(table, self.long_name) if self.long_name else []
        #: As many names are not offered: a column of texts is no column of names.
        self.more_words = max(len(words) - MOST_WORDS, 0)
        words = words[:MOST_WORDS]
        self.places += [(word, "word") for word in words]
        for at, (name, kind) in enumerate(self.places):
            # A word is found again by what it is, not by where it stands: another column has other words.
            self.fields[self.key(at)] = forms.ChoiceField(
                label=name,
                required=False,
                choices=offered,
                initial=self.proposed(name, kind, kept),
            )

    def key(self, at: int) -> str:
        name, kind = self.places[at]
        return f"to_{at}" if kind == "column" else f"word_{folded(name)}"

    def choose(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def proposed(self, name: str, kind: str, kept: Choices | None) -> str:
        if kept is None:
            return self.proposal.target(name) if (kind == "word") == bool(self.long_name) else ""
        if kept.is_long != (kind == "word"):
            return ""
        there = kept.targets.get(name)
        return there or next(
            (to for one, to in kept.targets.items() if folded(one) == folded(name)), ""
        )

    def settings(self) -> list[forms.BoundField]:
        """Return the fields that say how the file is read."""
        names = ("date", "order", "time", "zone", "decimal", "several", "mass")
        return [self[name] for name in names]

    def of_long_table(self) -> list[forms.BoundField]:
        return [self["name"], self["value"]]

    def columns(self) -> list[MappedColumn]:
        """Return the columns, or the words of a long table, with what each goes to."""
        wanted = "word" if self.long_name else "column"
        return [
            MappedColumn(name, self.samples(name, kind), self[self.key(at)])
            for at, (name, kind) in enumerate(self.places)
            if kind == wanted
        ]

    def samples(self, name: str, kind: str) -> str:
        if kind == "word":
            return ""
        column: Column = self.proposal.column(name)
        return ", ".join(one[:SHOWN] for one in column.samples) or "empty"

    def targets(self) -> dict[str, str]:
        wanted = "word" if self.cleaned_data.get("name") else "column"
        places = [(at, name) for at, (name, kind) in enumerate(self.places) if kind == wanted]
        chosen = {name: self.cleaned_data.get(self.key(at), "") for at, name in places}
        return {name: to for name, to in chosen.items() if to}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if bool(values.get("name")) != bool(values.get("value")):
            self.add_error(
                "value", "Say both: which column has the names, and which one the values."
            )
        return values

    def choices_made(self) -> Choices:
        values = self.cleaned_data
        return Choices(
            date=values["date"],
            targets=self.targets(),
            order=values["order"],
            time=values["time"],
            decimal=values["decimal"],
            name=values["name"],
            value=values["value"],
            several=values["several"],
            mass=values["mass"],
            zone=values["zone"] or timezone.get_default_timezone_name(),
        )


def initial_of(proposal: Proposal, kept: Choices | None) -> dict[str, str]:
    """Return what the form shows first: what was kept, else what is proposed, and nothing where that is not clear."""
    if kept is not None:
        home = timezone.get_default_timezone_name()
        values = kept.to_json()
        return values | {"zone": "" if kept.zone == home else kept.zone}
    return {
        "date": proposal.date,
        "order": proposal.orders[0] if len(proposal.orders) == 1 else "",
        "decimal": proposal.decimals[0] if len(proposal.decimals) == 1 else "",
        "name": proposal.name,
        "value": proposal.value,
        "several": ASK,
        "mass": proposal.mass or (LB if mass_unit() == "lb" else KG),
    }


def gone_from(offered: list[tuple[str, Any]], kept: Choices | None) -> list[str]:
    """Return the columns of kept choices whose target is no longer offered."""
    there = {to for _, group in offered[1:] for to, _ in group}
    return [name for name, to in kept.targets.items() if to not in there] if kept else []


def targets_offered() -> list[tuple[str, Any]]:
    """Return what a column can go to, in groups, by two statements."""
    behaviours = (
        Behaviour.objects.all()
        .with_wordings()
        .order_by("position", "pk")
        .values_list("pk", "name", "kind", "unit", "merged_into__name")
    )
    metrics = OwnMetric.objects.all().in_order().values_list("pk", "name", "unit")
    new = [
        (NEW_METRIC, "A new own metric"),
        (f"{NEW_BEHAVIOUR}:{KIND.YES_NO}", "A new behaviour: yes or no"),
        (f"{NEW_BEHAVIOUR}:{KIND.AMOUNT}", "A new behaviour: an amount"),
        (f"{NEW_BEHAVIOUR}:{KIND.SCALE}", "A new behaviour: 1 to 5"),
    ]
    groups: list[tuple[str, list[tuple[str, str]]]] = [
        ("Called like the column", new),
        ("Weigh-ins", [(WEIGHT, "Weight"), (FAT, "Body fat, in %")]),
        ("Own metrics", [(f"{METRIC}:{pk}", name_with(name, unit)) for pk, name, unit in metrics]),
        (
            "Behaviours",
            [
                (
                    f"{BEHAVIOUR}:{pk}",
                    name_with(name, into_words(into) or unit or KIND(kind).label.lower()),
                )
                for pk, name, kind, unit, into in behaviours
            ],
        ),
    ]
    return [NOTHING, *(group for group in groups if group[1])]


def into_words(into: str | None) -> str:
    return f"counts as {into}" if into else ""


def name_with(name: str, beside: str) -> str:
    return f"{name} ({beside})" if beside else name
