"""Imports an export: a batch of foods, the counts and the place in the file are stored together, so that whatever ends an
import, the next one goes on from there."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone

from lifetracker.sync.files import CannotImport, in_words
from nutrition.food_import.products import (
    OTHER_COUNTRY,
    TOO_LONG,
    Filters,
    JsonLines,
    LeftOut,
    Table,
    lines_of,
)
from nutrition.food_import.reading import (
    EXPECTED,
    Block,
    CutOff,
    Place,
    blocks,
    leads_to,
    unpacked,
)
from nutrition.food_search import index_foods
from nutrition.food_store import store_foods
from nutrition.models import FoodImport, FoodItem
from nutrition.open_food_facts import Refused, food_of

#: Foods to a transaction, or as many lines without one.
BATCH = 250
LINES_WITHOUT_FOODS = 20_000
#: By so many bytes at its beginning a file is known again.
HEAD = 1024
#: The counts that say what became of a line; the others are reasons why nothing did.
LINES, CREATED, UPDATED, UNCHANGED = COUNTED = ("lines", "created", "updated", "unchanged")
#: Of so many products that were looked at, so many must have nutrients: else the export has taken a new shape.
MANY, LEAST_SHARE = 5_000, 0.1
NO_NUTRIENTS = "no nutrients"

#: Told after each batch: how many bytes of the file were read, and what became of its lines.
Progress = Callable[[int, "Counter[str]"], None]


def import_foods(
    path: Path, filters: Filters, *, restart: bool = False, progress: Progress = lambda *_: None
) -> FoodImport:
    """Import an export, from where an earlier attempt ended, and return what came of it. Raises CannotImport."""
    EXPECTED.require_file(path)
    with in_words(path):
        kept = kept_import(path, filters)
        if restart and kept.pk:
            kept.delete()
            kept = kept_import(path, filters)
        with path.open("rb") as file:
            read = unpacked(path, file)
            if not leads_to(read, Place(kept.end, kept.checksum)):
                # Another file that begins alike, such as that of the next night.
                kept.delete()
                kept = kept_import(path, filters)
                file.seek(0)
                read = unpacked(path, file)
            Importer(kept, filters, file, progress).run(path, read)
    index_foods()
    return kept


def kept_import(path: Path, filters: Filters) -> FoodImport:
    """Return the unfinished import of a file that begins like this one, under the same filters, else a new one."""
    with path.open("rb") as file:
        head = hashlib.sha256(file.read(HEAD)).hexdigest()
    found = FoodImport.objects.filter(head=head, filters=str(filters), finished_at=None).first()
    return found or FoodImport(head=head, filters=str(filters), file_name=path.name[:200])


class Importer:
    """One import at work."""

    def __init__(
        self, kept: FoodImport, filters: Filters, file: BinaryIO, progress: Progress
    ) -> None:
        self._kept = kept
        self._filters = filters
        self._needles = filters.needles()
        self._file = file
        self._progress = progress
        self._counts: Counter[str] = Counter(kept.counts)
        self._foods: list[FoodItem] = []
        self._lines: JsonLines | Table | None = None

    def run(self, path: Path, read: Callable[[int], bytes]) -> None:
        """Raises CannotImport. What was stored until then stays, and with it the place in the file."""
        since, place = self._kept.line, Place(self._kept.end, self._kept.checksum)
        if self._kept.first_line:
            self._lines = lines_of(path.name, self._kept.first_line.encode())
        try:
            for block in blocks(read, place):
                self._read(path, block)
                place = Place(block.end, block.checksum)
                if len(self._foods) >= BATCH or self._counts[LINES] - since > LINES_WITHOUT_FOODS:
                    self._store(place)
                    since = self._counts[LINES]
        except CutOff as error:
            if self._lines is None:
                raise
            self._store(place)
            raise CannotImport(self._cut(error)) from None
        if not self._counts[LINES]:
            raise CannotImport(f"{path.name} has no products. {EXPECTED.wanted}")
        self._store(place, is_last=True)

    def _cut(self, error: CutOff) -> str:
        return (
            f"{error} The {self._kept.line:,} lines before that are imported: repeat the command with the whole "
            "file, and it goes on from there."
        )

    # --- Lines ------------------------------------------------------------------------------------

    def _read(self, path: Path, block: Block) -> None:
        found = block.lines
        if self._lines is None:
            self._lines = self._begin(path, found)
            found = found[1:] if isinstance(self._lines, Table) else found
        for line in found:
            self._counts[LINES] += 1
            try:
                self._foods.append(self._food(self._lines, line))
            except LeftOut as error:
                self._counts[str(error)] += 1
            except Refused as error:
                self._counts[error.reason] += 1

    def _begin(self, path: Path, found: list[bytes | None]) -> JsonLines | Table:
        """Return how the lines are read, and store that the import has begun. Raises CannotImport."""
        first = found[0]
        lines = lines_of(path.name, first or b"")
        if isinstance(lines, Table):
            if self._filters.language:
                raise CannotImport(
                    "The CSV does not say in which language a product is. Leave --language out, or give the JSONL."
                )
            self._kept.first_line = (first or b"").decode(errors="replace")
        else:
            lines.require_products(path.name, found)
            self._kept.first_line = "{"
        if self._kept.pk is None:
            self._move(Place())
        return lines

    def _food(self, lines: JsonLines | Table, line: bytes | None) -> FoodItem:
        """Raises LeftOut and Refused."""
        if line is None:
            raise LeftOut(TOO_LONG)
        if self._needles and not any(needle in line for needle in self._needles):
            raise LeftOut(OTHER_COUNTRY)
        product = lines.product(line)
        self._filters.require(product)
        return food_of(product)

    # --- Batches ----------------------------------------------------------------------------------

    def _store(self, place: Place, *, is_last: bool = False) -> None:
        """Store the foods, and that the file is read up to here, both or neither."""
        with transaction.atomic():
            stored = store_foods(self._foods)
            self._counts.update(
                {
                    CREATED: stored.created,
                    UPDATED: stored.updated,
                    UNCHANGED: stored.unchanged,
                }
            )
            self._require_nutrients()
            self._move(place)
            if is_last:
                self._finish()
        self._foods = []
        self._progress(self._file.tell(), self._counts)

    def _move(self, place: Place) -> None:
        """Store how far the file is read. Raises CannotImport where another process imports it as well."""
        kept, before = self._kept, self._kept.end
        kept.line, kept.counts, kept.changed_at = self._counts[LINES], self._counts, timezone.now()
        kept.end, kept.checksum = place
        if kept.pk is None:
            kept.save()
            return
        values = {
            "line": kept.line,
            "end": kept.end,
            "checksum": kept.checksum,
            "counts": kept.counts,
        }
        same = FoodImport.objects.filter(pk=kept.pk, end=before)
        if same.update(**values, first_line=kept.first_line, changed_at=kept.changed_at) != 1:
            raise CannotImport("Another process is importing this file too. This one has stopped.")

    def _require_nutrients(self) -> None:
        """Raise CannotImport where hardly a product has nutrients. The batch is not stored."""
        with_values = self._counts[CREATED] + self._counts[UPDATED] + self._counts[UNCHANGED]
        looked_at = with_values + self._counts[NO_NUTRIENTS]
        if looked_at >= MANY and with_values < LEAST_SHARE * looked_at:
            raise CannotImport(
                f"Only {with_values:,} of {looked_at:,} products have nutrients, so the export has probably "
                "taken a shape that this version does not know. Update Life Tracker, then repeat the command "
                "with --restart."
            )

    def _finish(self) -> None:
        self._kept.finished_at = timezone.now()
        self._kept.save()
