"""Numbers as people type them: `1.5`, `1,5`, `1,500`, `1/2`, `1 1/2`, `½`."""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError

VULGAR = "".join(chr(code) for code in range(0x2150, 0x215F)) + "¼½¾"
NUMBER = (
    rf"(?:\d+\s+\d+/\d+|\d+/\d+|\d*\s*[{VULGAR}]|\d{{1,3}}(?:[,'’]\d{{3}})+(?:\.\d+)?(?!\d)"
    r"|\d{1,3}(?:\.\d{3})+,\d+|\d+(?:[.,]\d+)?|[.,]\d+)"
)
THOUSANDS = re.compile(r"[1-9]\d{0,2}([,'’]\d{3})+(\.\d+)?", re.A)


def number_of(text: str) -> float:
    """Return the number. Commas between groups of three digits mean thousands, any other one is a decimal point. Raises
    ValidationError for a fraction of nothing."""
    whole, _, part = text.strip().rpartition(" ")
    if part[-1] in VULGAR:
        return float(whole or part[:-1] or 0) + unicodedata.numeric(part[-1])
    if "/" in part:
        over, under = map(int, part.split("/"))
        if not under:
            raise ValidationError(f"{part} is not a number. Type an amount such as 1/2.")
        return float(whole or 0) + over / under
    if THOUSANDS.fullmatch(part):
        return float(re.sub("[,'’]", "", part))
    if "." in part:
        part = part.replace(".", "") if "," in part else part
    return float(part.replace(",", "."))
