"""The forms of experiments: the plan, the day of the start, and why one is stopped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField

from experiments.design import FEWEST_PAIRS
from experiments.models import Experiment, State
from experiments.validation import BOUNDS, FIXED, MOST_SECONDARY, known
from goals.amounts import amount_of
from goals.forms import AmountField, QuickSelect, metric_choices
from lifetracker.metrics.declaration import Metric
from lifetracker.metrics.registry import all_metrics
from lifetracker.web.forms import DayField, RecordForm, day_input
from lifetracker.web.units import chosen_unit

Choices = list[tuple[str, list[tuple[str, str]]]]


class Step(NamedTuple):
    """A part of the form: its heading (which may be empty), what it is about, and its fields."""

    title: str
    text: str
    fields: list[BoundField]


#: The parts of the form, in the order in which one thinks of them.
STEPS = (
    (
        "What you want to know",
        "You do A on some days and B on the others, and compare them.",
        ("question", "try_words", "usual_words"),
    ),
    (
        "What you measure",
        "The outcome decides. Other metrics are shown beside it and decide nothing.",
        ("outcome", "better", "worth", "outcome_lag", "secondary"),
    ),
    (
        "How many days",
        "A block is a few days in a row that are all A, or all B. Each pair has one of each, and a coin says which comes first. "
        "For a quick effect, many short blocks are best. Days marked as illness, travel or holiday do not count.",
        ("pairs", "block_days", "washout_days"),
    ),
    (
        "Whether you kept to it",
        "Optional. A metric can show from your records whether you did what the day asked for, such as hours fasted: at least 16 "
        "on days of A, less than 14 on days of B. One limit is enough. Without a metric this is not checked.",
        ("action", *BOUNDS),
    ),
    ("", "", ("notes",)),
)


class ExperimentForm(RecordForm):
    """The plan. Of what has begun only its words can be changed."""

    action = forms.ChoiceField(label="Checked by", required=False, widget=QuickSelect)
    outcome = forms.ChoiceField(label="Outcome", widget=QuickSelect)
    try_at_least = AmountField(label="Days of A: at least", required=False)
    try_below = AmountField(label="Days of A: less than", required=False)
    usual_at_least = AmountField(label="Days of B: at least", required=False)
    usual_below = AmountField(label="Days of B: less than", required=False)
    worth = AmountField(
        label="Smallest difference that matters",
        required=False,
        help_text="In the unit of the outcome. Leave empty if any difference matters.",
    )
    secondary = forms.MultipleChoiceField(
        label="Other metrics",
        required=False,
        help_text=f"At most {MOST_SECONDARY}. Hold Ctrl or Command to choose several.",
    )

    class Meta:
        model = Experiment
        fields = tuple(name for _, _, names in STEPS for name in names)
        labels: ClassVar = {
            "try_words": "A: what you try",
            "usual_words": "B: what you compare it with",
            "better": "What is better",
            "pairs": "Pairs of blocks",
            "block_days": "Days in each block",
            "washout_days": "First days left out",
            "outcome_lag": "Which day's value counts",
        }
        help_texts: ClassVar = {
            "pairs": f"At least {FEWEST_PAIRS}. More pairs show smaller differences.",
            "block_days": "",
            "washout_days": "At the start of each block, while the one before may still have an effect.",
            "outcome_lag": "Automatic: the day after for what is known on waking, such as recovery, else the same day.",
        }
        widgets: ClassVar = {"notes": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, data: Mapping[str, Any] | None, *, instance: Experiment) -> None:
        super().__init__(data, instance=instance)
        self.is_fixed = instance.state != State.PLANNED
        if self.is_fixed:
            for name in FIXED:
                del self.fields[name]
            return
        metrics = all_metrics()
        outcomes = with_units(metric_choices(metrics), metrics)
        self.set_choices("action", [("", "Not checked"), *outcomes, *clocks(metrics)])
        self.set_choices("outcome", [("", "Choose a metric"), *outcomes])
        self.set_choices("secondary", outcomes)
        lags = self.fields["outcome_lag"].choices  # type: ignore[attr-defined]  # of a choice
        self.set_choices("outcome_lag", [("", "Automatic"), *list(lags)[1:]])
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


def with_units(groups: Choices, metrics: Sequence[Metric]) -> Choices:
    """Return the choices with the unit in which each is typed in: a page without scripts cannot say it beside the field."""
    units = {one.key: chosen_unit(one.unit) for one in metrics}
    return [
        (title, [(key, f"{label} ({units[key]})" if units[key] else label) for key, label in some])
        for title, some in groups
    ]


def clocks(metrics: Sequence[Metric]) -> Choices:
    """Return the times of day, by which a day can be judged, such as when one went to bed."""
    found = [(one.key, f"{one.label} (such as 22:30)") for one in metrics if one.circular]
    return [("Times of day", found)] if found else []


class StartForm(forms.Form):
    """The first day of an experiment."""

    start = DayField(label="First day", widget=day_input())


class StopForm(forms.Form):
    """Why an experiment is stopped before its end."""

    reason = forms.CharField(
        label="Why do you stop?", max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
