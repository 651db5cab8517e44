"""What was found, and every look that found, held or withdrew it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Self, TypeVar

from django.db import models
from django.utils import timezone

from insights.held_back import trials, tried_actions
from insights.states import SHOWN, TOLD_CHANGES, ChangeState, State
from lifetracker.models import fields

Model = TypeVar("Model", bound=models.Model)

TEST_CHOICES = [(one.value, one.value) for one in State]
CHOICES = [one for one in TEST_CHOICES if one[0] != State.CORRECTED]
CHANGE_CHOICES = [(one.value, one.value) for one in ChangeState]


class InsightRun(models.Model):
    """A look at all whole days up to one. What it tested follows from `series` and `version`. The export has it only while no
    experiment that runs tries an action of its bounds."""

    exported = True
    export_name = "insight-runs"

    started_at = models.DateTimeField(auto_now_add=True)
    last_day = models.DateField(help_text="The last day that it looked at.")
    version = fields.PositiveIntegerField(unit="", help_text="Of the rules by which it tested.")
    seed = fields.PositiveIntegerField(unit="", help_text="Of the shifts that it drew.")
    tested = fields.PositiveIntegerField(unit="", help_text="How many pairs and lags were tested.")
    found = fields.PositiveIntegerField(unit="", help_text="How many of them stood out.")
    confirmed = fields.PositiveIntegerField(unit="", help_text="How many were confirmed by it.")
    withdrawn = fields.PositiveIntegerField(unit="", help_text="How many were withdrawn by it.")
    series = models.JSONField(
        default=dict,
        help_text="The metrics that took part: the first and the last known day and the known days of each.",
    )
    left_out = models.JSONField(
        default=dict, help_text="The metrics with too few days, and how many days each knows."
    )
    compared = models.JSONField(
        default=list, help_text="The metrics that were looked at for changes of their mean."
    )
    collinear = models.JSONField(
        default=dict,
        help_text="By action, the others that are so correlated with it that days cannot separate them.",
    )
    bounds = models.JSONField(
        default=list,
        help_text="Of pairs in which nothing was found: how large an effect the days could have shown.",
    )

    class Meta:
        ordering = ["-id"]
        verbose_name = "look for insights"
        verbose_name_plural = "looks for insights"

    def __str__(self) -> str:
        return f"look up to {self.last_day}"

    @classmethod
    def exported_rows(cls) -> models.QuerySet[InsightRun]:
        tried = tried_actions(trials())
        looks = cls._default_manager.only("bounds") if tried else ()
        held = [one.pk for one in looks if one.untried_bounds(tried) != one.bounds]
        return cls._default_manager.exclude(pk__in=held)

    def untried_bounds(self, tried: Collection[str]) -> list[dict[str, Any]]:
        """Return its bounds of pairs whose action no experiment that runs tries. `tried`: `tried_actions`."""
        return [one for one in self.bounds if one["action"] not in tried]


class HidingQuerySet(models.QuerySet[Model]):
    """Of rows that their owner may hide."""

    def visible(self) -> Self:
        return self.filter(hidden_at__isnull=True)

    def hide(self, at: datetime | None = None) -> int:
        return self.visible().update(hidden_at=at or timezone.now())

    def unhide(self) -> int:
        return self.filter(hidden_at__isnull=False).update(hidden_at=None)


class FindingQuerySet(HidingQuerySet["Finding"]):
    def shown(self) -> Self:
        """Return those that may be said: confirmed on days on which they were not found, and large enough to matter."""
        return self.filter(state__in=SHOWN, is_large=True)

    def once_said(self) -> Self:
        """Return those that were said, and are no more."""
        return self.filter(state=State.WITHDRAWN, is_large=True)

    def said(self) -> Self:
        """Return those that may be said, and those that once were."""
        return self.filter(state__in=[*SHOWN, State.WITHDRAWN], is_large=True)

    def untried(self, tried: Collection[str] | None = None) -> Self:
        """Return those whose action no experiment that runs tries. `tried`: `tried_actions`, for who has asked already."""
        return self.exclude(action__in=tried_actions(trials()) if tried is None else tried)


class Finding(models.Model):
    """A pair of an action and an outcome that stood out. Its numbers are those of the days that confirmed it, or of the
    newest test before it was confirmed. The export has it only while no experiment that runs tries the action."""

    exported = True
    export_name = "findings"

    action = models.CharField(max_length=100, help_text="The key of a metric.")
    outcome = models.CharField(max_length=100, help_text="The key of a metric.")
    action_name = models.CharField(max_length=200)
    outcome_name = models.CharField(max_length=200)
    lag = fields.PositiveSmallIntegerField(
        "days in between",
        unit="days",
        help_text="From the day of the action to that of the outcome.",
    )
    state = models.CharField(max_length=13, choices=CHOICES)
    found_on = models.DateField(help_text="The last day of those on which it was found.")
    tested_on = models.DateField(help_text="The last known day of the newest test.")
    confirmed_on = models.DateField(
        null=True, help_text="The last day of those that confirmed it; empty while none did."
    )
    found_r = fields.FloatField("correlation where it was found", unit="")
    fadings = fields.PositiveSmallIntegerField("fading tests in a row", unit="", default=0)
    is_yes_no = models.BooleanField("the action is yes or no", default=False)
    is_large = models.BooleanField(
        "large enough", default=False, help_text="Whether the effect is one that means something."
    )
    step = fields.FloatField(unit="", help_text="The change of the action, in its unit.")
    step_words = models.CharField(max_length=100, blank=True, default="")
    unit = models.CharField("unit of the outcome", max_length=40, blank=True, default="")
    decimals = fields.PositiveSmallIntegerField("decimals of the outcome", unit="", default=0)
    effect = fields.FloatField(
        unit="", null=True, help_text="What the outcome differs by for that change, in its unit."
    )
    low = fields.FloatField("lower end of the 95 % interval", unit="", null=True)
    high = fields.FloatField("upper end of the 95 % interval", unit="", null=True)
    first_day = models.DateField("first day of the evidence")
    last_day = models.DateField("last day of the evidence")
    days = fields.PositiveIntegerField(
        "known days", unit="days", help_text="On which both are known."
    )
    more_days = fields.PositiveIntegerField(
        "days on one side", unit="days", help_text="On which it was yes, or more than usual."
    )
    other_days = fields.PositiveIntegerField("days on the other side", unit="days")
    points = models.JSONField(
        default=list,
        help_text="Of the newest days of the evidence: the day of the action, the action and the outcome, without what the "
        "day of the week and the course of the time do to them.",
    )
    hidden_at = models.DateTimeField("hidden", null=True, blank=True)
    created_at = models.DateTimeField("added", auto_now_add=True)
    updated_at = models.DateTimeField("last changed", auto_now=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["action", "outcome"], name="pair_found_once"),
        ]

    def __str__(self) -> str:
        return f"{self.action_name}, {self.outcome_name}"

    @classmethod
    def exported_rows(cls) -> models.QuerySet[Finding]:
        return cls.objects.untried()


class FindingTest(models.Model):
    """One test of a finding: what it said, and by which numbers."""

    exported = True
    export_name = "finding-tests"

    finding = models.ForeignKey(Finding, models.CASCADE, related_name="tests")
    run = models.ForeignKey(InsightRun, models.CASCADE, related_name="tests")
    state = models.CharField(max_length=13, choices=TEST_CHOICES)
    first_day = models.DateField()
    last_day = models.DateField()
    days = fields.PositiveIntegerField("known days", unit="days")
    effective_days = fields.FloatField(
        unit="days", help_text="How many independent days these are worth."
    )
    r = fields.FloatField("correlation", unit="")
    p = fields.FloatField("two-sided p", unit="", null=True)
    effect = fields.FloatField(unit="", null=True)
    low = fields.FloatField("lower end of the interval", unit="", null=True)
    high = fields.FloatField("upper end of the interval", unit="", null=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = "test of a finding"
        verbose_name_plural = "tests of findings"

    def __str__(self) -> str:
        return f"{self.state} by the days up to {self.last_day}"

    @classmethod
    def exported_rows(cls) -> models.QuerySet[FindingTest]:
        return cls._default_manager.exclude(finding__action__in=tried_actions(trials()))


# --- What changed -----------------------------------------------------------------------------------


class MetricChangeQuerySet(HidingQuerySet["MetricChange"]):
    def told(self) -> Self:
        """Return those that held for two weeks, large enough to matter, also those that are over or usual by now."""
        return self.filter(state__in=TOLD_CHANGES, is_large=True)

    def shown(self) -> Self:
        return self.filter(state=ChangeState.CHANGED, is_large=True)

    def earlier(self) -> Self:
        """Return those that were told, and are usual by now or went back."""
        return self.filter(state__in=TOLD_CHANGES - {ChangeState.CHANGED}, is_large=True)

    def not_shown(self) -> Self:
        """Return those that wait, first, and those that were told earlier."""
        return (self.earlier() | self.waiting()).order_by(
            models.F("confirmed_on").desc(nulls_first=True), "-around", "-id"
        )

    def waiting(self) -> Self:
        """Return those of which it is not known yet whether they hold."""
        return self.filter(state=ChangeState.MAYBE)


class MetricChange(models.Model):
    """A metric whose newest four weeks are other than the eight before. Its numbers are those of the newest look, in the unit
    of the metric."""

    exported = True
    export_name = "metric-changes"

    metric = models.CharField(max_length=100, db_index=True, help_text="The key of a metric.")
    metric_name = models.CharField(max_length=200)
    unit = models.CharField(max_length=40, blank=True, default="")
    decimals = fields.PositiveSmallIntegerField(unit="", default=0)
    is_clock = models.BooleanField("a time of the day", default=False)
    state = models.CharField(max_length=10, choices=CHANGE_CHOICES)
    base = models.DateField("first day before", help_text="The first of the 56 days before.")
    around = models.DateField("around", help_text="The day of the change, give or take a week.")
    is_gradual = models.BooleanField(
        "bit by bit", default=False, help_text="Whether a straight line fits better than a step."
    )
    found_on = models.DateField(help_text="The last day of the look that saw it.")
    tested_on = models.DateField(help_text="The last day of the newest look at it.")
    confirmed_on = models.DateField(
        null=True, help_text="The last day of the look by which it still held; empty before."
    )
    size = fields.FloatField(
        "difference as it is reckoned",
        unit="",
        help_text="Of hours of the clock from their usual one, of logarithms of what is skewed.",
    )
    before = fields.FloatField("mean before", unit="")
    after = fields.FloatField("mean after", unit="")
    difference = fields.FloatField(unit="")
    low = fields.FloatField("lower end of the interval", unit="")
    high = fields.FloatField("upper end of the interval", unit="")
    known_before = fields.PositiveIntegerField("known days before", unit="days")
    known_after = fields.PositiveIntegerField("known days after", unit="days")
    is_large = models.BooleanField(
        "large enough",
        default=False,
        help_text="Whether the difference is one that means something.",
    )
    points = models.JSONField(
        default=list,
        help_text="Of each known day from the first one before on: the day and its value.",
    )
    hidden_at = models.DateTimeField("hidden", null=True, blank=True)
    created_at = models.DateTimeField("added", auto_now_add=True)
    updated_at = models.DateTimeField("last changed", auto_now=True)

    objects = MetricChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-around", "-id"]
        verbose_name = "change of a metric"
        verbose_name_plural = "changes of metrics"

    def __str__(self) -> str:
        return f"{self.metric_name}, around {self.around:%-d %b %Y}"


class MetricChangeTest(models.Model):
    """One look at a change: what it said, and by which numbers; none where too few days were known."""

    exported = True
    export_name = "metric-change-tests"

    change = models.ForeignKey(MetricChange, models.CASCADE, related_name="tests")
    run = models.ForeignKey(InsightRun, models.CASCADE, related_name="change_tests")
    state = models.CharField(max_length=10, choices=CHANGE_CHOICES)
    last_day = models.DateField()
    before = fields.FloatField("mean before", unit="", null=True)
    after = fields.FloatField("mean after", unit="", null=True)
    z = fields.FloatField("difference in standard errors", unit="", null=True)

    class Meta:
        ordering = ["-last_day", "-id"]
        verbose_name = "test of a change"
        verbose_name_plural = "tests of changes"

    def __str__(self) -> str:
        return f"{self.state} by the days up to {self.last_day}"
