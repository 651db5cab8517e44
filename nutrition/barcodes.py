"""The numbers below bar codes: EAN-8, EAN-13, UPC-A, UPC-E.

They are compared in the form in which Open Food Facts stores them: without leading zeros, filled up to 13 digits, or to 8
where 8 are enough.
"""

from __future__ import annotations

import re
from itertools import cycle

SHORTEST, LONGEST = 4, 24
EAN_8, UPC_A, EAN_13 = 8, 12, 13
#: These lengths end with a check digit; the longest is that of whole cases.
CHECKED = (EAN_8, UPC_A, EAN_13, 14)
#: Digits that shops give to goods of their own, which clash from shop to shop.
IN_STORE = ("2", "02")


def digits_of(text: str) -> str:
    """Return the digits of what was typed or scanned as a bar code; empty where it is none. Blanks and hyphens between
    the digits are left out."""
    digits = re.sub(r"[\s-]", "", text)
    is_code = digits.isascii() and digits.isdigit() and SHORTEST <= len(digits) <= LONGEST
    return digits if is_code else ""


def normalized(digits: str) -> str:
    """Return the form in which numbers are stored and compared: `034000470693` and `0034000470693` are one."""
    bare = digits.lstrip("0").rjust(EAN_13, "0")
    shorter = bare[EAN_13 - EAN_8 :]
    return shorter if len(bare) == EAN_13 and bare == shorter.rjust(EAN_13, "0") else bare


def check_digit(body: str) -> int:
    """Return the last digit that belongs to the digits before it: from the right their weights are 3, 1, 3, 1."""
    total = sum(
        int(digit) * weight for digit, weight in zip(reversed(body), cycle((3, 1)), strict=False)
    )
    return (10 - total % 10) % 10


def has_valid_check_digit(digits: str) -> bool:
    return int(digits[-1]) == check_digit(digits[:-1])


def may_be_printed(digits: str) -> bool:
    """Return whether the last digit fits the others, as far as such a number has a check digit."""
    if len(digits) not in CHECKED:
        return True
    return has_valid_check_digit(digits) or bool(expanded(digits))


def is_in_store(digits: str) -> bool:
    """Return whether a shop gave the number, so that another one may have given it to something else."""
    return len(digits) in {UPC_A, EAN_13} and digits.startswith(IN_STORE)


def expanded(digits: str) -> str:
    """Return the twelve digits of a UPC-E, the short form on small packages; empty where it is none."""
    if len(digits) != EAN_8 or digits[0] not in "01":
        return ""
    system, a, b, c, d, e, last, check = list(digits)
    bodies = {"3": f"{a}{b}{c}00000{d}{e}", "4": f"{a}{b}{c}{d}00000{e}"}
    if last in "012":
        body = f"{a}{b}{last}0000{c}{d}{e}"
    else:
        body = bodies.get(last) or f"{a}{b}{c}{d}{e}0000{last}"
    whole = f"{system}{body}{check}"
    return whole if has_valid_check_digit(whole) else ""


def forms_of(digits: str) -> list[str]:
    """Return the normalized numbers under which a product may be stored, the likeliest first: some with a short UPC-E are
    stored as printed, others with its twelve digits."""
    whole = expanded(digits)
    return list(dict.fromkeys([normalized(digits), *([normalized(whole)] if whole else [])]))
