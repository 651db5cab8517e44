"""The forms of experiments: the plan, the day of the start, and why one is stopped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField

from experiments.models import Experiment, State
from experiments.validation import BOUNDS, FIXED, MOST_SECONDARY, known
from goals.amounts import amount_of
from goals.forms import AmountField, QuickSelect, metric_choices
from lifetracker.metrics.registry import all_metrics
from lifetracker.web.forms import DayField, RecordForm, day_input

Choices = list[tuple[str, list[tuple[str, str]]]]


class Step(NamedTuple):
    """A part of the form: its heading, what it is about, and its fields."""

    title: str
    text: str
    fields: list[BoundField]


#: The parts of the form, in the order in which one thinks of them.
STEPS = (
    (
        "What you want to know",
        "Something that you do on some days and leave on others, and what it is compared with.",
        ("question", "try_words", "usual_words"),
    ),
    (
        "How a day is judged",
        "A metric can say from your records whether you kept to it. Without one nothing says it.",
        ("action", *BOUNDS),
    ),
    (
        "What it is to change",
        "One metric decides. Others can be looked at beside it and decide nothing.",
        ("outcome", "better", "worth", "secondary", "outcome_lag"),
    ),
    (
        "How many days",
        "Each pair has one block of each kind, and a coin says which comes first. Where an effect is quick, many short blocks "
        "see most. Days that you mark as days of illness, travel or holiday do not count.",
        ("pairs", "block_days", "washout_days", "notes"),
    ),
)


class ExperimentForm(RecordForm):
    """The plan. Of what has begun only its words can be changed."""

    action = forms.ChoiceField(label="Judged by", required=False, widget=QuickSelect)
    outcome = forms.ChoiceField(label="Outcome", widget=QuickSelect)
    try_at_least = AmountField(label="A is kept from", required=False)
    try_below = AmountField(label="A is kept below", required=False)
    usual_at_least = AmountField(label="B is kept from", required=False)
    usual_below = AmountField(label="B is kept below", required=False)
    worth = AmountField(
        label="Smallest difference worth it",
        required=False,
        help_text="In the unit of the outcome. Leave empty if any gain is worth it.",
    )
    secondary = forms.MultipleChoiceField(
        label="Other metrics",
        required=False,
        help_text=f"At most {MOST_SECONDARY}.",
    )

    class Meta:
        model = Experiment
        fields = tuple(name for _, _, names in STEPS for name in names)
        labels: ClassVar = {
            "try_words": "A: what you try",
            "usual_words": "B: what you compare it with",
            "block_days": "Days of a block",
            "washout_days": "Of these do not count",
        }
        widgets: ClassVar = {"notes": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, data: Mapping[str, Any] | None, *, instance: Experiment) -> None:
        super().__init__(data, instance=instance)
        self.is_fixed = instance.state != State.PLANNED
        if self.is_fixed:
            for name in FIXED:
                del self.fields[name]
            return
        outcomes = metric_choices(all_metrics())
        self.set_choices("action", [("", "Nothing says it"), *outcomes, *clocks()])
        self.set_choices("outcome", [("", "Choose a metric"), *outcomes])
        self.set_choices("secondary", outcomes)
        self.fields[
            "outcome_lag"
        ].help_text = "Left open: the day after for what is known on waking, else the same day."
        for name in (*BOUNDS, "worth"):
            self.fields[name].unit = self.unit_of(name)  # type: ignore[attr-defined]  # of an amount

    def set_choices(self, name: str, choices: list[Any]) -> None:
        """Offer these, and what was chosen before although it is gone."""
        chosen = getattr(self.instance, name)
        there = {key for _, keys in choices if isinstance(keys, list) for key, _ in keys}
        gone = [one for one in (chosen if isinstance(chosen, list) else [chosen]) if one]
        gone = [one for one in gone if one not in there]
        self.fields[name].choices = [*choices, *((one, f"{one} (gone)") for one in gone)]  # type: ignore[attr-defined]  # of a choice

    def unit_of(self, name: str) -> str:
        """Return the unit of an amount: that of the chosen metric."""
        source = "outcome" if name == "worth" else "action"
        key = self.data.get(source) if self.is_bound else getattr(self.instance, source)
        metric = known(str(key or ""))
        return metric.unit if metric else ""

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        for name in (*BOUNDS, "worth"):
            typed = values.get(name)
            if isinstance(typed, str):
                try:
                    values[name] = amount_of(typed, self.unit_of(name)) if typed else None
                except ValidationError as error:
                    self.add_error(name, error)
        return values

    def steps(self) -> Iterator[Step]:
        """Yield the parts of the form that have a field."""
        for title, text, names in STEPS:
            fields = [self[name] for name in names if name in self.fields]
            if fields:
                yield Step(title, text, fields)


def clocks() -> Choices:
    """Return the times of day, by which a day can be judged, such as when one went to bed."""
    found = [(one.key, one.label) for one in all_metrics() if one.circular]
    return [("Times of day", found)] if found else []


class StartForm(forms.Form):
    """The first day of an experiment."""

    start = DayField(label="First day", widget=day_input())


class StopForm(forms.Form):
    """Why an experiment is stopped before its end."""

    reason = forms.CharField(
        label="Why do you stop?", max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
