"""The import of an export of Open Food Facts: what is in it, what ends it, and that it goes on."""

from __future__ import annotations

import gzip
import json
import random
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from nutrition.food_import import job, reading
from nutrition.food_import.products import Filters
from nutrition.housekeeping import delete_food_imports
from nutrition.models import OPEN_FOOD_FACTS, FoodImport, FoodItem
from tests import processes
from tests.nutrition.food_lines import line_of, lines, product

pytestmark = pytest.mark.django_db

SAMPLES = Path(__file__).parents[1] / "payloads" / "openfoodfacts"
HEADER = (
    "code",
    "product_name",
    "countries_tags",
    "last_modified_t",
    "energy-kcal_100g",
    "fat_100g",
)


def given(tmp_path: Path, content: bytes, name: str = "products.jsonl") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def imported(path: Path, *options: str) -> dict[str, int]:
    """Import a file, and return the counts that are not 0."""
    call_command("import_foods", str(path), *options)
    counts: dict[str, int] = FoodImport.objects.latest("changed_at").counts
    return {name: count for name, count in counts.items() if count}


def refused(path: Path, *options: str) -> str:
    with pytest.raises(CommandError) as caught:
        call_command("import_foods", str(path), *options)
    return str(caught.value)


def stored() -> list[tuple[Any, ...]]:
    rows = FoodItem.objects.filter(source=OPEN_FOOD_FACTS).order_by("source_id")
    return list(rows.values_list("source_id", "name", "kcal", "protein", "servings", "digest"))


def table(*rows: tuple[str, ...]) -> bytes:
    return "\n".join("\t".join(row) for row in (HEADER, *rows)).encode()


# --- What is in it --------------------------------------------------------------------------------


@pytest.mark.parametrize("packed", [False, True])
def test_lines_of_both_shapes(tmp_path: Path, packed: bool) -> None:
    content = (SAMPLES / "dump_5_lines.jsonl").read_bytes()
    path = given(tmp_path, gzip.compress(content) if packed else content)
    assert imported(path) == {"lines": 5, "created": 3, "no nutrients": 2}
    foods = (
        FoodItem.objects.in_bulk(field_name="source_id")
        if False
        else {food.source_id: food for food in FoodItem.objects.all()}
    )
    croissant, kefir = foods["3608580827771"], foods["4025500287955"]
    assert (croissant.name, croissant.kcal, croissant.salt) == ("Croissants Hazelnut", 478, 0.47)
    assert (kefir.brand, kefir.kcal, kefir.sugar) == ("müller", 46, None)
    assert FoodImport.objects.get().finished_at is not None


def test_a_table(tmp_path: Path) -> None:
    path = given(tmp_path, (SAMPLES / "products_5_rows.csv").read_bytes())
    assert imported(path) == {"lines": 5, "created": 4, "shifted columns": 1}
    assert FoodItem.objects.get(source_id="0025000044984").kcal == 50


@pytest.mark.one_database
def test_rows_that_have_shifted_and_quotes_that_are_text(tmp_path: Path) -> None:
    path = given(
        tmp_path,
        table(
            ("40111445", '12" Pizza "Roma', "en:italy", "1700000000", "250", "9"),
            ("40111446", "a\ttab", "en:italy", "1700000000", "250", "9"),
            ("40111447", "Milk", "en:italy", "1700000000", "64", ""),
            ("40111448", "cut", "en:italy"),
        ),
    )
    assert imported(path) == {"lines": 4, "created": 2, "shifted columns": 2}
    pizza, milk = FoodItem.objects.order_by("source_id")
    assert (pizza.name, pizza.kcal, pizza.fat) == ('12" Pizza "Roma', 250, 9)
    assert (milk.kcal, milk.fat) == (64, None)


def test_what_cannot_be_a_food_is_counted_by_reason(tmp_path: Path) -> None:
    odd = [
        product(1) | {"product_name": "Nul\x00l \ud800 half"},
        product(2) | {"product_name": ""},
        product(4) | {"nutriments": {"energy-kcal_100g": 4590, "fat_100g": 510}},
        product(6) | {"nutriments": {"energy-kcal_100g": -3, "fat_100g": "traces"}},
        product(8) | {"nutriments": {"energy-kcal_100g": "NaN", "fat_100g": "2,5"}},
        product(10) | {"code": None, "_id": None},
    ]
    content = b"".join(json.dumps(one).encode() + b"\n" for one in odd)
    path = given(tmp_path, content + b"{broken\n[1]\n\xff{}\n")
    assert imported(path) == {
        "lines": 9,
        "created": 2,
        "no name": 1,
        "implausible": 1,
        "no nutrients": 1,
        "no code": 1,
        "not readable": 3,
    }
    first, second = FoodItem.objects.order_by("source_id")
    assert first.name == "Null half"
    assert (second.kcal, second.fat) == (None, 2.5)


@pytest.mark.one_database
def test_a_line_that_is_too_long(tmp_path: Path, capsys: Any) -> None:
    long = line_of(product(1) | {"ingredients_text": "x" * 10_000_000})
    last = line_of(product(2)).rstrip(b"\n")
    path = given(tmp_path, gzip.compress(line_of(product(0)) + long + last))
    assert imported(path) == {"lines": 3, "created": 2, "too long": 1}
    assert "left out, too long: 1" in capsys.readouterr().out


def test_of_a_code_that_comes_twice_the_newer_one_stays(tmp_path: Path) -> None:
    newer = product(1) | {"code": "04000000000001", "product_name": "New"}
    older = product(1) | {"product_name": "Old", "last_modified_t": 1_600_000_000}
    others = lines(600, first=2)
    path = given(tmp_path, line_of(older) + line_of(newer) + others + line_of(older))
    imported(path)
    assert FoodItem.objects.get(source_id="4000000000001").name == "New"
    assert FoodItem.objects.count() == 601


def test_a_second_import_changes_what_is_newer(tmp_path: Path) -> None:
    imported(given(tmp_path, lines(20)))
    before = dict(FoodItem.objects.values_list("source_id", "updated_at"))
    changed = lines(5, product_name="Renamed", last_modified_t=1_750_000_000)
    path = given(tmp_path, changed + lines(15, first=5) + lines(3, first=20))
    assert imported(path) == {"lines": 23, "created": 3, "updated": 5, "unchanged": 15}
    same = FoodItem.objects.exclude(name="Renamed").filter(source_id__in=before)
    assert dict(same.values_list("source_id", "updated_at")).items() <= before.items()


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("options", "left"),
    [
        (["--country", "Germany"], {"created": 6, "other country": 2}),
        (["--country", "france", "--country", "en:austria"], {"created": 8}),
        (["--country", "United Kingdom"], {"other country": 8}),
        (["--language", "de"], {"created": 8}),
        (["--language", "fr"], {"other language": 8}),
    ],
)
def test_only_what_is_wanted(tmp_path: Path, options: list[str], left: dict[str, int]) -> None:
    assert imported(given(tmp_path, lines(8)), *options) == {"lines": 8, **left}


@pytest.mark.one_database
def test_the_tag_of_a_country_elsewhere_is_no_country(tmp_path: Path) -> None:
    line = line_of(product(1) | {"origins_tags": ["en:france"]})
    assert imported(given(tmp_path, line), "--country", "France") == {
        "lines": 1,
        "other country": 1,
    }


@pytest.mark.one_database
def test_a_name_in_the_language_counts(tmp_path: Path) -> None:
    line = line_of(product(1) | {"lang": "fr", "product_name_it": "Pane"})
    assert imported(given(tmp_path, line), "--language", "it") == {"lines": 1, "created": 1}


@pytest.mark.one_database
def test_only_what_is_known_well(tmp_path: Path) -> None:
    content = b"".join(line_of(product(n) | {"completeness": n / 10}) for n in range(5))
    content += line_of(product(7) | {"completeness": None}) + line_of(
        product(8) | {"completeness": "x"}
    )
    counts = imported(given(tmp_path, content), "--min-completeness", "0.3")
    assert counts == {"lines": 7, "created": 2, "not complete enough": 5}


@pytest.mark.one_database
def test_an_export_of_an_unknown_shape_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "MANY", 400)
    path = given(tmp_path, lines(10) + lines(500, nutriments={}, nutrition={"sets": []}, first=10))
    text = refused(path)
    assert text.startswith("Only 10 of ")
    assert "Update Life Tracker, then repeat the command with --restart." in text


# --- Daily changes --------------------------------------------------------------------------------

DELTA = "openfoodfacts_products_{}_{}.json.gz"


@pytest.mark.parametrize("is_oldest_first", [True, False])
def test_files_of_daily_changes_in_any_order(tmp_path: Path, is_oldest_first: bool) -> None:
    imported(given(tmp_path, gzip.compress(lines(20), mtime=0), "products.jsonl.gz"))
    days = [
        {"product_name": "Changed once", "last_modified_t": 1_700_100_000},
        {"product_name": "Changed twice", "last_modified_t": 1_700_200_000},
    ]
    files = [
        given(
            tmp_path,
            gzip.compress(lines(3, **changes) + lines(1, first=30 + day), mtime=0),
            DELTA.format(1_700_000_000 + day, 1_700_000_001 + day),
        )
        for day, changes in enumerate(days)
    ]
    for path in files if is_oldest_first else reversed(files):
        imported(path)
    names = dict(FoodItem.objects.values_list("source_id", "name"))
    assert [names[str(4_000_000_000_000 + number)] for number in range(3)] == ["Changed twice"] * 3
    assert len(names) == 22
    assert names["4000000000003"] == product(3)["product_name"]


def test_other_json_is_refused_whichever_country_is_wanted(
    tmp_path: Path,
) -> None:
    path = given(tmp_path, b'{"a": 1}\n', "some.json")
    assert "is JSON, but has no product" in refused(path, "--country", "France")
    assert not FoodImport.objects.exists()


# --- Files that are none --------------------------------------------------------------------------


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04 and so on", "is a zip archive"),
        (b"\xff\xd8\xff\xe0 a photo", "is a picture and not an export from Open Food Facts"),
        (b"PAR1 and so on", "is a Parquet file"),
        (b"<!DOCTYPE html><p>403</p>", "is a web page: the download was refused"),
        (gzip.compress(b"<html></html>", mtime=0), "is a web page"),
        (b"Date,Meal,Calories\n", "is not an export of Open Food Facts"),
        (b"\x00\x01" * 3000, "is not an export of Open Food Facts"),
        (b"x" * 200_000, "is not an export of Open Food Facts"),
        (
            b"code\tproduct_name\tcountries_tags\tlast_modified_t\n1\t2\t3\t4",
            "no columns of nutrients",
        ),
        (table(), "has no products"),
        (b'{\n  "code": "4000000000001"\n}\n', "is JSON, but has no product on its first lines"),
        (b'{"hits": []}\n{"hits": []}\n', "or a file of its daily changes"),
        (b"\x1f\x8b\x08 no gzip at all", "is damaged"),
        (gzip.compress(lines(2), mtime=0)[:15], "was cut off"),
    ],
)
def test_other_files_are_named(tmp_path: Path, content: bytes, why: str) -> None:
    assert why in refused(given(tmp_path, content, "file.gz"))
    assert not FoodItem.objects.exists()


@pytest.mark.one_database
def test_files_that_are_not_there(tmp_path: Path) -> None:
    assert "There is no file" in refused(tmp_path / "none.gz")
    assert "is not a file" in refused(tmp_path)
    assert "does not say in which language" in refused(given(tmp_path, table()), "--language", "de")


@pytest.mark.one_database
@pytest.mark.parametrize(
    "options", [["--country", " "], ["--language", "german"], ["--min-completeness", "40"], ["--min-completeness", "x"]]
)  # fmt: skip
def test_options_that_make_no_sense(tmp_path: Path, options: list[str]) -> None:
    with pytest.raises(CommandError, match="argument"):
        call_command("import_foods", str(given(tmp_path, lines(1))), *options)


# --- What ends it, and how it goes on -------------------------------------------------------------


@pytest.mark.one_database
def test_a_file_that_was_cut_off_goes_on_with_a_whole_one(tmp_path: Path) -> None:
    whole = gzip.compress(lines(3000))
    path = given(tmp_path, whole[: len(whole) // 2])
    text = refused(path)
    kept = FoodImport.objects.get()
    assert (
        f"The {kept.line:,} lines before that are imported: repeat the command with the whole file"
        in text
    )
    assert 500 < kept.line < 2500
    assert FoodItem.objects.count() == kept.line
    FoodItem.objects.filter(source_id="4000000000003").delete()
    path.write_bytes(whole)
    assert imported(path) == {"lines": 3000, "created": 3000}
    # The lines that were imported were not read again.
    assert FoodItem.objects.count() == 2999


@pytest.mark.one_database
def test_a_damaged_file_keeps_what_came_before(tmp_path: Path) -> None:
    whole = bytearray(gzip.compress(lines(3000)))
    whole[len(whole) // 2 :] = b"\xff" * (len(whole) - len(whole) // 2)
    assert "is damaged" in refused(given(tmp_path, bytes(whole)))
    assert FoodItem.objects.count() == FoodImport.objects.get().line > 500


@pytest.mark.one_database
def test_another_file_that_begins_alike_begins_at_its_first_line(tmp_path: Path) -> None:
    whole = gzip.compress(lines(3000))
    path = given(tmp_path, whole[: len(whole) // 2])
    refused(path)
    path.write_bytes(lines(10) + lines(3000, first=5000))
    begun = lines(10)
    FoodImport.objects.update(
        head=job.hashlib.sha256((begun + lines(3000, first=5000))[: job.HEAD]).hexdigest()
    )
    assert imported(path)["lines"] == 3010


@pytest.mark.one_database
def test_a_restart_begins_at_the_first_line(tmp_path: Path) -> None:
    whole = gzip.compress(lines(3000))
    path = given(tmp_path, whole[: len(whole) // 2])
    refused(path)
    path.write_bytes(whole)
    counts = imported(path, "--restart")
    assert counts["lines"] == 3000
    assert counts["unchanged"] > 500


@pytest.mark.one_database
def test_other_filters_are_another_import(tmp_path: Path) -> None:
    whole = gzip.compress(lines(3000))
    path = given(tmp_path, whole[: len(whole) // 2])
    refused(path)
    path.write_bytes(whole)
    assert imported(path, "--country", "Germany")["lines"] == 3000
    assert FoodImport.objects.count() == 2


@pytest.mark.one_database
def test_a_table_goes_on_with_its_header(tmp_path: Path) -> None:
    rows = [
        (str(40_000_000 + n), f"Food {n}", "en:italy", "1700000000", "64", "1") for n in range(9000)
    ]
    whole = gzip.compress(table(*rows))
    path = given(tmp_path, whole[: len(whole) // 2])
    assert "was cut off" in refused(path)
    path.write_bytes(whole)
    assert imported(path) == {"lines": 9000, "created": 9000}


def test_two_imports_of_one_file_at_once(tmp_path: Path) -> None:
    path = given(tmp_path, lines(2000))

    def other(_at: int, _counts: object) -> None:
        FoodImport.objects.update(end=1)

    with pytest.raises(job.CannotImport, match="Another process is importing this file too"):
        job.import_foods(path, Filters(), progress=other)


def test_old_imports_are_forgotten(tmp_path: Path) -> None:
    imported(given(tmp_path, lines(1)))
    now = timezone.now()
    assert delete_food_imports(now + timezone.timedelta(days=89)) == 0
    assert delete_food_imports(now + timezone.timedelta(days=91)) == 1


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_killed_ten_times_it_comes_to_the_same(tmp_path: Path) -> None:
    path = given(tmp_path, gzip.compress(lines(6000)), "products.jsonl.gz")
    chance = random.Random(7)  # noqa: S311 - of pauses
    for _ in range(10):
        before = reached()
        child = processes.start("import_foods", str(path), new_session=True)
        processes.wait_until(lambda before=before: reached() > before)  # type: ignore[misc]
        time.sleep(chance.uniform(0, 0.05))
        processes.kill(child)
        assert FoodItem.objects.count() == reached() < 6000
    code, out, err = processes.command("import_foods", str(path))
    assert (code, err) == (0, "")
    assert "6,000 lines, 6,000 foods: 6,000 new" in out
    killed = stored()
    FoodItem.objects.all().delete()
    imported(path)
    assert stored() == killed


def reached() -> int:
    kept = FoodImport.objects.order_by("-changed_at").first()
    return kept.line if kept else 0


@pytest.mark.one_database
@pytest.mark.parametrize("size", [1, 7, 64, 99])
def test_blocks_of_any_size_have_the_same_lines(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "CHUNK", size)
    monkeypatch.setattr(reading, "LONGEST_LINE", 100)
    content = b"\n".join([b"a", b"", b"b" * 100, b"c" * 101, b"d" * 1000, b"e"])
    at = 0

    def read(most: int) -> bytes:
        nonlocal at
        at += most
        return content[at - most : at]

    found = list(reading.blocks(read, reading.Place()))
    every = [line for block in found for line in block.lines]
    assert every == [b"a", b"", b"b" * 100, None, None, b"e"]
    assert (found[-1].end, found[-1].checksum) == (len(content), reading.zlib.crc32(content))
    for block in found:
        assert reading.zlib.crc32(content[: block.end]) == block.checksum
