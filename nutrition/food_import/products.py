"""A line of the export as a product, in the shape in which the service's API answers; and which products are wanted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lifetracker.sync.files import CannotImport
from lifetracker.sync.lossless import read_json
from nutrition.food_import.reading import WANTED

PER_100 = "_100g"
NEEDED = ("code", "product_name", "countries_tags", "last_modified_t")
#: Where the number of a product may stand.
CODES = ("code", "_id")
BOM = b"\xef\xbb\xbf"


class LeftOut(Exception):
    """A line of which no food becomes. The text is the reason, by which they are counted."""


BROKEN = "not readable"
SHIFTED = "shifted columns"
TOO_LONG = "too long"
OTHER_COUNTRY = "other country"
OTHER_LANGUAGE = "other language"
INCOMPLETE = "not complete enough"


@dataclass(frozen=True)
class Filters:
    """Which products are wanted. `countries`: tags such as `en:france`; empty for all. `language`: a code such as `fr`."""

    countries: tuple[str, ...] = ()
    language: str = ""
    min_completeness: float = 0

    def __str__(self) -> str:
        return f"{','.join(self.countries)} {self.language} {self.min_completeness:g}"

    def needles(self) -> list[bytes]:
        """Return the texts of which a line that is wanted has one; none where any line may be wanted. They are looked for
        before a line is read, which takes ten times as long."""
        return [country.encode() for country in self.countries]

    def require(self, product: Mapping[str, Any]) -> None:
        """Raise LeftOut for a product that is not wanted."""
        if self.countries and not set(self.countries) & set(texts(product.get("countries_tags"))):
            raise LeftOut(OTHER_COUNTRY)
        if self.language and not self._speaks(product):
            raise LeftOut(OTHER_LANGUAGE)
        if self.min_completeness and completeness(product) < self.min_completeness:
            raise LeftOut(INCOMPLETE)

    def _speaks(self, product: Mapping[str, Any]) -> bool:
        named = product.get(f"product_name_{self.language}")
        return product.get("lang") == self.language or bool(named)


def texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def completeness(product: Mapping[str, Any]) -> float:
    """Return how much of a product is known, from 0 to 1; 0 where it does not say it."""
    try:
        return float(product.get("completeness") or 0)
    except (TypeError, ValueError):
        return 0


def country_tag(text: str) -> str:
    """Return the tag of a country that was named as `France`, `united kingdom` or `en:france`."""
    plain = "-".join(text.strip().lower().split())
    return plain if ":" in plain else f"en:{plain}"


# --- Lines ----------------------------------------------------------------------------------------


class JsonLines:
    """A product on each line, as JSON."""

    about = "JSON lines"

    def product(self, line: bytes) -> dict[str, Any]:
        """Raises LeftOut."""
        try:
            product = read_json(line)
        except (ValueError, RecursionError):
            raise LeftOut(BROKEN) from None
        if not isinstance(product, dict):
            raise LeftOut(BROKEN)
        return product

    def require_products(self, name: str, first: Iterable[bytes | None]) -> None:
        """Raise CannotImport where none of the first lines is a product. Of what is too long nobody knows."""
        if not any(line is None or self._is_product(line) for line in first):
            raise CannotImport(f"{name} is JSON, but has no product on its first lines. {WANTED}")

    def _is_product(self, line: bytes) -> bool:
        try:
            return any(self.product(line).get(key) for key in CODES)
        except LeftOut:
            return False


class Table:
    """A product on each line, as cells between tabs. Quotes are part of the texts."""

    about = "a CSV"

    def __init__(self, header: bytes) -> None:
        self._names = header.removeprefix(BOM).decode(errors="replace").rstrip("\r").split("\t")

    def product(self, line: bytes) -> dict[str, Any]:
        """Raises LeftOut."""
        try:
            cells = line.decode().removesuffix("\r").split("\t")
        except UnicodeDecodeError:
            raise LeftOut(BROKEN) from None
        if len(cells) != len(self._names):
            # A tab or a line end within a text has moved all that follows: nothing tells where.
            raise LeftOut(SHIFTED)
        found = {name: cell for name, cell in zip(self._names, cells, strict=True) if cell}
        values = {name: found.pop(name) for name in list(found) if name.endswith(PER_100)}
        tags = found.pop("countries_tags", "").split(",")
        return {**found, "countries_tags": tags, "nutriments": values}


def lines_of(name: str, first: bytes) -> JsonLines | Table:
    """Return how the lines of a file are read, by its first line. Raises CannotImport."""
    begin = first.removeprefix(BOM).lstrip()
    if begin.startswith(b"{"):
        return JsonLines()
    cells = first.removeprefix(BOM).decode(errors="replace").rstrip("\r").split("\t")
    if set(NEEDED) <= set(cells):
        if not any(cell.endswith(PER_100) for cell in cells):
            raise CannotImport(
                f"{name} has no columns of nutrients, as some exports had. Give the JSONL."
            )
        return Table(first)
    if begin[:1] == b"<":
        raise CannotImport(
            f"{name} is a web page: the download was refused, and the answer was saved instead. {WANTED}"
        )
    raise CannotImport(f"{name} is not an export of Open Food Facts. {WANTED}")
