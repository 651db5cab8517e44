"""The forms of experiments: the plan, the day of the start, and why one is stopped."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField

from experiments.design import FEWEST_PAIRS, Arm
from experiments.limits import LimitField, hour_of
from experiments.models import FARTHEST_START, Experiment, State
from experiments.validation import (
    BLOCK_LENGTHS,
    BOUNDS,
    FEW_PAIRS,
    FIXED,
    MANY_PAIRS,
    MOST_SECONDARY,
)
from experiments.words import gone_choice
from goals.amounts import amount_of
from goals.forms import AmountField, QuickSelect, metric_choices
from lifetracker import days
from lifetracker.metrics.declaration import Metric
from lifetracker.metrics.registry import all_metrics, counted_key, find_metric
from lifetracker.web.forms import DayField, RecordForm, day_input
from lifetracker.web.units import chosen_unit

Choices = list[tuple[str, list[tuple[str, str]]]]


class Step(NamedTuple):
    """A part of the form: its heading (which may be empty), what it is about, and its fields."""

    title: str
    text: str
    fields: list[BoundField]


#: Which answer keeps a day, of a metric that is yes or no, and the limits that stand for it: from 1 on, below 1.
ANSWERS = {
    "try_answer": ("try_at_least", "try_below"),
    "usual_answer": ("usual_at_least", "usual_below"),
}
YES, NO = "yes", "no"
YES_OR_NO = [("", "Not checked"), (YES, "Yes"), (NO, "No")]
#: In this group of metrics they stand. The style sheet knows it, and shows what a metric needs.
YES_NO_GROUP = "Yes or no"
#: Why a difference is filled in, of a plan that comes from an insight.
AS_SEEN = "Filled in from the insight: half of the difference that your days have shown, or as much as means something."
BEGUN_SINCE = (
    "The experiment has begun since this form was opened, so that its plan stays as it is. Only the question and the notes are "
    "saved."
)
#: The parts of the form, in the order in which one thinks of them.
STEPS = (
    (
        "What you want to know",
        "You do A on some days and B on the others, and compare them. Try only what is safe for you: this is no advice on "
        "medicines or illness. Ask a doctor before you begin, change or stop a medicine.",
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
        "So 10 pairs of 3 days take 60 days. For a quick effect, many short blocks are best. A day "
        "that you mark as illness, travel or holiday by its end does not count; where the value of the same day counts, before it "
        "begins.",
        ("pairs", "block_days", "washout_days"),
    ),
    (
        "Whether you kept to it",
        "A metric can show from your records whether you did what the day asked for, such as hours fasted: at least 16 on days "
        "of A, less than 14 on days of B. One limit is enough. Where B has none, its days may be the same as those of A, and then "
        "they differ less.",
        ("action", *ANSWERS, *BOUNDS),
    ),
    ("", "", ("notes",)),
)


class PlanForm(RecordForm):
    """What a page and the admin share."""

    @property
    def sent_a_plan_too_late(self) -> bool:
        """Return whether the form was opened before the experiment began: the plan that it sends is not saved."""
        return bool({*FIXED, *ANSWERS} & {*self.data} - {*self.fields})


class ExperimentForm(PlanForm):
    """The plan. Of what has begun only its words can be changed."""

    action = forms.ChoiceField(label="Checked by", required=False, widget=QuickSelect)
    outcome = forms.ChoiceField(label="Outcome", widget=QuickSelect)
    try_answer = forms.ChoiceField(
        label="Days of A: kept with", required=False, choices=YES_OR_NO, widget=QuickSelect
    )
    usual_answer = forms.ChoiceField(
        label="Days of B: kept with", required=False, choices=YES_OR_NO, widget=QuickSelect
    )
    try_at_least = LimitField(label="Days of A: at least", required=False)
    try_below = LimitField(label="Days of A: less than", required=False)
    usual_at_least = LimitField(label="Days of B: at least", required=False)
    usual_below = LimitField(label="Days of B: less than", required=False)
    worth = AmountField(
        label="Smallest difference that matters",
        required=False,
        help_text="In the unit of the outcome. Leave empty if any difference matters. The result says “Keep it” only if all of "
        "its likely range is as large.",
    )
    secondary = forms.MultipleChoiceField(
        label="Other metrics",
        required=False,
        help_text=f"At most {MOST_SECONDARY}.",
    )

    class Meta:
        model = Experiment
        fields = tuple(name for _, _, names in STEPS for name in names if name not in ANSWERS)
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
            "outcome_lag": "Automatic: the day after for what is known on waking, such as recovery, or done at night, such as "
            "going to bed, else the same day. For what you do in the evening, choose the day after.",
        }
        error_messages: ClassVar = {
            "pairs": {"min_value": FEW_PAIRS, "max_value": MANY_PAIRS},
            "block_days": {"min_value": BLOCK_LENGTHS, "max_value": BLOCK_LENGTHS},
        }
        widgets: ClassVar = {"notes": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, data: Mapping[str, Any] | None, *, instance: Experiment) -> None:
        super().__init__(data, instance=instance)
        self.is_fixed = instance.state != State.PLANNED
        for name in ("question", "try_words", "usual_words"):
            # A browser would cut what is pasted without a word; the form says that it is too long.
            self.fields[name].widget.attrs.pop("maxlength", None)
        if self.is_fixed:
            for name in (*FIXED, *ANSWERS):
                del self.fields[name]
            return
        # What was merged since is shown as what it counts for.
        for name in ("action", "outcome"):
            self.initial[name] = counted_key(getattr(instance, name))
        self.initial["secondary"] = instance.others
        metrics = all_metrics()
        answered = {one.key for one in metrics if one.is_yes_no}
        outcomes = with_units(metric_choices(metrics), metrics)
        self.set_choices(
            "action", [("", "Not checked"), *apart(outcomes, answered), *clocks(metrics)]
        )
        self.set_choices("outcome", [("", "Choose a metric"), *outcomes])
        self.set_choices("secondary", outcomes)
        lag = self.fields["outcome_lag"]
        lag.choices = [("", "Automatic"), *list(lag.choices)[1:]]  # type: ignore[attr-defined]  # of a choice
        for name in (*BOUNDS, "worth"):
            self.fields[name].unit = self.unit_of(name)  # type: ignore[attr-defined]  # of an amount
        for name in BOUNDS:
            self.fields[name].is_clock = self.is_clock  # type: ignore[attr-defined]  # of a limit
        if not self.is_bound and instance.pk is None and instance.worth is not None:
            worth = self.fields["worth"]
            worth.help_text = f"{AS_SEEN} {worth.help_text}"
        for name, arm in zip(ANSWERS, Arm, strict=True):
            self.initial[name] = {True: YES, False: NO, None: ""}[instance.rule_of(arm).answer]

    def set_choices(self, name: str, choices: list[Any]) -> None:
        """Offer these, and what was chosen before although it is gone."""
        chosen = self.initial[name]
        there = {key for _, keys in choices if isinstance(keys, list) for key, _ in keys}
        gone = [one for one in (chosen if isinstance(chosen, list) else [chosen]) if one]
        named = [gone_choice(one) for one in gone if one not in there]
        self.fields[name].choices = [*choices, *named]  # type: ignore[attr-defined]  # of a choice

    def unit_of(self, name: str) -> str:
        """Return the unit of an amount: that of the chosen metric."""
        metric = self.chosen("outcome" if name == "worth" else "action")
        return metric.unit if metric else ""

    @property
    def is_clock(self) -> bool:
        """Return whether days are judged by a time of day."""
        action = self.chosen("action")
        return bool(action and action.circular)

    def number_of(self, name: str, typed: str) -> float:
        is_time = name in BOUNDS and self.is_clock
        return hour_of(typed) if is_time else amount_of(typed, self.unit_of(name))

    def chosen(self, name: str) -> Metric | None:
        key = self.data.get(name) if self.is_bound else getattr(self.instance, name)
        return find_metric(str(key or ""))

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        for name in (*BOUNDS, "worth"):
            typed = values.get(name)
            if isinstance(typed, str):
                try:
                    values[name] = self.number_of(name, typed) if typed else None
                except ValidationError as error:
                    self.add_error(name, error)
        action = None if self.is_fixed else self.chosen("action")
        if action and action.is_yes_no:
            self.take_answers(values)
        for name in ("action", "outcome", "secondary"):
            if name in values and name not in self.changed_data:
                # It stays as it was planned, for when it is taken apart again.
                values[name] = getattr(self.instance, name)
        return values

    def take_answers(self, values: dict[str, Any]) -> None:
        """Make limits of the answers with which days are kept. What is wrong with them stands at an answer."""
        for name, (least, below) in ANSWERS.items():
            answer = values.get(name)
            values[least], values[below] = (1.0 if answer == one else None for one in (YES, NO))
        tried, usual = (values.get(name) for name in ANSWERS)
        if not (tried or usual):
            self.add_error("try_answer", "Say with which answer days of A, or of B, are kept.")
        elif tried == usual:
            self.add_error("usual_answer", "Choose the other answer, or “Not checked”.")

    def _update_errors(self, errors: ValidationError) -> None:
        """Leave out what the answers say already."""
        if self.errors.keys() & ANSWERS.keys() and hasattr(errors, "error_dict"):
            errors = ValidationError(
                {k: v for k, v in errors.error_dict.items() if k not in {"action", *BOUNDS}}
            )
        super()._update_errors(errors)

    def other_metrics(self) -> list[tuple[str, list[tuple[str, str, bool]]]]:
        """Return the metrics that can be looked at beside the outcome, by domain, and whether each is chosen."""
        chosen = set(self["secondary"].value() or ())
        groups: dict[str, list[tuple[str, str, bool]]] = {}
        for title, found in self.fields["secondary"].choices:  # type: ignore[attr-defined]  # of a choice
            some = found if isinstance(found, list) else [(title, found)]
            name = title if isinstance(found, list) else "No longer there"
            groups.setdefault(name, []).extend((key, label, key in chosen) for key, label in some)
        return list(groups.items())

    def steps(self) -> Iterator[Step]:
        """Yield the parts of the form that have a field."""
        for title, text, names in STEPS:
            fields = [self[name] for name in names if name in self.fields]
            if fields:
                yield Step(title, text, fields)


def with_units(groups: Choices, metrics: Sequence[Metric]) -> Choices:
    """Return the choices by their names, with the unit in which each is typed in: a page without scripts cannot say it beside
    the field."""
    units = {one.key: chosen_unit(one.unit) for one in metrics}
    named = [
        (title, [(key, f"{label} ({units[key]})" if units[key] else label) for key, label in some])
        for title, some in groups
    ]
    return sorted(
        ((title, sorted(some, key=by_label)) for title, some in named),
        key=lambda group: group[0].casefold(),
    )


def by_label(choice: tuple[str, str]) -> str:
    return choice[1].casefold()


def apart(groups: Choices, answered: Collection[str]) -> Choices:
    """Return the choices with those that are answered by yes or no in a group of their own, the first."""
    own = [one for _, some in groups for one in some if one[0] in answered]
    rest = [(title, [one for one in some if one[0] not in answered]) for title, some in groups]
    first = [(YES_NO_GROUP, sorted(own, key=by_label))] if own else []
    return [*first, *((title, some) for title, some in rest if some)]


def clocks(metrics: Sequence[Metric]) -> Choices:
    """Return the times of day, by which a day can be judged, such as when one went to bed."""
    found = [(one.key, f"{one.label} (such as 22:30)") for one in metrics if one.circular]
    return [("Times of day", found)] if found else []


class StartForm(forms.Form):
    """The first day of an experiment."""

    start = DayField(label="First day", widget=day_input())

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        """Show today at first; the calendar begins and ends where a start may be."""
        today = days.owners_today()
        super().__init__(data, initial={"start": today})
        ends = {"min": today.isoformat(), "max": (today + FARTHEST_START).isoformat()}
        self.fields["start"].widget.attrs |= ends


class StopForm(forms.Form):
    """Why an experiment is stopped before its end."""

    reason = forms.CharField(
        label="Why do you stop?", max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
