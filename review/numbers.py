"""The numbers of a period beside what is usual for their owner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.urls import reverse

from lifetracker.domains import title_of_key
from lifetracker.metrics.declaration import Metric
from lifetracker.metrics.held import read_kept
from lifetracker.models import excluded_days
from lifetracker.web.navigation import pages
from lifetracker.web.ranges import Range
from lifetracker.words import counted, joined
from review.amounts import away, compared_words, known_words, value_words
from review.choice import choices, every
from review.drawing import chart_values, scale_of
from review.periods import Length, Period
from review.sections import Content, Look, Row, Section
from review.usual import Usual, share_by_chance
from review.windows import RULES, Compared, compared, first_read, is_summed

#: From so many deviations on, a number is named above all others; from the second on, it stands before those that are as
#: usual.
FAR, OFF = 2.0, 1.0
MOST_NAMED = 4
PLURAL = {Length.WEEK: "weeks", Length.MONTH: "months", Length.YEAR: "years"}
#: The pages of domains that are called otherwise.
PAGES = {"own": "own-metrics"}


def numbers_of(look: Look) -> Content:
    """Return the numbers, those that differ from usual first: by as many statements as `read_kept` takes, one for the days
    that stay out of the usual, and one for each family of own metrics."""
    if look.last < look.period.first:
        return Content()
    lines = choices()
    first = first_read(look.period)
    series = read_kept(every(lines), first, look.last, look.verified)
    excluded = excluded_days(first, look.last)
    found = []
    for line in lines:
        each = (compared(look, series[metric.key], excluded) for metric in line)
        one = next((one for one in each if one and says_something(one)), None)
        if one is not None:
            found.append(one)
    if not found:
        return Content()
    names = names_of([one.metric for one in found])
    found.sort(key=distance)
    return Content(
        lead=lead_of(found, names, look.period),
        rows=[row_of(one, names[one.metric.key], look) for one in found],
        note=note_of(found, look),
    )


def says_something(one: Compared) -> bool:
    """Return whether there is anything to say: of what its owner does not do at all there is not."""
    return not is_summed(one.metric) or bool(
        one.value or (one.before and one.before.value) or (one.usual and one.usual.value)
    )


def distance(one: Compared) -> float:
    """Return by what numbers are sorted: those that differ from usual by how much they do, the others stay as they are."""
    away_by = abs(one.usual.deviation) if one.usual else 0.0
    return -away_by if away_by >= OFF else 0.0


def names_of(found: Sequence[Metric]) -> dict[str, str]:
    """Return what each is called, by key. Those that share a label say of what domain they are."""
    shared = Counter(one.label for one in found)
    return {
        one.key: f"{one.label} ({title_of_key(one.domain)})" if shared[one.label] > 1 else one.label
        for one in found
    }


def row_of(one: Compared, name: str, look: Look) -> Row:
    return Row(
        name=name,
        value=value_words(one),
        words=compared_words(one, look.period.before().title),
        known=known_words(one),
        url=page_of(one.metric, look),
        values=(values := chart_values(one, look)),
        scale=scale_of(one, values),
        is_usual=bool(one.usual and abs(one.usual.deviation) < OFF),
    )


def page_of(metric: Metric, look: Look) -> str:
    """Return the page of the domain, with the days of the period where it shows a range."""
    name = PAGES.get(metric.domain, metric.domain.replace("_", "-"))
    # Asked for first, as that loads the pages.
    url = reverse(name)
    shown = Range(look.period.first, look.last, look.today)
    return f"{url}{shown.query}" if pages[name].has_ranges else url


# --- Sentences ------------------------------------------------------------------------------------


def lead_of(found: Sequence[Compared], names: dict[str, str], period: Period) -> str:
    """Return what lies farthest from usual, in a sentence."""
    told = [(one.metric, one.usual) for one in found if one.usual]
    if not told:
        return "" if period.length is Length.YEAR else not_yet(period)
    far = [(metric, usual) for metric, usual in told if abs(usual.deviation) >= FAR]
    if far:
        shown = [
            f"{names[metric.key]} ({side(metric, usual)})" for metric, usual in far[:MOST_NAMED]
        ]
        more = [f"{len(far) - MOST_NAMED} more"] if len(far) > MOST_NAMED else []
        return f"Farthest from usual: {joined([*shown, *more])}."
    off = sum(abs(usual.deviation) >= OFF for _, usual in told)
    if not off:
        return "Everything that can be compared is about as usual."
    are = "is" if off == 1 else "are"
    return f"Nothing is far from usual. {off} of {counted(len(told), 'number')} {are} a little off."


def side(metric: Metric, usual: Usual) -> str:
    """Return `well below`, or `far later`."""
    return away(metric, usual).removesuffix(" usual").removesuffix(" than")


def not_yet(period: Period) -> str:
    rule = RULES[period.length]
    each = PLURAL[period.length]
    return f"What is usual can be said once {rule.least} of the {rule.windows} {each} before are known."


def note_of(found: Sequence[Compared], look: Look) -> str:
    """Return what usual is, how many numbers differ from it by chance, and how a running period is compared."""
    period, each = look.period, PLURAL[look.period.length]
    parts = []
    told = [one.usual for one in found if one.usual]
    if told:
        chance = round(sum(share_by_chance(one.windows) for one in told))
        parts += [
            f"Usual is the mean of up to {RULES[period.length].windows} {each} before, give or take their standard "
            "deviation; days marked as sick, travel or holiday stay out of it.",
            by_chance(chance, len(told), period.length),
        ]
    if not period.is_over(look.today):
        parts.append(running_words(period.length))
    return " ".join(parts)


def by_chance(chance: int, told: int, length: Length) -> str:
    if told == 1 or not chance:
        return f"About one in three numbers lies outside of that in a {length} like any other."
    lie = "lies" if chance == 1 else "lie"
    return f"In a {length} like any other, about {chance} of these {told} numbers {lie} outside of that by chance."


def running_words(length: Length) -> str:
    same = "the same days of" if length is Length.WEEK else "as many days of"
    return (
        f"Its days so far are compared with {same} the {PLURAL[length]} before; today counts only in what is known on "
        "waking."
    )


SECTION = Section("numbers", "Against your usual", 10, numbers_of)
