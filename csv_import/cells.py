"""Numbers, and yes or no, as cells have them. An empty cell is unknown, and never asked here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from lifetracker.sync.tables import MICRO, Unreadable, shown

POINT, COMMA = ".", ","
DECIMALS = {POINT: "A point, such as 1,234.5", COMMA: "A comma, such as 1.234,5"}
#: Of what else stands between thousands: spaces of any width, and apostrophes.
THOUSANDS = re.compile(r"(?<=\d)[ \u00a0\u2009\u202f'’](?=\d{3}(?:\D|$))")
NUMBER = {
    POINT: re.compile(
        r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?(?:[eE][+-]?\d{1,3})?|[+-]?\.\d+", re.ASCII
    ),
    COMMA: re.compile(
        r"[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d*)?(?:[eE][+-]?\d{1,3})?|[+-]?,\d+", re.ASCII
    ),
}
#: What may stand behind a number.
UNIT = re.compile(r"\s*([^\d\s+\-–/(<>=:,.][^<>=:]{0,38})?", re.ASCII)
SPLIT = re.compile(
    r"([+-]?[\d.,]*\d[.,]?(?:[eE][+-]?\d{1,3}(?![A-Za-z]))?)(.*)", re.ASCII | re.DOTALL
)
SCIENTIFIC = re.compile(r"\d[eE][+-]?\d")
#: A separator with other than three digits behind it is no thousand.
SURE = {
    POINT: re.compile(r"\d\.(?:\d{1,2}|\d{4,})(?:\D|$)|,\d{3}\.\d"),
    COMMA: re.compile(r"\d,(?:\d{1,2}|\d{4,})(?:\D|$)|\.\d{3},\d"),
}
UNSURE = re.compile(r"^[+-]?\d{1,3}[.,]\d{3}(?:\D|$)")
# In the languages in which WHOOP's journal comes, too.
YES = {
    *("yes", "y", "true", "t", "1", "x", "✓", "✔", "on", "done"),
    *("ja", "j", "wahr", "sí", "si", "s", "verdadero", "oui", "o", "vrai", "sim", "verdadeiro"),
}
NO = {
    *("no", "n", "false", "f", "0", "off"),
    *("nein", "falsch", "falso", "non", "faux", "não", "nao"),
}


class Amount(NamedTuple):
    """`unit`: what stands behind the number, empty for a plain one."""

    value: float
    unit: str = ""
    is_scientific: bool = False


def amount_of(text: str, decimal: str) -> Amount:
    """Return the number of a cell such as `45 mg`. `decimal`: what stands before its digits. Raises Unreadable."""
    plain = THOUSANDS.sub("", text.strip().replace("−", "-").translate(MICRO))
    match = SPLIT.fullmatch(plain)
    number, rest = (match[1], match[2]) if match else ("", "")
    unit = UNIT.fullmatch(rest)
    if not match or not unit or not NUMBER[decimal].fullmatch(number):
        raise Unreadable(why_no_number(text, plain, number, decimal))
    groups = COMMA if decimal == POINT else POINT
    value = float(number.replace(groups, "").replace(decimal, "."))
    return Amount(value, (unit[1] or "").strip(), bool(SCIENTIFIC.search(number)))


def why_no_number(text: str, plain: str, number: str, decimal: str) -> str:
    if plain.startswith(("<", ">", "≤", "≥", "~")):
        return f"{shown(text)} is a limit and not a number"
    other = COMMA if decimal == POINT else POINT
    if number and not NUMBER[decimal].fullmatch(number) and NUMBER[other].fullmatch(number):
        word = "point" if decimal == POINT else "comma"
        return f"{shown(text)} has no decimal {word}, which was chosen for this file"
    return f"{shown(text)} is not a number"


def answer_of(text: str) -> bool:
    """Return whether a cell is a yes. Raises Unreadable for a word that is neither yes nor no: it is not a no."""
    word = text.strip().casefold()
    # As a spreadsheet writes them.
    word = {"1.0": "1", "0.0": "0", "1,0": "1", "0,0": "0"}.get(word, word)
    if word in YES:
        return True
    if word in NO:
        return False
    raise Unreadable(f"{shown(text)} is neither yes nor no")


def decimals_of(cells: Iterable[str]) -> list[str]:
    """Return what may stand before the digits in these cells: both where nothing tells, and none of them that could be
    either."""
    has = {POINT: False, COMMA: False}
    is_unsure = False
    for cell in cells:
        plain = THOUSANDS.sub("", cell)
        if plain.count(POINT) + plain.count(COMMA) == 0:
            continue
        sure = [mark for mark in DECIMALS if SURE[mark].search(plain)]
        for mark in sure:
            has[mark] = True
        is_unsure = is_unsure or (not sure and bool(UNSURE.search(plain)))
    found = [mark for mark, is_there in has.items() if is_there]
    if len(found) == 1:
        return found
    return [POINT, COMMA] if found or is_unsure else [POINT]


def is_number(text: str) -> bool:
    """Return whether a cell is a number, whatever stands before its digits."""
    for mark in DECIMALS:
        try:
            amount_of(text, mark)
        except Unreadable:
            continue
        return True
    return False


def is_answer(text: str) -> bool:
    try:
        answer_of(text)
    except Unreadable:
        return False
    return True
