"""Fasts: from the last meal to the first one, typed in or imported from the Zero app."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from heapq import heappop, heappush
from operator import itemgetter
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from fasting.limits import (
    LEAST_GOAL_HOURS,
    LONGEST,
    MOST_GOAL_HOURS,
    Confirmed,
    Question,
    about_age,
    about_goal,
    about_length,
    open_questions,
)
from lifetracker.days import ONE_DAY, elapsed, is_future, local_date
from lifetracker.models import BEGINNING, MANUAL, SourceRecord, SourceRecordQuerySet, fields
from lifetracker.models.pending_imports import PreviewedFile
from lifetracker.web.clock import date_and_time, time_at

ZERO = "Zero"
# So long a start or a stop can be taken back.
TAKE_BACK = timedelta(hours=1)
NEVER = datetime.max.replace(tzinfo=UTC)


class FastConflict(ValidationError):
    """What was asked contradicts itself, or the fasts that are there. Written for the person."""

    def __init__(self, text: str, field: str = "start") -> None:
        super().__init__({field: text})
        self.text = text


class WrongState(FastConflict):
    """A start while a fast is running, or a stop while none is."""


class Unconfirmed(FastConflict):
    """What was asked is unusual, and saved only once the person has confirmed it."""

    def __init__(self, questions: list[Question]) -> None:
        self.questions = questions
        super().__init__(" ".join(question.text for question in questions))


def spoken(instant: datetime, zone: tzinfo | None = None) -> str:
    """Return the time as the clock on the wall showed it, by default that of TIME_ZONE: `2026-09-16 19:05`."""
    local = timezone.localtime(instant, zone)
    return f"{local:%Y-%m-%d} {time_at(local.hour, local.minute)}"


def hours_between(start: datetime, end: datetime) -> float:
    return round(elapsed(start, end).total_seconds() / 3600, 4)


@dataclass
class Overlaps:
    """`pairs`: the first of the `count` ones."""

    count: int = 0
    pairs: list[tuple[FastingPeriod, FastingPeriod]] = field(default_factory=list)


class FastingQuerySet(SourceRecordQuerySet):
    def move_days(self, zone: tzinfo, before: tzinfo | None) -> None:
        self.filter(utc_offset_min=None).date_by(Coalesce("end", "start"), zone)

    def running(self) -> Self:
        return self.live().filter(end__isnull=True)

    def ended(self) -> Self:
        return self.happened().filter(end__isnull=False)

    def lasting(self) -> Self:
        """Return those that take time, unlike what Zero has of fasts that were stopped at once."""
        return self.live().filter(Q(end__isnull=True) | Q(end__gt=F("start")))

    def crossing(self, start: datetime, end: datetime | None) -> Self:
        """Return those that share time with `[start, end)`; without an end, with all time since."""
        later = self.lasting().filter(Q(end__isnull=True) | Q(end__gt=start))
        return later if end is None else later.filter(start__lt=end)

    def overlaps(self, most: int = 20) -> Overlaps:
        """Return the pairs of fasts that share time, each with the earlier one first, but not more of them
        than `most`: n fasts can have n² / 2."""
        found = Overlaps()
        # A heap: those that have not ended when the next begins, by their end.
        open_yet: list[tuple[datetime, int, FastingPeriod]] = []
        for number, fast in enumerate(self.lasting().order_by("start", "pk").defer("raw")):
            while open_yet and open_yet[0][0] <= fast.start:
                heappop(open_yet)
            found.count += len(open_yet)
            if len(found.pairs) < most:
                earlier = sorted(open_yet, key=itemgetter(1))
                found.pairs += [(other, fast) for _, _, other in earlier][: most - len(found.pairs)]
            heappush(open_yet, (fast.end or NEVER, number, fast))
        return found


class FastingManager(models.Manager.from_queryset(FastingQuerySet)):  # type: ignore[misc]
    """Starts and stops fasts, one writer at a time."""

    def begin(
        self,
        at: datetime | None = None,
        goal_hours: float | None = None,
        confirmed: Confirmed = (),
    ) -> FastingPeriod:
        """Start a fast, now or at a moment that has passed. Raises FastConflict."""
        with self.locked():
            fast = FastingPeriod(start=at or timezone.now(), goal_hours=goal_hours)
            fast.refuse_conflict()
            fast.require_confirmed(confirmed)
            fast.save()
        return fast

    def finish(self, at: datetime | None = None, confirmed: Confirmed = ()) -> FastingPeriod:
        """Stop the running fast, now or at a moment that has passed. Raises FastConflict."""
        with self.locked():
            fast = self.running().filter(source=MANUAL).first()
            if fast is None:
                raise WrongState(self._none_runs(), "end")
            fast.end = at or timezone.now()
            fast.refuse_conflict()
            fast.require_confirmed(confirmed)
            fast.save()
        return fast  # type: ignore[no-any-return]

    def _none_runs(self) -> str:
        """Return that no fast is running, and when the last one was stopped."""
        last = self.ended().filter(source=MANUAL).order_by("-end").values_list("end", flat=True)
        words = [f"The last one ended on {date_and_time(end)}." for end in last[:1]]
        return " ".join(["No fast is running.", *words])

    def take_back_start(self, pk: int) -> None:
        """Delete a fast that has just been started. Raises FastConflict."""
        with self.locked():
            fast = self.running().filter(source=MANUAL, pk=pk).first()
            if fast is None:
                raise WrongState("This fast is no longer running.")
            if not fast.has_just_started:
                raise FastConflict(
                    "This fast was started too long ago to undo the start. Edit or delete it instead."
                )
            fast.delete()

    def take_back_stop(self, pk: int) -> FastingPeriod:
        """Let a fast that has just ended run on. Raises FastConflict."""
        with self.locked():
            fast = self.ended().filter(source=MANUAL, pk=pk).first()
            if fast is None:
                raise WrongState("This fast is still running or was deleted.")
            if not fast.has_just_ended:
                raise FastConflict(
                    "This fast ended too long ago to undo the stop. Edit its end instead."
                )
            fast.end = None
            fast.refuse_conflict()
            fast.save()
        return fast  # type: ignore[no-any-return]


def compiled(queryset: models.QuerySet[FastingPeriod, object]) -> tuple[str, tuple[Any, ...]]:
    """Return its statement and its values."""
    statement, values = queryset.query.sql_with_params()
    return statement, tuple(values)


class FastingPeriod(SourceRecord):
    """A fast. It belongs to the local date on which it ended; while it runs, to that of its start.

    Those typed in (at most one of them running) never overlap; those imported are stored as Zero
    has them, which sometimes overlap.
    """

    date = models.DateField(
        editable=False,
        help_text="The local date on which the fast ended, or started if it is running.",
    )
    start = models.DateTimeField(help_text="The time of your last bite.")
    end = models.DateTimeField(
        null=True,
        blank=True,
        help_text="The time of your first bite afterwards. Leave empty while the fast is running.",
    )
    duration_hours = fields.FloatField(
        "length", unit="h", null=True, editable=False, help_text="Empty while the fast is running."
    )
    goal_hours = fields.FloatField(
        "goal",
        unit="h",
        null=True,
        blank=True,
        validators=[MinValueValidator(LEAST_GOAL_HOURS), MaxValueValidator(MOST_GOAL_HOURS)],
    )
    note = models.TextField(blank=True, default="")
    utc_offset_min = fields.utc_offset(
        "At the end of the fast, such as 120 for UTC+2. Leave empty for your usual time zone."
    )

    moments = ("end", "start")

    objects = FastingManager()  # type: ignore[misc]  # as any model may

    class Meta(SourceRecord.Meta):
        ordering = ["-start"]
        verbose_name = "fast"
        indexes = [
            # The newest first: the lists of the API and of the admin; what a new fast would cross.
            models.Index(fields=["-start"], name="fast_newest"),
            # The same without what is deleted, and how many these are: the page of fasts.
            models.Index(
                fields=["-start"], condition=Q(deleted_at__isnull=True), name="fast_newest_live"
            ),
            # The fasts of some days; and the sums by day, of however many years, which read these columns alone.
            models.Index(
                fields=[
                    *("date", "start", "end", "duration_hours", "goal_hours"),
                    *("utc_offset_min", "deleted_at"),
                ],
                name="fast_days",
            ),
        ]
        constraints = [
            *SourceRecord.Meta.constraints,
            # Zero has fasts of no length: started and stopped at once.
            models.CheckConstraint(
                condition=Q(end__gte=F("start")) | Q(end__isnull=True), name="fast_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(end__isnull=True, duration_hours__isnull=True)
                | Q(end__isnull=False, duration_hours__isnull=False),
                name="fast_has_a_duration_once_ended",
            ),
            models.UniqueConstraint(
                fields=["source"],
                condition=Q(end__isnull=True, deleted_at__isnull=True),
                name="fast_one_running",
            ),
            # On PostgreSQL also `fast_typed_in_without_overlap`: the migration says why not here.
        ]

    def __str__(self) -> str:
        if self.end is None:
            return f"fast running since {spoken(self.start)}"
        return f"fast of {self.duration_hours:.1f} h on {self.date}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._to_utc()
        self.date = fast_date(self.start, self.end, self.utc_offset_min)
        self.duration_hours = None if self.end is None else hours_between(self.start, self.end)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        # A field that could not be read has been told of already, and is empty here.
        if self.start:
            self.refuse_conflict()

    def refuse_conflict(self) -> None:
        """Raise FastConflict unless this fast may be typed in beside those that are there. Only
        inside `locked()` does the answer stay true until the fast is saved."""
        self._to_utc()
        self._refuse_impossible_times()
        others = FastingPeriod.objects.exclude(pk=self.pk)
        if self.end is None and (running := others.running().first()):
            raise WrongState(f"A fast has been running since {date_and_time(running.start)}.")
        if self._takes_no_new_time():
            return
        crossed = others.crossing(self.start, self.end).order_by("start").defer("raw").first()
        if crossed:
            raise FastConflict(
                f"This fast would overlap the fast from {date_and_time(crossed.start)} to {date_and_time(crossed.end)}."
                if crossed.end
                else f"This fast would overlap the fast that has been running since {date_and_time(crossed.start)}."
            )

    def require_confirmed(self, confirmed: Confirmed) -> None:
        """Raise Unconfirmed if something unusual about it has not been confirmed."""
        if questions := open_questions(self.questions(), confirmed):
            raise Unconfirmed(questions)

    def questions(self, *, asks_age: bool = False) -> list[Question]:
        """Return what is unusual about it, of what is not stored already. `asks_age`: also when it
        begins, which is usual where past fasts are brought in by a program."""
        now, stored = timezone.now(), self._stored()
        before = (stored.start, stored.end, stored.goal_hours) if stored else (None, None, None)
        start, end, goal_hours = before
        found: list[Question] = []
        if self.goal_hours != goal_hours:
            found += about_goal(self.goal_hours)
        if (self.start, self.end) != (start, end):
            found += about_length(self.start, self.end, now)
        # Of one that runs, the length says it.
        if asks_age and self.end and self.start != start:
            found += about_age(self.start, now)
        return found

    @property
    def has_just_started(self) -> bool:
        """Return whether it was made a moment ago and runs, whenever it began."""
        is_own = self.source == MANUAL and self.end is None
        return is_own and timezone.now() - self.created_at <= TAKE_BACK

    @property
    def has_just_ended(self) -> bool:
        if self.source != MANUAL or self.end is None:
            return False
        return timezone.now() - self.end <= TAKE_BACK

    def _stored(self) -> FastingPeriod | None:
        if self.pk is None:
            return None
        stored: FastingPeriod | None = FastingPeriod.objects.filter(pk=self.pk).defer("raw").first()
        return stored

    def _to_utc(self) -> None:
        """Turn both times into UTC: two times of one zone are compared by Python as the clocks on the wall
        show them, in the wrong order in the nights in which these change. Raises FastConflict."""
        for name in ("start", "end"):
            moment = getattr(self, name)
            try:
                setattr(self, name, moment and moment.astimezone(UTC))
            except OverflowError:
                raise FastConflict("The time must be between 1970 and now.", name) from None

    def _refuse_impossible_times(self) -> None:
        if self.start < BEGINNING + ONE_DAY or is_future(self.start):
            raise FastConflict("The start must be between 1970 and now.")
        if self.end is None:
            self._refuse_endless()
            return
        if self.end <= self.start:
            raise FastConflict(
                f"The end must be after the start, {date_and_time(self.start)}.", "end"
            )
        if is_future(self.end):
            raise FastConflict(
                "The end must not be in the future. Leave it empty while the fast is running.",
                "end",
            )
        self._refuse_endless()

    def _refuse_endless(self) -> None:
        """Raise FastConflict for a fast that lasts too long. One that does already, because nobody stopped it,
        can still be edited."""
        length = elapsed(self.start, self.end or timezone.now())
        stored = self._stored() if length > LONGEST else None
        if length <= LONGEST or (stored and (stored.start, stored.end) == (self.start, self.end)):
            return
        most = f"A fast can last at most {LONGEST // ONE_DAY} days."
        if self.end is None:
            raise FastConflict(f"{most} This one would be running for {length // ONE_DAY} days.")
        raise FastConflict(f"{most} This one would last {length // ONE_DAY} days.", "end")

    def _takes_no_new_time(self) -> bool:
        """Return whether it stays within the time that it has in the database: a fast that an import has
        come to overlap can still be stopped and edited. One that was deleted has none."""
        stored = self._stored()
        if stored is None or stored.deleted_at or self.start < stored.start:
            return False
        return stored.end is None or (self.end is not None and self.end <= stored.end)


def fast_date(start: datetime, end: datetime | None, utc_offset_min: int | None) -> date:
    return local_date(start if end is None else end, utc_offset_min)


# --- Imports that wait for a word -----------------------------------------------------------------


class PendingImport(PreviewedFile):
    """An export of Zero that was read and previewed, and is imported once it is confirmed."""
