"""The pages that show experiments: all of them, and one. What the outcome came to stands on none before the end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any, NamedTuple

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.generic import TemplateView

from experiments.acts import PATIENCE, can_be_stopped, warnings_of
from experiments.block_table import block_rows, legend
from experiments.design import Arm
from experiments.forms import StartForm, StopForm
from experiments.models import Experiment, State
from experiments.needs import lost_words, ways_back
from experiments.power_words import carry_words, caution_words, power_words
from experiments.reading import ExperimentDay, days_of, kept_counts
from experiments.result_page import ResultPage, pill_of, result_page
from experiments.result_words import capitalized, result_words, title_of
from experiments.words import (
    ARM_LETTERS,
    GONE,
    broken_words,
    contrast_words,
    design_words,
    label_of,
    late_words,
    length_words,
    progress_sentence,
    rule_words,
    sentence_of_list,
    unmarked_words,
    worth_of,
)
from lifetracker import days
from lifetracker.metrics.registry import find_even_deleted
from lifetracker.web.sentences import date_words
from lifetracker.words import counted

DELETED = "deleted"
#: So many of those that are over stand on a page.
LISTED = 50
NO_SUCH_KIND = "There are no experiments of this kind. These are all."


class Entry(NamedTuple):
    """An experiment in the list."""

    experiment: Experiment
    state: str
    pill: str
    words: str


PILLS = {State.PLANNED: "", State.RUNNING: "runs", State.ENDED: "", State.STOPPED: "asks"}


def entry_of(experiment: Experiment, today: date) -> Entry:
    state = State(experiment.state)
    words = {
        State.PLANNED: lambda: design_words(experiment),
        State.RUNNING: lambda: running_words(experiment, today),
    }.get(state, lambda: str(result_words(experiment)))()
    if state == State.ENDED and experiment.result:
        return Entry(experiment, title_of(experiment.result), pill_of(experiment.result), words)
    return Entry(experiment, state.label.capitalize(), PILLS[state], words)


def running_words(experiment: Experiment, today: date) -> str:
    """Return how far it is, and what of it is gone."""
    return " ".join((progress_sentence(experiment, today), *lost_words(experiment)))


class ExperimentsView(LoginRequiredMixin, TemplateView):
    """All experiments, those that run first."""

    template_name = "experiments/experiments.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        show = request.GET.get("show", "")
        is_known = show in {"", DELETED}
        context = self.get_context_data(
            is_deleted=show == DELETED, refused="" if is_known else NO_SUCH_KIND
        )
        status = HTTPStatus.OK if is_known else HTTPStatus.BAD_REQUEST
        return self.render_to_response(context, status=status)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = days.owners_today()
        rows = Experiment.objects.order_by("-pk")
        if kwargs["is_deleted"]:
            found = list(rows.filter(deleted_at__isnull=False)[:LISTED])
        else:
            order = [State.RUNNING, State.PLANNED, State.ENDED, State.STOPPED]
            found = sorted(rows.live()[:LISTED], key=lambda one: order.index(State(one.state)))
        return super().get_context_data(
            entries=[entry_of(one, today) for one in found],
            sentence=sentence_of_list(found, today) if not kwargs["is_deleted"] else "",
            has_deleted=Experiment.objects.filter(deleted_at__isnull=False).exists(),
            **kwargs,
        )


# --- One experiment -------------------------------------------------------------------------------


class ExperimentView(LoginRequiredMixin, TemplateView):
    """One experiment: its plan and its power before the start, its blocks while it runs, and what came of it."""

    template_name = "experiments/experiment.html"
    #: What was sent and refused.
    start_form: StartForm | None = None
    stop_form: StopForm | None = None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        experiment = get_object_or_404(Experiment.objects.live(), pk=kwargs["pk"])
        today = days.owners_today()
        power = power_of(experiment, today)
        schedule = days_of(experiment)
        lost = lost_words(experiment)
        return super().get_context_data(
            experiment=experiment,
            state=State(experiment.state).label.capitalize(),
            is_planned=experiment.state == State.PLANNED,
            can_stop=experiment.state == State.RUNNING and can_be_stopped(experiment),
            is_over=experiment.state == State.RUNNING and experiment.is_over,
            can_be_reckoned=not experiment.cannot_be_reckoned,
            is_lost=bool(lost),
            ways_back=list(ways_back(experiment)) if lost else [],
            sentence=opening(experiment, today),
            meaning=result_words(experiment).meaning,
            plan=design_words(experiment),
            power=power_words(experiment, power),
            length=length_words(experiment, today),
            warnings=lost or cautions_of(experiment, power),
            facts=facts_of(experiment),
            blocks=block_rows(schedule, experiment, today),
            legend=legend(experiment, schedule),
            broken=broken_words(experiment, counts_until(schedule, today))
            if experiment.state == State.RUNNING
            else [],
            late=marks_words(schedule) if experiment.state == State.RUNNING else "",
            mark_day=day_to_mark(experiment, today),
            today=today,
            found=result_of_page(experiment),
            start_form=self.start_form or StartForm(),
            stop_form=self.stop_form or StopForm(),
            patience=counted(PATIENCE.days, "day"),
            **kwargs,
        )


def power_of(experiment: Experiment, today: date) -> dict[str, Any]:
    """Return what is said of the power: of a plan by the days until now, else what was said before the start."""
    if experiment.state != State.PLANNED:
        return dict(experiment.power)
    from experiments.reckoning import power_before  # noqa: PLC0415 - numpy, for few requests

    return power_before(experiment, today)


def opening(experiment: Experiment, today: date) -> str:
    if experiment.state == State.PLANNED:
        return "Planned. Look at what it will be able to notice, and let it begin."
    if experiment.state == State.RUNNING:
        return progress_sentence(experiment, today)
    return result_words(experiment).found


def cautions_of(experiment: Experiment, power: Mapping[str, Any]) -> list[str]:
    """Return what stands at the top of a plan, or of what runs: first that it will hardly decide anything."""
    found = warnings_of(experiment)
    if experiment.state in {State.PLANNED, State.RUNNING}:
        found.insert(0, caution_words(experiment, power))
    if experiment.state == State.PLANNED:
        found += [contrast_words(experiment), carry_words(experiment)]
    return list(filter(None, found))


class Fact(NamedTuple):
    name: str
    value: str


def facts_of(experiment: Experiment) -> list[Fact]:
    """Return the plan, point by point."""
    found = [
        Fact("Outcome", outcome_words(experiment)),
        Fact(
            "What matters",
            "any difference" if experiment.worth is None else f"{worth_of(experiment)} or more",
        ),
    ]
    if experiment.action:
        found.append(Fact("Checked by", capitalized(label_of(experiment.action))))
        found += [Fact(f"{ARM_LETTERS[arm]} is kept", rule_words(experiment, arm)) for arm in Arm]
    if others := experiment.others:
        found.append(Fact("Other metrics", capitalized(", ".join(map(label_of, others)))))
    if experiment.start and experiment.last:
        found.append(
            Fact("Days", f"{date_words(experiment.start)} to {date_words(experiment.last)}")
        )
    if experiment.stopped_on:
        found.append(Fact("Stopped", date_words(experiment.stopped_on)))
    return found


def outcome_words(experiment: Experiment) -> str:
    when = "the day after" if experiment.lag > timedelta(0) else "the same day"
    if find_even_deleted(experiment.outcome) is None:
        return f"{capitalized(GONE)}, {experiment.get_better_display()}"
    return f"{label_of(experiment.outcome)} of {when}, {experiment.get_better_display()}"


def day_to_mark(experiment: Experiment, today: date) -> date | None:
    """Return the next day that counts no more if it is marked now: today, and tomorrow where the outcome is that of the same day;
    None where no day is asked for then. Marks are dated by `TIME_ZONE`, where it may be tomorrow already."""
    day = max(today, days.today())
    if not experiment.lag:
        day += days.ONE_DAY
    if day > today + days.ONE_DAY:
        return None
    is_asked = experiment.state == State.RUNNING and experiment.arm_on(day) is not None
    return day if is_asked else None


def marks_words(schedule: list[ExperimentDay]) -> str:
    """Return how many days were marked, or unmarked, too late."""
    late = sum(bool(one.late_mark and one.is_counted) for one in schedule)
    unmarked = sum(one.is_unmarked and one.counts for one in schedule)
    return " ".join(filter(None, (late_words(late), unmarked_words(unmarked))))


def counts_until(schedule: list[ExperimentDay], today: date) -> dict[str, dict[str, int]]:
    """Return by arm on how many of the days before today that count it was kept, was not, and nobody knows."""
    return kept_counts(one for one in schedule if one.day < today)


def result_of_page(experiment: Experiment) -> ResultPage | None:
    if experiment.state != State.ENDED or not experiment.result:
        return None
    return result_page(experiment, experiment.result)
