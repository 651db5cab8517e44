"""Diaries of other apps: every oddity of theirs, the same file twice, a later one, and what is refused."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from lifetracker.models import RejectedItem, SyncRun
from lifetracker.sync.tables import Unreadable
from nutrition import diary
from nutrition.diary import Wanted
from nutrition.diary_import.cells import clock, day_in, number, size_of
from nutrition.diary_import.entries import Eaten, kind_of
from nutrition.models import CompleteDay, Meal, MealItem
from tests import makers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

SAMPLES = Path(__file__).parents[1] / "payloads" / "nutrition"
NOW = datetime(2026, 9, 16, 14, tzinfo=UTC)
SERVINGS = (SAMPLES / "cronometer_servings.csv").read_text()
SUMMARY = (SAMPLES / "cronometer_dailysummary.csv").read_text()
MFP = (SAMPLES / "myfitnesspal.csv").read_text()
MFP_HEADER = "Date,Meal,Calories,Fat (g),Sugar,Protein (g),Note\n"


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture(autouse=True)
def berlin(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"


def given(tmp_path: Path, text: str | bytes, name: str = "diary.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def imported(path: Path, *options: str) -> dict[str, Any]:
    """Import a file, and return the counts of the run that are not 0."""
    call_command("import_nutrition", str(path), *options)
    run = SyncRun.objects.latest("pk")
    return {name: count for name, count in run.counts["diary"].items() if count}


def refused(path: Path, *options: str) -> str:
    with pytest.raises(CommandError) as caught:
        call_command("import_nutrition", str(path), *options)
    return str(caught.value)


def stored() -> list[tuple[Any, ...]]:
    rows = MealItem.objects.live().filter(meal__deleted_at=None)
    return list(rows.order_by("meal__eaten_at", "position").values_list("name", "kcal"))


# --- MyFitnessPal ---------------------------------------------------------------------------------


def test_my_fitness_pal_has_a_meal_in_each_row(tmp_path: Path) -> None:
    counts = imported(SAMPLES / "myfitnesspal.csv")
    assert counts == {"seen": 5, "created": 5}
    lunch = Meal.objects.get(source_id="2026-09-10 lunch")
    assert (lunch.source, lunch.kind, lunch.date) == ("MyFitnessPal", "lunch", date(2026, 9, 10))
    assert (lunch.note, lunch.is_time_known) == ('Canteen, "large"', False)
    item = lunch.items.get()
    assert (item.name, item.food) == ("Lunch (MyFitnessPal)", None)
    assert (item.kcal, item.saturated_fat, item.fibre) == (1050, 12, 9)
    # 2,000 mg of sodium.
    assert item.salt == 5
    # 0.0 is what nobody has entered; vitamins are in percent of something.
    assert item.further == {"Cholesterol (mg)": 80}
    assert item.at_least == []


def test_zero_is_known_of_energy_alone(tmp_path: Path) -> None:
    imported(SAMPLES / "myfitnesspal.csv")
    snack = MealItem.objects.get(meal__source_id="2026-09-10 snacks")
    assert (snack.kcal, snack.protein, snack.salt) == (0, None, None)
    second = Meal.objects.get(source_id="2026-09-11 second breakfast")
    assert (second.kind, second.items.get().kcal) == ("breakfast", 90)


def test_a_zip_brings_the_meals_and_leaves_the_rest(tmp_path: Path, capsys: Any) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("Nutrition-Summary-2026.csv", "\N{ZERO WIDTH NO-BREAK SPACE}" + MFP)
        archive.writestr("Measurement-Summary-2026.csv", "Date,Weight,Body Fat %\n2026-09-10,80,\n")
        archive.writestr("__MACOSX/._Nutrition-Summary-2026.csv", "litter")
    assert imported(given(tmp_path, file.getvalue(), "export.zip"))["created"] == 5
    assert (
        "Left out, because it has no meals: Measurement-Summary-2026.csv" in capsys.readouterr().out
    )


# --- Cronometer -----------------------------------------------------------------------------------


def test_cronometer_has_foods_with_their_times(tmp_path: Path) -> None:
    assert imported(SAMPLES / "cronometer_servings.csv") == {"seen": 3, "created": 3}
    breakfast, snack, soup = Meal.objects.order_by("eaten_at")
    assert breakfast.eaten_at == datetime(2026, 9, 10, 5, 30, tzinfo=UTC)
    assert (breakfast.utc_offset_min, breakfast.is_time_known) == (120, True)
    oats, *coffees = breakfast.items.order_by("position")
    assert (oats.amount, oats.unit, oats.size) == (58, "g", 58)
    # Net of the fibre, as labels of the EU have it.
    assert (oats.carbohydrate, oats.fibre, oats.further["Vitamin C (mg)"]) == (33.38, 5.92, 0)
    assert "B12 (Cobalamin) (µg)" not in oats.further
    assert [one.kcal for one in coffees] == [2.37, 2.37]
    # How much a volume weighs depends on what it is.
    assert (coffees[0].amount, coffees[0].unit, coffees[0].size) == (8, "fl oz", None)
    egg = snack.items.get()
    assert (egg.amount, egg.unit, egg.size) == (3, "large", None)
    assert egg.further["B12 (Cobalamin) (µg)"] == 1.34
    assert (snack.eaten_at.hour, snack.kind) == (19, "snack")
    assert (soup.is_time_known, soup.items.get().amount, soup.items.get().sugar) == (
        False,
        1000,
        None,
    )


def test_without_net_carbohydrates_fibre_is_taken_off(tmp_path: Path, capsys: Any) -> None:
    header = "Day,Group,Food Name,Amount,Energy (kcal),Carbs (g),Fiber (g)\n"
    rice, bran = (
        "2026-09-10,Lunch,Rice,100 g,130,28.3,0.4\n",
        "2026-09-10,Lunch,Bran,50 g,90,30,30\n",
    )
    imported(given(tmp_path, header + rice + bran))
    assert stored_carbohydrate() == {"Rice": 27.9, "Bran": 0}
    assert MealItem.objects.get(name="Rice").further == {"Carbohydrate with fibre (g)": 28.3}
    assert "includes fibre" not in capsys.readouterr().out
    # Nobody knows it without the fibre, nor where there is more fibre than carbohydrate.
    unknown = rice.replace("0.4", "") + bran.replace("30,30", "30,31")
    imported(given(tmp_path, header + unknown))
    assert stored_carbohydrate() == {"Rice": None, "Bran": None}
    assert capsys.readouterr().out.count("Carbohydrate of Cronometer includes fibre.") == 1


def stored_carbohydrate() -> dict[str, float | None]:
    return dict(MealItem.objects.live().values_list("name", "carbohydrate"))


def test_it_is_said_that_carbohydrate_may_include_fibre(tmp_path: Path, capsys: Any) -> None:
    said = "note: Carbohydrate of {} includes fibre where its labels do."
    imported(SAMPLES / "loseit.csv")
    assert said.format("Lose It!") in capsys.readouterr().out
    folder = tmp_path / "fitness"
    folder.mkdir()
    header = "Date,Meal,Calories,Carbohydrates (g)\n"
    given(folder, f"{header}2026-09-10,Lunch,500,60\n", "a.csv")
    given(folder, f"{header}2026-09-11,Lunch,500,60\n", "b.csv")
    imported(folder)
    assert capsys.readouterr().out.count(said.format("MyFitnessPal")) == 1
    imported(given(tmp_path, MFP_HEADER + "2026-09-14,Lunch,700,1,0,0,\n"))
    assert "includes fibre" not in capsys.readouterr().out


def test_days_that_cronometer_calls_complete(tmp_path: Path, capsys: Any) -> None:
    folder = tmp_path / "cronometer"
    folder.mkdir()
    given(folder, SERVINGS, "servings.csv")
    given(folder, SUMMARY, "dailysummary.csv")
    imported(folder)
    found = dict(CompleteDay.objects.values_list("date", "source"))
    # The 9th was not logged; on the 12th nothing was eaten; of the 13th no meal is here.
    assert found == dict.fromkeys([date(2026, 9, 10), date(2026, 9, 12)], "Cronometer")
    assert "1 complete day of the file were not marked" in capsys.readouterr().out
    given(folder, SUMMARY.replace("27.05,true", "27.05,false"), "dailysummary.csv")
    CompleteDay.objects.create(date=date(2026, 9, 11))
    imported(folder)
    found = dict(CompleteDay.objects.values_list("date", "source"))
    assert found == {date(2026, 9, 11): "Manual", date(2026, 9, 12): "Cronometer"}


def test_a_day_with_a_row_that_cannot_be_read_is_not_complete(tmp_path: Path) -> None:
    folder = tmp_path / "cronometer"
    folder.mkdir()
    given(folder, SERVINGS.replace("219.24", "-1"), "servings.csv")
    given(folder, SUMMARY, "dailysummary.csv")
    assert imported(folder)["rejected"] == 1
    assert not CompleteDay.objects.filter(date=date(2026, 9, 10)).exists()
    assert "Energy (kcal) is '-1'" in RejectedItem.objects.get().reason


# --- MacroFactor and Lose It! ---------------------------------------------------------------------


def test_macro_factor_has_totals_of_days(tmp_path: Path) -> None:
    assert imported(SAMPLES / "macrofactor.csv") == {"seen": 2, "created": 2}
    first, second = MealItem.objects.order_by("meal__date")
    assert (first.name, first.kcal, first.protein, first.fibre) == (
        "All of the day (MacroFactor)", 2150, 160.5, 31,
    )  # fmt: skip
    assert (second.carbohydrate, second.further, second.meal.is_time_known) == (None, {}, False)


def test_lose_it_leaves_out_what_was_deleted(tmp_path: Path) -> None:
    assert imported(SAMPLES / "loseit.csv") == {"seen": 2, "created": 2}
    assert stored() == [("Bagel, plain", 277), ("Milk", 160), ("Rice", 234)]
    bagel, milk, rice = MealItem.objects.order_by("pk")
    assert (bagel.sugar, bagel.unit, bagel.size) == (None, "Each", None)
    assert (milk.amount, milk.unit, milk.size, milk.further) == (250, "Milliliters", None, {})
    assert (rice.unit, rice.size) == ("Grams", 180)
    assert rice.meal.date == date(2026, 9, 11)


# --- Again, and later -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["myfitnesspal", "cronometer_servings", "macrofactor", "loseit"])
def test_the_same_file_again_changes_nothing(tmp_path: Path, name: str) -> None:
    path = SAMPLES / f"{name}.csv"
    imported(path)
    rows = (
        list(Meal.objects.order_by("pk").values()),
        list(MealItem.objects.order_by("pk").values()),
    )
    counts = imported(path)
    assert counts.keys() == {"seen", "unchanged"}
    assert (
        list(Meal.objects.order_by("pk").values()),
        list(MealItem.objects.order_by("pk").values()),
    ) == rows


def test_a_later_file_changes_adds_and_removes(tmp_path: Path) -> None:
    diary.add([Wanted(makers.food(), 100)], datetime(2026, 9, 10, 10, tzinfo=UTC))
    imported(given(tmp_path, MFP))
    lines = MFP.splitlines(keepends=True)
    later = "".join(
        [lines[0], "2026-09-09,Dinner,500,1,0,0,0,0,0,0,0,1,0,0,1,0,0,0,0,\n", *lines[2:]]
    ).replace("300.0", "310.0")
    counts = imported(
        given(tmp_path, later + "2026-09-12,Lunch,700,1,0,0,0,0,0,0,0,1,0,0,1,0,0,0,0,\n")
    )
    assert counts == {"seen": 6, "created": 2, "updated": 1, "unchanged": 3, "deleted": 1}
    removed = Meal.objects.get(source_id="2026-09-10 breakfast")
    assert removed.deleted_at is not None
    # It comes back with the file that has it.
    assert imported(given(tmp_path, MFP), "--replace") == {"seen": 5, "updated": 2, "unchanged": 3}
    assert Meal.objects.live().get(source_id="2026-09-10 breakfast").items.count() == 1
    assert Meal.objects.live().filter(source="Manual").count() == 1


def test_what_lies_outside_of_the_days_of_a_file_stays(tmp_path: Path) -> None:
    imported(SAMPLES / "myfitnesspal.csv")
    counts = imported(given(tmp_path, MFP_HEADER + "2026-09-14,Lunch,700,1,0,0,\n"))
    assert counts == {"seen": 1, "created": 1}
    assert Meal.objects.live().count() == 6


def test_a_file_that_knows_too_little_asks_first(tmp_path: Path, capsys: Any) -> None:
    rows = [
        f"2026-09-0{day},{meal},500,1,1,1,\n" for day in range(1, 8) for meal in ("Lunch", "Dinner")
    ]
    imported(given(tmp_path, MFP_HEADER + "".join(rows)))
    path = given(tmp_path, MFP_HEADER + rows[0] + rows[-1])
    text = refused(path)
    assert "The file has 2 of the 14 meals that are stored from 2026-09-01 to 2026-09-07." in text
    assert "Importing it would remove 12: 2026-09-01 dinner; " in text
    assert text.endswith("If it is, add --replace.")
    capsys.readouterr()
    assert refused(path, "--dry-run") == text
    assert "12 removed" in capsys.readouterr().out
    assert Meal.objects.live().count() == 14
    assert imported(path, "--replace")["deleted"] == 12


def test_a_day_with_a_row_that_cannot_be_read_keeps_what_it_has(
    tmp_path: Path, capsys: Any
) -> None:
    imported(given(tmp_path, MFP))
    path = given(tmp_path, MFP.replace("412.5", "lots"))
    assert imported(path) == {"seen": 5, "unchanged": 4, "rejected": 1}
    said = capsys.readouterr()
    assert "rejected: line 2: Calories is 'lots', which is not a number" in said.err
    assert "Not in this file, and kept: 1 meal." in said.out
    assert Meal.objects.live().count() == 5
    imported(given(tmp_path, MFP))
    assert not RejectedItem.objects.exists()


def test_a_dry_run_changes_nothing(tmp_path: Path, capsys: Any) -> None:
    call_command("import_nutrition", str(SAMPLES / "myfitnesspal.csv"), "--dry-run")
    said = capsys.readouterr().out
    assert "new: 2026-09-10 breakfast, 1 item, 412 kcal (line 2)" in said
    assert "Nothing was changed: this was a dry run." in said
    assert not Meal.objects.exists()
    assert not SyncRun.objects.exists()


def test_the_zone_decides_when_and_not_on_which_day(tmp_path: Path) -> None:
    text = "Day,Time,Group,Food Name,Amount,Energy (kcal)\n2026-09-10,23:30,Snacks,Nuts,30 g,180\n"
    imported(given(tmp_path, text), "--timezone", "America/New_York")
    meal = Meal.objects.get()
    assert (meal.date, meal.utc_offset_min) == (date(2026, 9, 10), -240)
    assert meal.eaten_at == datetime(2026, 9, 11, 3, 30, tzinfo=UTC)


def test_a_run_is_recorded(tmp_path: Path) -> None:
    imported(SAMPLES / "myfitnesspal.csv")
    run = SyncRun.objects.get()
    assert (run.source, run.kind, run.status) == ("MyFitnessPal", "import", "success")
    assert run.window_start == datetime(2026, 9, 9, 22, tzinfo=UTC)
    assert run.window_end == datetime(2026, 9, 11, 22, tzinfo=UTC)


# --- What is refused ------------------------------------------------------------------------------


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "is empty"),
        ("%PDF-1.7", "is a PDF"),
        ("Date,Weight,Body Fat %\n2026-09-10,80,20\n", "is a list of weights, and not a diary"),
        ("Date,Exercise,Type,Exercise Calories\n", "is a list of exercise"),
        (MFP.replace(",", ";"), "was saved again by a spreadsheet"),
        ("a,b\n1,2\n", "is not a diary that can be imported"),
        (MFP_HEADER, "has the header of the meals of MyFitnessPal, but nothing below it"),
        (MFP_HEADER + "10.9.2026,Lunch,1,1,1,1,\n", "'10.9.2026' is not a date such as 2026-09-16"),
        (MFP_HEADER + "2026-12-01,Lunch,1,1,1,1,\n", "2026-12-01 is in the future"),
        (MFP_HEADER + "1999-12-01,Lunch,1,1,1,1,\n", "1999-12-01 is too long ago"),
        (MFP_HEADER + "2026-09-10,Lunch,1,1,1,1,\n2026-09-10,Din", "has 2 of 7 cells: the file was cut off"),
        (MFP_HEADER + "2026-09-10,Lunch,90001,1,1,1,\n", "is 90001, more than anybody eats"),
        (MFP_HEADER.replace("Fat (g)", "Fat (oz)") + "2026-09-10,Lunch,1,1,1,1,\n", "Fat (oz) is in a unit"),
        (b"\xff\xfa\x00\x01", "is no text and not an export from these apps"),
    ],
)  # fmt: skip
def test_other_files_are_named(tmp_path: Path, content: Any, why: str) -> None:
    assert why in refused(given(tmp_path, content))
    assert not Meal.objects.exists()


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("members", "why"),
    [
        ({"xl/workbook.xml": "<x/>"}, "is an Excel workbook. Save its sheet as CSV"),
        ({"a.csv": MFP, "b.csv": SERVINGS}, "holds the diaries of MyFitnessPal and Cronometer"),
        ({"photo.jpg": "x", "b.jpg": "y"}, "is not a diary that can be imported"),
    ],
)
def test_zips_that_are_no_diary(tmp_path: Path, members: dict[str, str], why: str) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    assert why in refused(given(tmp_path, file.getvalue(), "a.zip"))


@pytest.mark.one_database
def test_files_that_are_not_there(tmp_path: Path) -> None:
    assert "There is no file" in refused(tmp_path / "none.csv")


@pytest.mark.one_database
def test_energy_in_kilojoules(tmp_path: Path) -> None:
    text = "Date,Calories (kJ),Protein,Fat,Carbs\n2026-09-10,4184,1,1,1\n"
    imported(given(tmp_path, text))
    assert MealItem.objects.get().kcal == 1000


# --- Cells ----------------------------------------------------------------------------------------


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("text", "value"),
    [("1,050.5", 1050.5), ("12", 12), ("", None), ("n/a", None), ("N/A", None), ("0.0", 0), ("1e2", 100)],
)  # fmt: skip
def test_numbers(text: str, value: float | None) -> None:
    assert number(text) == value


@pytest.mark.one_database
@pytest.mark.parametrize("text", ["1,05", "-1", "1.000,5", "abc", "1 g", "∞", "١"])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(Unreadable):
        number(text)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("text", "value"),
    [("", None), ("07:30", time(7, 30)), ("9:15 AM", time(9, 15)), ("12:05 am", time(0, 5)),
     ("12:00 PM", time(12)), ("9:15:30\N{NARROW NO-BREAK SPACE}PM", time(21, 15))],
)  # fmt: skip
def test_times(text: str, value: time | None) -> None:
    assert clock(text) == value


@pytest.mark.one_database
@pytest.mark.parametrize("text", ["25:00", "13:00 PM", "0:30 AM", "noon", "9"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(Unreadable):
        clock(text)


@pytest.mark.one_database
def test_days() -> None:
    assert day_in("2026-09-16", NOW) == date(2026, 9, 16)
    assert day_in("2026-09-16T00:00:00", NOW) == date(2026, 9, 16)
    with pytest.raises(Unreadable):
        day_in("2026-02-30", NOW)


@pytest.mark.one_database
def test_sizes() -> None:
    assert size_of(2, "kg") == 2000
    assert size_of(4, "Ounces") == pytest.approx(113.398)
    assert size_of(3, "large") is size_of(1, "Cup") is size_of(250, "ml") is None


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("meal", "at", "kind"),
    [("Breakfast", None, "breakfast"), ("Supper", None, "dinner"), ("Morning Snack", None, "snack"),
     ("Meal 1", time(12), "lunch"), ("Meal 1", None, "snack"), ("", time(19), "dinner"), ("Lunch snacks", None, "snack")],
)  # fmt: skip
def test_kinds(meal: str, at: time | None, kind: str) -> None:
    assert kind_of(Eaten("line 2", date(2026, 9, 10), meal, "x", {}, {}, at)) == kind
