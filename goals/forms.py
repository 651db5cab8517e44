"""The forms of goals: a new one as a sentence, its changes, and free days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from goals.amounts import amount_of, typed_amount
from goals.models import FreePeriod, Goal
from goals.plan import Direction, Kind, Per
from goals.validation import DAYS, ROLLING
from goals.weekday_field import WeekdaysField
from lifetracker.domains import title_of_key
from lifetracker.metrics.declaration import Metric
from lifetracker.models import DayMark
from lifetracker.web.charts.markup import NOTHING
from lifetracker.web.forms import DayField, RecordForm, day_input
from lifetracker.web.units import chosen_unit

#: What a goal is about, as the end of the sentence says it.
HOWS = {
    Kind.TOTAL: {
        Per.DAY: "a day",
        Per.WEEK: "a week",
        Per.MONTH: "a month",
        Per.ROLLING: "in any so many days",
    },
    Kind.MEAN: {
        Per.DAY: "on each day",
        Per.WEEK: "on average in a week",
        Per.MONTH: "on average in a month",
        Per.ROLLING: "on average in so many days",
    },
    Kind.DAYS: {
        Per.WEEK: "on some days of a week",
        Per.MONTH: "on some days of a month",
        Per.ROLLING: "on some of so many days",
    },
}
REACH = "reach"
#: What the keys of the hours of single projects begin with.
PROJECTS = "time.project-"
GROUPS = {Kind.TOTAL: "In total", Kind.MEAN: "As a mean", Kind.DAYS: "Counted days"}
MOST_OR_LEAST = [(one.value, one.label.lower()) for one in Direction]
#: At which field of the sentence stands what speaks against a field of the goal.
PLACES = {
    "kind": "how",
    "per": "how",
    "unit": "amount",
    "day_at_least": "amount",
    "day_at_most": "amount",
}
LONGEST = 40
SELECTED = format_html(" {}", "selected")


class AmountField(forms.CharField):
    """A number as people type it. The form makes a number of it once the unit is known."""

    #: What it is stored in.
    unit = ""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST, **options)
        self.widget.attrs |= {"autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        return typed_amount(value, self.unit) if isinstance(value, int | float) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare what was shown with what came back."""
        return (self.prepare_value(initial) or "") != (data or "").strip()


class QuickSelect(forms.Select):
    """A select of many options: Django's own renders a template for each, which takes longer than all of the page."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        groups = self.optgroups(name, self.format_value(value), attrs)
        attributes = self.build_attrs(self.attrs, attrs) | {"name": name}
        return format_html(
            "<select{}>{}</select>",
            flatatt(attributes),
            format_html_join("", "{}", ((_group(title, options),) for title, options, _ in groups)),
        )


def _group(title: str | None, options: Sequence[Mapping[str, Any]]) -> SafeString:
    found = format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((one["value"], mark_selected(one), one["label"]) for one in options),
    )
    return format_html('<optgroup label="{}">{}</optgroup>', title, found) if title else found


def mark_selected(option: Mapping[str, Any]) -> SafeString:
    return SELECTED if option["selected"] else NOTHING


def metric_choices(metrics: Iterable[Metric]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the metrics that a goal can be about, by their domain, and those of single projects by themselves."""
    able = [one for one in metrics if not one.circular]
    groups: dict[str, list[tuple[str, str]]] = {}
    same = Counter(one.label for one in able)
    for one in sorted(able, key=lambda one: (one.domain, one.key.startswith(PROJECTS))):
        title = "Toggl projects" if one.key.startswith(PROJECTS) else title_of_key(one.key)
        groups.setdefault(title, []).append((one.key, label_among(one, same)))
    return list(groups.items())


def label_among(metric: Metric, same: Mapping[str, int]) -> str:
    """Return the label of a metric, with the id of its project where another one has the same name."""
    number = metric.key.removeprefix(PROJECTS)
    is_twin = same[metric.label] > 1 and number != metric.key
    return f"{metric.label}, id {number}" if is_twin else metric.label


def how_choices(metric: Metric | None) -> list[tuple[str, list[tuple[str, str]]] | tuple[str, str]]:
    """Return what a goal on a metric can ask for. Sums are left out where days cannot be added up."""
    kinds = [kind for kind in HOWS if kind is not Kind.TOTAL or metric is None or metric.additive]
    found: list[Any] = [
        (GROUPS[kind], [(f"{kind.value}.{per.value}", words) for per, words in HOWS[kind].items()])
        for kind in kinds
    ]
    return [*found, ("A value", [(REACH, "by a certain day")])]


class SentenceForm(forms.Form):
    """I want `metric` to be `direction` `amount` `how`. Of counted days, the amount is that of a day, and `most_days` of
    `count` days are wanted."""

    metric = forms.ChoiceField(label="I want", widget=QuickSelect)
    direction = forms.ChoiceField(label="to be", choices=MOST_OR_LEAST, widget=QuickSelect)
    amount = AmountField(label="Amount")
    how = forms.ChoiceField(label="How it is counted", widget=QuickSelect)
    rolling_days = forms.IntegerField(
        label="How many days",
        required=False,
        min_value=ROLLING[0],
        max_value=ROLLING[1],
        error_messages={
            "min_value": "Enter at least %(limit_value)s days.",
            "max_value": "Enter at most %(limit_value)s days.",
        },
    )
    weekdays = WeekdaysField(label="only on", required=False)
    most_days = forms.ChoiceField(label="on", choices=MOST_OR_LEAST, required=False)
    count = AmountField(label="Number of days", required=False)
    start = DayField(label="from", widget=day_input())
    end = DayField(label="until", required=False, widget=day_input())
    start_value = AmountField(label="beginning with", required=False)
    name = forms.CharField(label="Name", max_length=100, required=False)

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        metrics: Sequence[Metric],
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.by_key = {one.key: one for one in metrics}
        self.fields["metric"].choices = metric_choices(metrics)  # type: ignore[attr-defined]  # of a choice
        self.fields["how"].choices = how_choices(self.chosen)  # type: ignore[attr-defined]  # of a choice
        for name in self.fields.keys() - self.shown:
            del self.fields[name]
        for name, unit in self.units.items():
            self.fields[name].unit = unit  # type: ignore[attr-defined]  # of an amount
        if self.kind is Kind.REACH:
            self.fields["end"].required = True
            self.fields["end"].label = "to"

    @property
    def said(self) -> Mapping[str, Any]:
        return self.data if self.is_bound else self.initial

    @property
    def chosen(self) -> Metric | None:
        return self.by_key.get(str(self.said.get("metric", "")))

    @property
    def kind(self) -> Kind | None:
        kind, _, _ = str(self.said.get("how", "")).partition(".")
        return Kind(kind) if kind in Kind.values else None

    @property
    def per(self) -> Per | None:
        _, _, per = str(self.said.get("how", "")).partition(".")
        return Per(per) if per in Per.values else None

    @property
    def shown(self) -> set[str]:
        """Return the names of the fields that the kind of goal needs."""
        found = {"metric", "direction", "amount", "how", "start", "end", "name"}
        if self.kind is Kind.DAYS:
            found |= {"most_days", "count"}
        if self.per is Per.ROLLING:
            found.add("rolling_days")
        if self.per is Per.DAY:
            found.add("weekdays")
        if self.kind is Kind.REACH:
            found.add("start_value")
        return found

    @property
    def unit(self) -> str:
        return self.chosen.unit if self.chosen else ""

    @property
    def units(self) -> dict[str, str]:
        """Return the unit of each amount that is asked for."""
        found = {"amount": self.unit, "start_value": self.unit, "count": DAYS}
        return {name: unit for name, unit in found.items() if name in self.fields}

    @property
    def unit_words(self) -> str:
        return chosen_unit(self.unit)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        for name, unit in self.units.items():
            if values.get(name):
                try:
                    values[name] = amount_of(values[name], unit)
                except ValidationError as error:
                    self.add_error(name, error)
        if self.kind is Kind.DAYS and values.get("count") == "":
            self.add_error("count", "Enter how many days.")
        if (
            self.per is Per.ROLLING
            and values.get("rolling_days") is None
            and "rolling_days" not in self.errors
        ):
            self.add_error("rolling_days", "Enter how many days the rolling window has.")
        if not self.errors:
            self._check(self.goal())
        return values

    def goal(self) -> Goal:
        """Return the goal that is asked for, not stored yet. The form is clean."""
        values, metric = self.cleaned_data, self.chosen
        counts = self.kind is Kind.DAYS
        is_least = values["direction"] == Direction.AT_LEAST
        amount = values["amount"]
        start_value = values.get("start_value")
        return Goal(
            name=values["name"].strip() or (metric.label if metric else "")[:100],
            metric=values["metric"],
            kind=self.kind or "",
            per=self.per or "",
            rolling_days=values.get("rolling_days"),
            weekdays=values.get("weekdays", ""),
            direction=(values["most_days"] or Direction.AT_LEAST)
            if counts
            else values["direction"],
            target=values["count"] if counts else amount,
            unit=DAYS if counts else self.unit,
            day_at_least=amount if counts and is_least else None,
            day_at_most=amount if counts and not is_least else None,
            start=values["start"],
            start_value=None if start_value == "" else start_value,
            end=values["end"],
        )

    def _check(self, goal: Goal) -> None:
        """Say at its field what the goal itself finds wrong."""
        try:
            goal.full_clean()
        except ValidationError as error:
            for name, texts in error.message_dict.items():
                own = PLACES.get(name, name)
                if name == "target":
                    own = "count" if self.kind is Kind.DAYS else "amount"
                self.add_error(own if own in self.fields else None, texts)


class ChangeForm(RecordForm):
    """What can be changed of a goal: not what makes it this goal."""

    target = AmountField(label="Target")
    day_at_least = AmountField(label="A day counts from", required=False)
    day_at_most = AmountField(label="A day counts up to", required=False)
    end = DayField(label="Last day", required=False, widget=day_input())

    class Meta:
        model = Goal
        fields = ("name", "target", "day_at_least", "day_at_most", "end", "notes")
        widgets: ClassVar = {"notes": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, data: Mapping[str, Any] | None, *, instance: Goal, day_unit: str) -> None:
        super().__init__(data, instance=instance)
        self.units = {"target": instance.unit, "day_at_least": day_unit, "day_at_most": day_unit}
        for name, unit in self.units.items():
            self.fields[name].unit = unit  # type: ignore[attr-defined]  # of an amount
            words = chosen_unit(unit)
            if words:
                self.fields[name].label = f"{self.fields[name].label} ({words})"
        if instance.kind != Kind.DAYS:
            del self.fields["day_at_least"], self.fields["day_at_most"]
        if instance.kind == Kind.REACH:
            self.fields["end"].required = True
            self.fields["end"].label = "To be reached by"
        else:
            self.fields["end"].help_text = "Leave empty for a goal without an end."

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        for name, unit in self.units.items():
            if isinstance(values.get(name), str):
                try:
                    values[name] = amount_of(values[name], unit) if values[name] else None
                except ValidationError as error:
                    self.add_error(name, error)
        return values


class FreeForm(RecordForm):
    """Days on which nothing is asked for, of one goal or of all."""

    start = DayField(label="First free day", widget=day_input())
    end = DayField(label="Last free day", required=False, widget=day_input())
    every = forms.BooleanField(label="For all goals", required=False)

    class Meta:
        model = FreePeriod
        fields = ("start", "end", "mark", "note")
        labels: ClassVar = {"mark": "Which of these days"}
        widgets: ClassVar = {"note": forms.TextInput()}

    field_order = ("start", "end", "note", "mark", "every")

    def __init__(self, data: Mapping[str, Any] | None, *, instance: FreePeriod, goal: Goal) -> None:
        super().__init__(
            data,
            instance=instance,
            initial={"every": bool(instance.pk and instance.goal_id is None)},
        )
        self.goal = goal
        marks = self.fields["mark"]
        marks.help_text = "Or only those with a confirmed mark, such as days of illness. Then no last day is needed."
        marks.choices = [("", "All of these days"), *DayMark.Kind.choices]  # type: ignore[attr-defined]  # of a choice

    def _post_clean(self) -> None:
        self.instance.goal = None if self.cleaned_data.get("every") else self.goal
        super()._post_clean()  # type: ignore[misc]  # of Django, where the instance gets its values
