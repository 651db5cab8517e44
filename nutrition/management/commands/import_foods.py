"""Import the foods of a public export of Open Food Facts."""

from __future__ import annotations

import time
from argparse import ArgumentParser, ArgumentTypeError
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from tqdm import tqdm

from lifetracker.management.command import QuickCommand
from lifetracker.management.counting import given_path
from lifetracker.sync.files import CannotImport
from lifetracker.words import counted
from nutrition.food_import.job import COUNTED, CREATED, LINES, UNCHANGED, UPDATED, import_foods
from nutrition.food_import.products import Filters, country_tag
from nutrition.models import FoodImport


def share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 <= value <= 1:
        raise ArgumentTypeError(f"{text!r} is not a number from 0 to 1, such as 0.5")
    return value


def language(text: str) -> str:
    if not (text.isascii() and text.isalpha() and len(text) in {2, 3}):
        raise ArgumentTypeError(f"{text!r} is not the code of a language, such as en")
    return text.lower()


def country(text: str) -> str:
    if not text.strip():
        raise ArgumentTypeError(
            "it is empty. Give the name of a country in English, such as France"
        )
    return country_tag(text)


class FoodsBar:
    """On a terminal, how much of the file is read, how fast, and how long it still takes; elsewhere nothing."""

    def __init__(self, path: Path) -> None:
        self._bar = tqdm(
            desc=path.name,
            total=path.stat().st_size if path.is_file() else None,
            unit="B",
            unit_scale=True,
            disable=None,
            leave=False,
        )
        self._begin: tuple[float, int] | None = None

    def __call__(self, at: int, counts: Counter[str]) -> None:
        foods, now = sum(counts[name] for name in (CREATED, UPDATED, UNCHANGED)), time.monotonic()
        began, before = self._begin = self._begin or (now, foods)
        rate = (foods - before) / (now - began) if now > began else 0
        self._bar.set_postfix_str(f"{foods:,} foods, {rate:,.0f}/s", refresh=False)
        self._bar.update(at - self._bar.n)

    def close(self) -> None:
        self._bar.close()


class Command(QuickCommand):
    help = (
        "Import the foods of a public export of Open Food Facts: its JSONL or CSV, or a file of its daily changes, packed "
        "or not. What was interrupted goes on from where it ended."
    )
    requires_migrations_checks = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=given_path, help="such as openfoodfacts-products.jsonl.gz")
        parser.add_argument(
            "--country",
            type=country,
            action="append",
            default=[],
            help="Only what is sold there, by the English name, such as France. May be given several times.",
        )
        parser.add_argument(
            "--language",
            type=language,
            help="Only what is in this language, such as fr.",
        )
        parser.add_argument(
            "--min-completeness",
            type=share,
            default=0.0,
            metavar="SHARE",
            help="Only products of which so much is known, from 0 to 1.",
        )
        parser.add_argument(
            "--restart", action="store_true", help="Begin at the first line, whatever was imported."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        countries = tuple(sorted(set(options["country"])))
        filters = Filters(countries, options["language"] or "", options["min_completeness"])
        bar = FoodsBar(options["file"])
        try:
            done = import_foods(options["file"], filters, restart=options["restart"], progress=bar)
        except CannotImport as error:
            raise CommandError(str(error)) from None
        except KeyboardInterrupt:
            raise CommandError(
                "Stopped with Ctrl-C. Repeat the command, and it goes on from there."
            ) from None
        finally:
            bar.close()
        self.tell(done)

    def tell(self, done: FoodImport) -> None:
        counts: Counter[str] = Counter(done.counts)
        foods = sum(counts[name] for name in (CREATED, UPDATED, UNCHANGED))
        self.stdout.write(
            f"{done.file_name}: {counted(counts[LINES], 'line')}, {counted(foods, 'food')}: {counts[CREATED]:,} new, "
            f"{counts[UPDATED]:,} changed, {counts[UNCHANGED]:,} the same"
        )
        for reason, count in counts.most_common():
            if reason not in COUNTED:
                self.stdout.write(f"  left out, {reason}: {count:,}")
