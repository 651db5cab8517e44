"""What Today shows of WHOOP: one day, beside what is usual and the days before it."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from lifetracker.metrics.declaration import Metric
from lifetracker.metrics.series import Series, days_before
from lifetracker.metrics.statistics import USUAL_DAYS
from lifetracker.web.card_series import card_series, want_on_today
from lifetracker.web.cards import Visit
from whoop import metrics
from whoop.models import WHOOP, band_of
from whoop.nights import Night, nights_of
from whoop.page_data import Reading
from whoop.sentences import why_no_night
from whoop.today_sentence import SIDES, Facts

#: How many days must be of the same band for their strain to be compared.
LEAST_COMPARED = 8
#: The strips, in order, with the names and units that they have on the page.
STRIPS = (
    (metrics.hrv, "Heart rate variability", "ms"),
    (metrics.resting_heart_rate, "Resting heart rate", "bpm"),
    (metrics.respiratory_rate, "Respiratory rate", "/min"),
    (metrics.blood_oxygen, "Blood oxygen", "%"),
    (metrics.skin_temperature, "Skin temperature", "°C"),
    (metrics.sleep_hours, "Asleep", ""),
)
SHOWN = (
    metrics.recovery_score,
    *(metric for metric, _, _ in STRIPS),
    metrics.sleep_performance,
    metrics.strain,
    metrics.steps,
)
want_on_today(*SHOWN, metrics.calibrating)


@dataclass(frozen=True, kw_only=True)
class DayOfWhoop:
    """The numbers of a day, and of the 90 days up to it."""

    day: date
    today: date
    whole: Mapping[str, Series]
    excluded: set[date]
    nights: Mapping[date, Night]
    is_calibrating: bool
    #: Whether WHOOP was ever read, or has records of these days.
    is_there: bool

    @property
    def is_past(self) -> bool:
        return self.day < self.today

    def series(self, metric: Metric) -> Series:
        return self.whole[metric.key]

    def value(self, metric: Metric) -> float | None:
        return self.series(metric).on(self.day)

    def so_far(self, metric: Metric) -> float | None:
        """Return the value of the day, or what there is of it so far."""
        series = self.series(metric)
        known = series.on(self.day)
        return series.so_far.get(self.day) if known is None else known

    def reading(self, metric: Metric, back: int = 0) -> Reading:
        """Return the value of the day, or of so many days before it, beside what was usual then."""
        day = self.day - timedelta(days=back)
        series = self.series(metric).since(days_before(day, USUAL_DAYS))
        at = (day - series.first).days
        return Reading(series.values[at], series.usual(self.excluded)[at])

    @property
    def is_running(self) -> bool:
        """Return whether WHOOP's day is still open, or has no score yet."""
        return self.day in self.series(metrics.strain).so_far

    @property
    def night(self) -> Night | None:
        return self.nights.get(self.day)

    @property
    def why_unknown(self) -> str:
        """Return why the day has no recovery; empty where it has one."""
        series = self.series(metrics.recovery_score)
        return "" if series.on(self.day) is not None else why_no_night(series, self.day, self.today)

    @cached_property
    def usual_strain(self) -> tuple[float, float] | None:
        """Return the middle half of the strain on days of the same band; None where fewer than 8 are known."""
        score = self.value(metrics.recovery_score)
        return None if score is None else middle_half(self.strain_of_band(band_of(score)))

    def strain_of_band(self, band: str) -> list[float]:
        scores, strains = self.series(metrics.recovery_score), self.series(metrics.strain)
        pairs = zip(scores.values[:-1], strains.values[:-1], strict=True)
        return [
            strain
            for score, strain in pairs
            if score is not None and strain is not None and band_of(score) == band
        ]

    @property
    def facts(self) -> Facts:
        need = self.night.need if self.night else None
        return Facts(
            score=self.value(metrics.recovery_score),
            why_unknown=self.why_unknown,
            is_calibrating=self.is_calibrating,
            asleep=self.value(metrics.sleep_hours),
            need=None if need is None else need / 60,
            vitals={side.metric.key: self.reading(side.metric) for side in SIDES},
            load=self.reading(metrics.strain, back=1),
            strain=self.usual_strain,
            is_past=self.is_past,
        )


def middle_half(values: list[float]) -> tuple[float, float] | None:
    if len(values) < LEAST_COMPARED:
        return None
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, high


# --- Reading --------------------------------------------------------------------------------------


#: The card that asks for the days that are no usual ones.
ASKING = "strain"


def day_of_whoop(visit: Visit) -> DayOfWhoop:
    """Read a day by two statements, the numbers of all cards and nights, beside what the cards ask for together."""
    found = visit.once(card_series)
    whole = {metric.key: found[metric.key] for metric in SHOWN}
    status = visit.sources[WHOOP]
    is_known = any(one.known_days or one.so_far or one.valueless for one in whole.values())
    return DayOfWhoop(
        day=visit.day,
        today=visit.today,
        whole=whole,
        excluded={mark.date for mark in visit.few[ASKING]},
        nights=nights_of(visit),
        is_calibrating=bool(found[metrics.calibrating.key].on(visit.day)),
        is_there=is_known or status.runs.last_success is not None,
    )
