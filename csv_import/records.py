"""What becomes of facts: an answer a day for a behaviour, values of a metric, weigh-ins of a moment."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from csv_import.choices import (
    ASK,
    BEHAVIOUR,
    FAT,
    FIRST,
    HIGHEST,
    KG,
    LAST,
    LB,
    LOWEST,
    MEAN,
    METRIC,
    SUM,
    WEIGHT,
    Choices,
)
from csv_import.facts import Fact, Facts, Target
from journal.models import MOST_OF_AN_AMOUNT, Answer, Behaviour
from lifetracker.days import at_hour, is_future, local_date
from lifetracker.models import SourceRecord
from lifetracker.sync.file_imports import to_json
from lifetracker.sync.files import CannotImport, Refusal
from lifetracker.sync.upsert import Row
from own_metrics.models import CSV, MOST, OwnValue
from weight.models import WeighIn

KG_OF_A_POUND = Decimal("0.45359237")
MASSES = {
    **dict.fromkeys(("kg", "kgs", "kilogram", "kilograms"), KG),
    **dict.fromkeys(("lb", "lbs", "pound", "pounds"), LB),
}
LEAST_KG, MOST_KG, DIGITS = Decimal("0.5"), Decimal(999), Decimal("0.0001")
#: Of the day at which a weigh-in stands whose time the file does not say.
NOON = 12
NO_TIMES = "The file has no time of the weigh-ins: they stand at 12:00 of their days."
NOT_NOON_YET = (
    "it has no time, and 12:00 of today is still to come: import the file again after that"
)
COLUMNS: dict[type[SourceRecord], list[str]] = {
    Answer: ["source_id", "behaviour", "date", "value", "raw"],
    OwnValue: ["source_id", "metric", "date", "measured_at", "value", "raw"],
    WeighIn: ["source_id", "date", "measured_at", "weight_kg", "fat_ratio", "raw"],
}


class Place(NamedTuple):
    """Where something typed in would be the same: `about`: the behaviour or the metric, 0 for a weigh-in."""

    model: type[SourceRecord]
    about: int
    day: date
    at: datetime | None


@dataclass(frozen=True)
class Record:
    """A row as it is to be stored, in the order of its COLUMNS."""

    place: Place
    row: Row
    words: str
    where: str
    raw: dict[str, str]

    @property
    def source_id(self) -> str:
        return str(self.row[0])


class SeveralRows(CannotImport):
    """A behaviour has several rows on one day, and nobody has said which of them counts."""


def records_of(facts: Facts, choices: Choices) -> list[Record]:
    """Return the records that come of facts; what cannot be stored is added to the refusals. Raises SeveralRows."""
    by_kind: dict[str, list[Fact]] = defaultdict(list)
    for one in facts.found:
        by_kind[one.target.to].append(one)
    return [
        *answers_of(by_kind[BEHAVIOUR], facts, choices),
        *values_of(by_kind[METRIC], facts),
        *weigh_ins_of(by_kind[WEIGHT], by_kind[FAT], facts, choices),
    ]


def refuse(facts: Facts, fact: Fact, reason: str) -> None:
    facts.refusals.append(Refusal(f"{fact.where}, {fact.target.name}", reason, fact.raw))


# --- Answers --------------------------------------------------------------------------------------


def answers_of(found: list[Fact], facts: Facts, choices: Choices) -> Iterator[Record]:
    days: dict[tuple[Target, date], list[Fact]] = defaultdict(list)
    for one in found:
        days[one.target, one.stamp.day].append(one)
    require_rule(days, choices)
    for (target, day), some in days.items():
        ordered = sorted(some, key=lambda one: (one.stamp.at is not None, one.stamp.at or day))
        value = one_value([one.value for one in ordered], choices.several)
        last = ordered[-1]
        if reason := refusal_of(target, value):
            refuse(facts, last, reason)
            continue
        row: Row = [f"{target.pk} {day}", target.pk, day, value, to_json(last.raw)]
        words = f"{day} {target.name} {answer_words(target, value)} ({last.where})"
        yield Record(Place(Answer, target.pk, day, None), row, words, last.where, last.raw)


def require_rule(days: dict[tuple[Target, date], list[Fact]], choices: Choices) -> None:
    """Raise SeveralRows where a rule is lacking, and CannotImport for one that makes no answer."""
    for (target, day), some in days.items():
        if len({one.value for one in some}) == 1 and choices.several != SUM:
            continue
        if len(some) > 1 and choices.several == ASK:
            raise SeveralRows(
                f"{target.name} has {len(some)} rows on {day} ({some[0].where}, {some[1].where}), and a day has one answer. "
                "Say which of them counts."
            )
        is_amount = target.kind == Behaviour.Kind.AMOUNT
        if len(some) > 1 and choices.several in {MEAN, SUM} and not is_amount:
            raise SeveralRows(
                f"{target.name} has {len(some)} rows on {day}, and is no amount, so that it has no mean and no sum. Choose another "
                "rule for several rows of one day."
            )


def one_value(values: list[float], several: str) -> float:
    """Return what the values of one day come to, in order of time."""
    rules = {FIRST: values[0], LAST: values[-1], HIGHEST: max(values), LOWEST: min(values)}
    rules |= {SUM: sum(values), MEAN: sum(values) / len(values)}
    return rules.get(several, values[-1])


def refusal_of(target: Target, value: float) -> str:
    behaviour = Behaviour(name=target.name, kind=target.kind)
    if not 0 <= value <= MOST_OF_AN_AMOUNT:
        return f"{value:g} is no answer: it must be from 0 to {MOST_OF_AN_AMOUNT:,}"
    reason = behaviour.refusal_of(value)
    return f"{value:g} is no answer. {reason.rstrip('.')}" if reason else ""


def answer_words(target: Target, value: float) -> str:
    if target.is_yes_no:
        return "yes" if value else "no"
    return f"{value:g} {target.unit}".strip()


# --- Values of own metrics ------------------------------------------------------------------------


def values_of(found: list[Fact], facts: Facts) -> Iterator[Record]:
    taken: Counter[str] = Counter()
    for one in found:
        if not -MOST <= one.value <= MOST:
            refuse(facts, one, f"{one.value:g} is more than can be stored")
            continue
        at = one.stamp.at
        day = local_date(at) if at else one.stamp.day
        key = numbered(f"{one.target.pk} {moment_words(day, at)}", taken)
        row: Row = [key, one.target.pk, day, at, one.value, to_json(one.raw)]
        words = f"{moment_words(day, at)} {one.target.name} {one.value:g} {one.target.unit}".strip()
        place = Place(OwnValue, one.target.pk, day, at)
        yield Record(place, row, f"{words} ({one.where})", one.where, one.raw)


def moment_words(day: date, at: datetime | None) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}" if at else str(day)


def numbered(key: str, taken: Counter[str]) -> str:
    """Return an id that no other row of the file has: the second of two of one moment has a number behind it."""
    taken[key] += 1
    return key if taken[key] == 1 else f"{key} #{taken[key]}"


# --- Weigh-ins ------------------------------------------------------------------------------------


def weigh_ins_of(
    weights: list[Fact], fats: list[Fact], facts: Facts, choices: Choices
) -> Iterator[Record]:
    if any(one.stamp.at is None for one in weights):
        facts.remark(NO_TIMES)
    fat_of = fats_by_moment(fats, facts)
    seen: set[tuple[object, Decimal]] = set()
    taken: Counter[str] = Counter()
    for one in weights:
        kg, reason = kilograms(one, choices.mass)
        moment = one.stamp.at or one.stamp.day
        if kg is None:
            refuse(facts, one, reason)
            continue
        if is_future(moment_of(one)):
            refuse(facts, one, NOT_NOON_YET)
            continue
        # The same weigh-in twice in one file is one.
        if (moment, kg) not in seen:
            seen.add((moment, kg))
            yield weigh_in(one, kg, fat_of.pop(moment, None), taken)
    for fat in fat_of.values():
        if not fat_has_weight(fat, weights):
            refuse(facts, fat, "there is no weight at its time")


def fats_by_moment(fats: Iterable[Fact], facts: Facts) -> dict[object, Fact]:
    found: dict[object, Fact] = {}
    for one in fats:
        if not 0 < one.value <= 100:
            refuse(facts, one, f"{one.value:g} is no share of fat in percent")
        else:
            found[one.stamp.at or one.stamp.day] = one
    return found


def fat_has_weight(fat: Fact, weights: list[Fact]) -> bool:
    return any(one.stamp == fat.stamp for one in weights)


def kilograms(fact: Fact, mass: str) -> tuple[Decimal | None, str]:
    """Return a weight in kg, or why it is none."""
    unit = MASSES.get(fact.unit.casefold(), "") if fact.unit else mass
    if not unit:
        return None, f"{fact.unit} is no unit of a weight that can be read: kg or lb"
    value = Decimal(str(fact.value))
    kg = value * KG_OF_A_POUND if unit == LB else value
    if not LEAST_KG <= kg <= MOST_KG:
        return None, f"{fact.value:g} {unit} is no weight of a person"
    return kg.quantize(DIGITS), ""


def moment_of(fact: Fact) -> datetime:
    """Return when a weigh-in stands."""
    return fact.stamp.at or at_hour(fact.stamp.day, NOON)


def weigh_in(fact: Fact, kg: Decimal, fat: Fact | None, taken: Counter[str]) -> Record:
    stamp = fact.stamp
    at = moment_of(fact)
    day = local_date(at)
    key = numbered(moment_words(day, stamp.at), taken)
    ratio = Decimal(str(fat.value)).quantize(DIGITS) if fat else None
    row: Row = [key, day, at, kg, ratio, to_json(fact.raw)]
    words = f"{moment_words(day, stamp.at)} {kg.normalize():f} kg ({fact.where})"
    return Record(Place(WeighIn, 0, day, stamp.at), row, words, fact.where, fact.raw)


__all__ = ["COLUMNS", "CSV", "Place", "Record", "SeveralRows", "records_of"]
