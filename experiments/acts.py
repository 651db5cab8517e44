"""What becomes of an experiment: it begins, is stopped, or is reckoned when its days are over."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.dateformat import format as format_date

from experiments.models import FARTHEST_START, Experiment, State
from experiments.needs import BECAME_ONE, lost_words
from lifetracker import days
from lifetracker.metrics.registry import UnknownMetric, counted_key
from lifetracker.models.table_locks import lock_table
from lifetracker.web.sentences import date_words, isolated

# So long after the last outcome the program waits for what devices and services send late.
PATIENCE = timedelta(days=2)
TOO_EARLY = (
    "The outcome of each day comes before what the day asks for, so that its result will say nothing. Better stop it, and plan "
    "another one with the outcome of the day after."
)
#: Why there is no result to reckon.
NO_RESULT = {
    State.PLANNED: "The experiment has not begun.",
    State.ENDED: "The result is reckoned already.",
    State.STOPPED: "The experiment was stopped, so that nothing is reckoned.",
}


def locked(pk: int) -> Experiment:
    """Return an experiment that nobody else changes within this transaction. Raises DoesNotExist."""
    return Experiment.objects.live().select_for_update().get(pk=pk)


def begin(experiment: Experiment, start: date) -> None:
    """Let a planned experiment begin on a day, and keep what was said before of its power. Raises ValidationError."""
    from experiments.reckoning import power_before  # noqa: PLC0415 - numpy, for few requests

    today = days.owners_today()
    if experiment.state != State.PLANNED:
        raise ValidationError("This experiment has begun already.")
    if not today <= start <= today + FARTHEST_START:
        raise ValidationError(
            {"start": f"Choose a day from today to {date_words(today + FARTHEST_START)}."}
        )
    experiment.full_clean()
    # Of two that begin at once, the second one sees the first.
    lock_table(Experiment)
    refuse_two_orders(experiment, start)
    experiment.start, experiment.state = start, State.RUNNING
    experiment.power = power_before(experiment, start)
    experiment.save()


def refuse_two_orders(experiment: Experiment, start: date) -> None:
    """Raise ValidationError where another one that runs asks for something of the same on a day: nobody can keep both."""
    last = start + timedelta(days=experiment.design.days - 1)
    others = Experiment.objects.running().exclude(pk=experiment.pk).exclude(action="")
    action = counted_key(experiment.action)
    for other in others.filter(start__lte=last).order_by("pk"):
        if other.last and other.last >= start and counted_key(other.action) == action:
            raise ValidationError(
                {
                    "start": f"“{isolated(other.question)}” runs until {date_words(other.last)} and is judged by the "
                    "same metric: one day would ask for both A and B. Let this one begin after it, or stop that one first."
                }
            )


def stop(experiment: Experiment, reason: str) -> None:
    """Stop a running experiment, which is then not decided. Raises ValidationError."""
    if experiment.state != State.RUNNING:
        raise ValidationError("Only a running experiment can be stopped.")
    if not can_be_stopped(experiment):
        raise ValidationError(
            "All days of the experiment are over, so that there is nothing to stop. Its result can be reckoned."
        )
    if not reason.strip():
        raise ValidationError({"reason": "Say in a few words why you stop."})
    experiment.state, experiment.stopped_on = State.STOPPED, days.today()
    experiment.stop_reason = reason.strip()
    experiment.save()


def can_be_stopped(experiment: Experiment) -> bool:
    """Return whether a running experiment has days left, or cannot be reckoned."""
    return experiment.has_days_left or experiment.cannot_be_reckoned


def finish(experiment: Experiment) -> None:
    """Reckon and store the result of an experiment whose days are over. Raises ValidationError before that."""
    from experiments.reckoning import result_of  # noqa: PLC0415 - numpy, for few requests

    if experiment.state != State.RUNNING:
        raise ValidationError(NO_RESULT[State(experiment.state)])
    if not experiment.is_over:
        raise ValidationError("The result is reckoned when all days of the experiment are over.")
    if experiment.measures_what_it_tries:
        raise ValidationError(BECAME_ONE)
    try:
        experiment.result = result_of(experiment)
    except UnknownMetric:
        raise ValidationError(
            "The metric of the outcome was deleted, so that there is nothing to reckon. Stop the experiment."
        ) from None
    experiment.state, experiment.reckoned_at = State.ENDED, timezone.now()
    experiment.save()


def finish_all() -> int:
    """Reckon what has been over for some days; return how many have a result now."""
    number = 0
    limit = days.today() - PATIENCE
    for pk in [one.pk for one in Experiment.objects.running() if is_over_since(one, limit)]:
        with transaction.atomic():
            try:
                finish(locked(pk))
            except (Experiment.DoesNotExist, ValidationError):
                # Somebody was quicker, or there is nothing to reckon, which its page says.
                continue
        number += 1
    return number


def is_over_since(experiment: Experiment, day: date) -> bool:
    return experiment.last is not None and experiment.last + experiment.lag < day


def warnings_of(experiment: Experiment) -> list[str]:
    """Return what speaks against beginning now, although it is possible, or what spoils an experiment that runs."""
    if lost := lost_words(experiment):
        return lost
    if experiment.state not in {State.PLANNED, State.RUNNING} or experiment.is_over:
        return []
    advice = (
        "Better wait until it has ended."
        if experiment.state == State.PLANNED
        else "Better stop one of them."
    )
    found = [TOO_EARLY] if experiment.reads_too_early else []
    others = Experiment.objects.running().exclude(pk=experiment.pk)
    action, outcome = counted_key(experiment.action), counted_key(experiment.outcome)
    for other in others.order_by("pk"):
        if other.is_over:
            continue
        until = format_date(other.last, "j F") if other.last else ""
        if counted_key(other.outcome) == outcome:
            found.append(
                f"“{isolated(other.question)}” runs until {until} and has the same outcome: neither will tell its own effect from "
                f"that of the other. {advice}"
            )
        elif action and counted_key(other.action) == action:
            found.append(
                f"“{isolated(other.question)}” runs until {until} and asks for something else of the same. You cannot keep both. {advice}"
            )
    return found
