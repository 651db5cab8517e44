"""What is missing in the data of a period: why days are unknown, each reason once, and what waits for an answer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

from django.urls import reverse

from lifetracker.days import ONE_DAY, days_from
from lifetracker.metrics.declaration import Metric
from lifetracker.metrics.described import with_inputs
from lifetracker.metrics.held import read_kept
from lifetracker.metrics.reasons import (
    NO_RECORD,
    PARTLY_KNOWN,
    TOO_FEW,
    WITHOUT_VALUE,
    Cause,
    Reason,
    Reasons,
)
from lifetracker.metrics.series import Series
from lifetracker.models import DayMark
from lifetracker.web.sentences import day_words
from lifetracker.words import counted, joined
from review.choice import PERSONAL, choices, in_one_list
from review.numbers import names_of, page_of
from review.sections import Content, Line, Look, Section

#: What had a value in so many days before the period is missed in it.
LATELY = timedelta(days=28)
MOST, MOST_PARTS, MOST_NAMES = 8, 3, 4
#: How a sentence about one day is said of several.
SHORT = {
    NO_RECORD: "No record.",
    WITHOUT_VALUE: "The records give no such value.",
    PARTLY_KNOWN: "Known only in part.",
    TOO_FEW: "Too few of the days before are known.",
}


@dataclass
class Gap:
    """Unknown days of one reason: how many, by the key of the metric."""

    reason: Reason
    days: Counter[str] = field(default_factory=Counter)

    @property
    def place(self) -> tuple[int, int]:
        """Return by what they are sorted: what was not read first, what nobody wrote down last."""
        is_last = self.reason.cause is Cause.RECORD_IT and not self.reason.of
        rank = 0 if self.is_unread else 2 if is_last else 1
        return rank, -max(self.days.values())

    @property
    def is_unread(self) -> bool:
        """Return whether a sync could mend it."""
        return self.reason.cause is Cause.READ_SERVICE


def missing_of(look: Look) -> Content:
    """Return what is missing: by the statements of one `read_kept`, one for each family of own metrics, and one for days
    that wait."""
    last = look.last if look.last < look.today else look.last - ONE_DAY
    if last < look.period.first:
        return Content()
    lines = choices()
    chosen = in_one_list(lines)
    found = read_kept(
        list(with_inputs(chosen).values()), look.period.first - LATELY, last, look.verified
    )
    used = [metric for line in lines for metric in in_use(line, found, look.period.first)]
    gaps = gaps_of(used, found, Reasons(look.verified, found), look.period.first)
    if not used:
        return Content()
    names = names_of(used)
    told = [line_of(gap, {one.key: one for one in used}, names, look) for gap in gaps]
    more = [Line(f"{counted(len(told) - MOST, 'more reason')}.")] if len(told) > MOST else []
    waiting = list(lines_waiting(look))
    lead = "" if told or waiting else lead_of([found[one.key] for one in used], look)
    return Content(lead=lead, lines=[*told[:MOST], *more, *waiting])


def lead_of(used: list[Series], look: Look) -> str:
    """Return that nothing is missing, where every day is known of what has a value on most days."""
    usually = [one for one in used if not is_written_seldom(one)]
    if not usually or any(None in one.since(look.period.first).values for one in usually):
        return ""
    return "Nothing is missing of what you record on most days."


def in_use(line: tuple[Metric, ...], found: Mapping[str, Series], first: date) -> Iterator[Metric]:
    """Yield the first metric of a line that has a value of late. What its owner writes down counts only if it was answered
    in the period: else it is not asked any more."""
    for metric in line:
        series = found[metric.key]
        since = series.since(first) if metric.key.startswith(PERSONAL) else series
        if since.known_days:
            yield metric
            return


def gaps_of(
    used: list[Metric], found: Mapping[str, Series], reasons: Reasons, first: date
) -> list[Gap]:
    gaps: dict[Reason, Gap] = {}
    for metric in used:
        series = found[metric.key]
        is_seldom = is_written_seldom(series)
        for day in days_from(max(first, first_known(series)), series.last):
            if found_reason := reasons.reason(metric, day):
                reason = without_service(found_reason)
                if is_seldom and reason.cause is Cause.RECORD_IT:
                    continue
                gaps.setdefault(reason, Gap(reason)).days[metric.key] += 1
    return sorted(gaps.values(), key=lambda one: one.place)


def without_service(reason: Reason) -> Reason:
    """Return a reason without that a service is not set up: nobody misses what they do not use."""
    if reason.cause is not Cause.SET_UP_SERVICE or not reason.words:
        return reason
    return reason._replace(cause=Cause.RECORD_IT, more="")


def is_written_seldom(series: Series) -> bool:
    """Return whether most days have none anyway, such as of a blood value."""
    days = (series.last - first_known(series)).days + 1
    return 2 * series.known_days < days


def first_known(series: Series) -> date:
    """Return the first day with a value: before that nobody kept it."""
    at = next(at for at, value in enumerate(series.values) if value is not None)
    return series.first + timedelta(days=at)


# --- Words ----------------------------------------------------------------------------------------


def line_of(gap: Gap, metrics: Mapping[str, Metric], names: Mapping[str, str], look: Look) -> Line:
    """Return `WHOOP has not scored it yet: Recovery and HRV on 2 days.`, with the page on which that can be mended."""
    by_days: dict[int, list[str]] = defaultdict(list)
    for key, days in gap.days.most_common():
        by_days[days].append(names[key])
    parts = [f"{some(labels)} on {counted(days, 'day')}" for days, labels in by_days.items()]
    if len(parts) > MOST_PARTS:
        left = sum(len(labels) for labels in list(by_days.values())[MOST_PARTS:])
        parts = [*parts[:MOST_PARTS], f"{left} {'other' if left == 1 else 'others'} on fewer days"]
    one = metrics[next(iter(gap.days))]
    url = reverse("connections") if gap.is_unread else page_of(one, look)
    return Line(f"{reason_words(gap.reason, look.last)}: {', '.join(parts)}.", url)


def some(labels: list[str]) -> str:
    left = len(labels) - MOST_NAMES
    if left <= 0:
        return joined(labels)
    return joined([*labels[:MOST_NAMES], f"{left} {'other' if left == 1 else 'others'}"])


def reason_words(reason: Reason, beside: date) -> str:
    """Return a reason without its full stop, and its dates as people write them."""
    words = SHORT.get(reason.words, reason.words)
    if reason.of and reason.words in SHORT:
        words = f"{words[:1].lower()}{words[1:]}"
    if reason.more and reason.words == NO_RECORD:
        words = ""
    return reason._replace(words=words).said(partial(day_words, beside=beside)).rstrip(".")


def lines_waiting(look: Look) -> Iterator[Line]:
    """Yield the days that rules take for days of illness or travel, and nobody has answered."""
    marks = DayMark.objects.proposed().between(look.period.first, look.last)
    kinds = Counter(marks.order_by().values_list("kind", flat=True))
    for kind, number in sorted(kinds.items()):
        wait = "waits" if number == 1 else "wait"
        yield Line(
            f"{counted(number, 'day')} proposed as {kind} {wait} for your answer.",
            f"{reverse('insights')}#day-marks",
        )


SECTION = Section("missing", "What is missing", 90, missing_of)
