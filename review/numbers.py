"""The numbers of a period beside what is usual for their owner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from django.urls import reverse

from lifetracker.domains import title_of_key
from lifetracker.metrics.declaration import Metric
from lifetracker.metrics.held import read_kept
from lifetracker.models import DayMark
from lifetracker.web.navigation import pages
from lifetracker.web.ranges import Range
from lifetracker.words import counted, joined
from review.amounts import away, compared_words, value_words
from review.choice import choices, in_one_list
from review.drawing import chart_values, scale_of
from review.periods import Length, Period
from review.sections import Content, Look, Row, Section, known_words
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
    series = read_kept(in_one_list(lines), first, look.last, look.verified)
    marked = DayMark.objects.kinds_by_day(first, look.last)
    found = []
    for line in lines:
        each = (compared(look, series[metric.key], marked.keys()) for metric in line)
        one = next((one for one in each if one and says_something(one)), None)
        if one is not None:
            found.append(one)
    told = marked_words(marked, look)
    if not found:
        return Content(lead=told)
    names = names_of([one.metric for one in found])
    found.sort(key=distance)
    is_against_usual = any(one.usual for one in found)
    return Content(
        title="" if is_against_usual else f"Beside the {look.period.noun} before",
        lead=" ".join(filter(None, [told, lead_of(found, names, look.period, marked)])),
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
        known=known_words(one.known_days, one.days),
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


def marked_words(kinds: Mapping[date, str], look: Look) -> str:
    """Return `5 days of this week are marked as sick, 2 as travel.`; empty where none is. `kinds`: by day."""
    days = [kind for day, kind in kinds.items() if look.period.first <= day <= look.last]
    if not days:
        return ""
    ranked = Counter(kind for one in days for kind in one.split(", ")).most_common()
    kind, number = ranked[0]
    others = [f"{more} as {other}" for other, more in ranked[1:]]
    are = "is" if number == 1 else "are"
    parts = [f"{counted(number, 'day')} of this {look.period.noun} {are} marked as {kind}", *others]
    return f"{', '.join(parts)}."


def lead_of(
    found: Sequence[Compared],
    names: dict[str, str],
    period: Period,
    marked: Mapping[date, str] | None = None,
) -> str:
    """Return what lies farthest from usual, in a sentence. `marked`: the days that stay out of the usual."""
    told = [(one.metric, one.usual) for one in found if one.usual]
    if not told:
        is_marked = any(day < period.first for day in marked or ())
        return "" if period.length is Length.YEAR else not_yet(period, is_marked=is_marked)
    far = [(metric, usual) for metric, usual in told if abs(usual.deviation) >= FAR]
    off = sum(abs(usual.deviation) >= OFF for _, usual in told)
    if not off:
        return "Everything that can be compared is about as usual."
    if not far:
        are = "is" if off == 1 else "are"
        return f"Nothing is far from usual. {off} of {counted(len(told), 'number')} {are} a little off."
    shown = [f"{names[metric.key]} ({side(metric, usual)})" for metric, usual in far[:MOST_NAMED]]
    more = [f"{len(far) - MOST_NAMED} more"] if len(far) > MOST_NAMED else []
    farthest = joined([*shown, *more])
    usuals = [usual for _, usual in told]
    if off <= by_chance(usuals) and len(far) <= by_chance(usuals, FAR):
        return (
            f"A {period.noun} like most: {off} of {len(told)} numbers are off, and by chance about {by_chance(usuals)} would be. "
            f"Farthest from usual: {farthest}."
        )
    return f"Farthest from usual: {farthest}."


def by_chance(usuals: Sequence[Usual], deviations: float = OFF) -> int:
    """Return how many numbers lie so many deviations off in a period like those before it."""
    return round(sum(share_by_chance(one.windows, deviations) for one in usuals))


def side(metric: Metric, usual: Usual) -> str:
    """Return `well below`, or `far later`."""
    return away(metric, usual).removesuffix(" usual").removesuffix(" than")


def not_yet(period: Period, *, is_marked: bool) -> str:
    rule = RULES[period.length]
    each = PLURAL[period.length]
    stay_out = " and not mostly marked as sick, travel or holiday" if is_marked else ""
    return f"What is usual can be said once {rule.least} of the {rule.windows} {each} before are known{stay_out}."


def note_of(found: Sequence[Compared], look: Look) -> str:
    """Return what usual is, how many numbers differ from it by chance, and how a running period is compared."""
    period, each = look.period, PLURAL[look.period.length]
    parts = []
    told = [one.usual for one in found if one.usual]
    if told:
        parts += [
            f"Usual is the mean of up to {RULES[period.length].windows} {each} before, and what lies as close to it as they "
            "mostly do; days marked as sick, travel or holiday stay out of it.",
            chance_words(by_chance(told), len(told), period.length),
        ]
    if not period.is_over(look.today):
        parts.append(running_words(period.length))
    return " ".join(parts)


def chance_words(chance: int, told: int, length: Length) -> str:
    if told == 1 or not chance:
        return f"About one in three numbers lies outside of that in a {length} like any other."
    lie = "lies" if chance == 1 else "lie"
    return f"In a {length} like any other, about {chance} of these {told} numbers {lie} outside of that by chance."


def running_words(length: Length) -> str:
    same = "the same days of" if length is Length.WEEK else "as many days of"
    return (
        f"Its days so far are compared with {same} the {PLURAL[length]} before; of today only what its night brought, such "
        "as sleep."
    )


SECTION = Section("numbers", "Against your usual", 10, numbers_of)
