"""Experiments in the admin. What the outcome came to is shown when an experiment has ended, and nowhere before."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminSelectWidget

from experiments.forms import BEGUN_SINCE, PlanForm
from experiments.models import Experiment, State
from experiments.result_words import result_words
from experiments.validation import FIXED
from experiments.words import gone_choice
from lifetracker.admin import Choices, DeletableList, DeletedFilter, labels
from lifetracker.metrics.registry import all_metrics
from lifetracker.web.forms import Names

STATES = {"planned": "info", "running": "warning", "ended": "success", "stopped": "danger"}


def metric_choices(*, clocks: bool) -> Choices:
    """Return the metrics by the names that their owner knows, with or without times of day."""
    found = [one for one in all_metrics() if clocks or not one.circular]
    return [(one.key, f"{one.label} ({one.unit})" if one.unit else one.label) for one in found]


class ExperimentForm(PlanForm):
    secondary = Names(
        label="Other metrics",
        required=False,
        help_text="Keys with commas between them, such as whoop.hrv, whoop.sleep_hours. They decide nothing.",
    )

    class Meta:
        model = Experiment
        fields = (
            *("question", "try_words", "usual_words", "action"),
            *("try_at_least", "try_below", "usual_at_least", "usual_below"),
            *("outcome", "better", "worth", "secondary", "outcome_lag"),
            *("block_days", "washout_days", "pairs", "notes"),
        )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("action", "outcome"):
            if field := self.fields.get(name):
                field.help_text = ""  # it names keys, which only the API takes
                chosen = getattr(self.instance, name)
                choices = metric_choices(clocks=name == "action")
                if chosen and chosen not in dict(choices):
                    choices.append(gone_choice(chosen))
                field.widget = UnfoldAdminSelectWidget(choices=[("", "---------"), *choices])


@admin.register(Experiment)
class ExperimentAdmin(DeletableList):
    form = ExperimentForm
    list_display = ("question", "shown_state", "outcome", "start")
    list_filter = (DeletedFilter, "state")
    search_fields = ("question", "try_words", "usual_words", "notes")
    search_help_text = "Search in the questions, in what is tried and compared, and in the notes"
    course = ("state", "start", "stopped_on", "stop_reason", "what_came_of_it")

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> object:
        facts = (None, {"fields": ExperimentForm.Meta.fields})
        return [("Course", {"fields": self.course}), facts] if obj else [facts]

    def get_readonly_fields(self, request: HttpRequest, obj: Experiment | None = None) -> object:
        """Of what has begun, the plan stays."""
        if obj is None:
            return ()
        return (*self.course, *(FIXED if obj.state != State.PLANNED else ()))

    def save_model(self, request: HttpRequest, obj: Experiment, form: Any, change: Any) -> None:
        super().save_model(request, obj, form, change)
        if form.sent_a_plan_too_late:
            messages.warning(request, BEGUN_SINCE)

    @admin.display(description="What came of it")
    def what_came_of_it(self, experiment: Experiment) -> str:
        return str(result_words(experiment))

    @labels("State", "state", STATES)
    def shown_state(self, experiment: Experiment) -> str:
        return experiment.state
