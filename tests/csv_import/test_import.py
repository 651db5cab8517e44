"""What an import of a CSV stores, changes, keeps and rejects."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from csv_import.choices import Choices
from csv_import.job import Outcome, import_table
from csv_import.models import KeptMapping
from csv_import.records import SeveralRows
from csv_import.tables import table_of
from journal.models import Answer, Behaviour
from lifetracker.days import today
from lifetracker.models import RejectedItem, Revision, SyncRun
from lifetracker.sync.files import CannotImport
from own_metrics.models import OwnMetric, OwnValue
from tests import makers
from weight.models import WeighIn

pytestmark = pytest.mark.django_db
HOME = "Europe/Berlin"


@pytest.fixture(autouse=True)
def home(settings: Any) -> None:
    settings.TIME_ZONE = HOME


def imported(text: str, targets: dict[str, str], *, dry_run: bool = False, **more: Any) -> Outcome:
    chosen = Choices(**{"date": "Date", "targets": targets, "zone": HOME} | more)
    return import_table(table_of("mine.csv", text), chosen, dry_run=dry_run)


def counts(outcome: Outcome) -> tuple[int, int, int, int]:
    found = outcome.counts()
    return found.created, found.updated, found.unchanged, found.rejected


def reasons(outcome: Outcome) -> list[str]:
    return [f"{one.where}: {one.reason}" for one in outcome.refusals]


def values() -> list[tuple[str, float]]:
    rows = OwnValue.objects.live().order_by("date", "measured_at", "pk")
    return [(str(day), value) for day, value in rows.values_list("date", "value")]


def answers() -> list[tuple[str, str, float]]:
    rows = Answer.objects.live().order_by("behaviour__name", "date")
    found = rows.values_list("behaviour__name", "date", "value")
    return [(name, str(day), value) for name, day, value in found]


# --- Three kinds of targets -----------------------------------------------------------------------


def test_several_columns_go_to_several_targets() -> None:
    text = (
        "Date,Mood,Meditated,Steps,Weight (kg),Fat,Remark\n"
        "2026-01-30,4,yes,8123,70.5,20.1,ok\n"
        "2026-01-31,,no,,,,\n"
    )
    outcome = imported(
        text,
        {
            "Mood": "behaviour:new:scale",
            "Meditated": "behaviour:new:yes_no",
            "Steps": "metric:new",
            "Weight (kg)": "weight",
            "Fat": "fat",
        },
    )
    assert counts(outcome) == (5, 0, 0, 0)
    assert outcome.facts.empty == 4
    assert answers() == [
        ("Meditated", "2026-01-30", 1),
        ("Meditated", "2026-01-31", 0),
        ("Mood", "2026-01-30", 4),
    ]
    assert values() == [("2026-01-30", 8123)]
    weigh_in = WeighIn.objects.get()
    assert (str(weigh_in.weight_kg), str(weigh_in.fat_ratio)) == ("70.5000", "20.1000")
    assert weigh_in.date == date(2026, 1, 30)
    # What has no target is kept beside what is made of the row.
    assert OwnValue.objects.get().raw["Remark"] == "ok"
    assert OwnValue.objects.get().file_name == "mine.csv"
    run = SyncRun.objects.get()
    assert (run.source, run.counts["file"]["created"]) == ("CSV", 5)


def test_what_is_new_takes_name_unit_and_digits_of_its_column() -> None:
    imported("Date,Ferritin [µg/l]\n2026-01-30,80.25\n", {"Ferritin [µg/l]": "metric:new"})
    imported("Date,Dose\n2026-01-30,45 mg\n", {"Dose": "metric:new"})
    found = OwnMetric.objects.order_by("name").values_list("name", "unit", "decimals")
    assert list(found) == [("Dose", "mg", 0), ("Ferritin", "µg/l", 2)]


def test_a_long_table() -> None:
    text = (
        "Date;Test;Result\n30.01.2026;Ferritin;80,5 µg/l\n30.01.2026;Zinc;12\n"
        "31.01.2026;FERRITIN;81\n31.01.2026;Iron;9\n"
    )
    own = makers.own_metric()
    outcome = imported(
        text,
        {"Ferritin": f"metric:{own.pk}", "Zinc": "metric:new"},
        name="Test",
        value="Result",
        order="dmy",
        decimal=",",
    )
    assert values() == [("2026-01-30", 80.5), ("2026-01-30", 12), ("2026-01-31", 81)]
    assert outcome.facts.others == {"Iron": 1}


def test_weights_in_pounds_and_at_their_times() -> None:
    text = (
        "Date,Time,Weight\n2026-01-30,7:30 am,155\n2026-01-31,07:31,70 kg\n2026-02-01,07:32,9 st\n"
    )
    outcome = imported(text, {"Weight": "weight"}, time="Time", mass="lb")
    found = [
        (str(one.weight_kg), f"{one.measured_at:%H:%M}") for one in WeighIn.objects.order_by("date")
    ]
    assert found == [("70.3068", "06:30"), ("70.0000", "06:31")]
    assert "no unit of a weight" in reasons(outcome)[0]


def test_weigh_ins_without_a_time_stand_at_noon_and_that_is_said() -> None:
    outcome = imported("Date,Weight\n2026-01-30,70\n2026-01-30,70\n", {"Weight": "weight"})
    assert f"{WeighIn.objects.get().measured_at:%H:%M}" == "11:00"
    assert any("12:00" in one for one in outcome.facts.remarks)


# --- Twice, later, by hand ------------------------------------------------------------------------


TABLE = "Date,Mood,Steps,Weight\n2026-01-30,4,8000,70\n2026-01-31,5,9000,71\n"
MAP = {"Mood": "behaviour:new:scale", "Steps": "metric:new", "Weight": "weight"}


def test_a_weigh_in_of_today_without_a_time_waits_for_noon(settings: Any) -> None:
    """Where it is six in the morning."""
    behind = datetime.now(UTC).hour - 6
    settings.TIME_ZONE = f"Etc/GMT{behind - 24 if behind > 12 else behind:+d}"
    text = f"Date,Weight\n{today() - timedelta(days=1)},80\n{today()},81\n"
    outcome = imported(text, {"Weight": "weight"}, zone=settings.TIME_ZONE)
    assert [one.weight_kg for one in WeighIn.objects.all()] == [80]
    assert "12:00 of today is still to come" in reasons(outcome)[0]


def test_the_same_file_twice_changes_nothing() -> None:
    assert counts(imported(TABLE, MAP)) == (6, 0, 0, 0)
    assert counts(imported(TABLE, MAP)) == (0, 0, 6, 0)
    assert not Revision.objects.exists()


def test_a_later_file_changes_what_an_earlier_one_brought_and_deletes_nothing() -> None:
    imported(TABLE, MAP)
    later = "Date,Mood,Steps,Weight\n2026-01-31,3,9001,71.5\n2026-02-01,4,1,72\n"
    assert counts(imported(later, MAP)) == (3, 3, 0, 0)
    assert values() == [("2026-01-30", 8000), ("2026-01-31", 9001), ("2026-02-01", 1)]
    assert Answer.objects.live().count() == WeighIn.objects.live().count() == 3
    # What it was is kept.
    assert Revision.objects.count() == 3


def test_cells_that_go_nowhere_change_nothing() -> None:
    imported(f"Note,{TABLE[:-1]}".replace("\n2026", "\na,2026") + "\n", MAP)
    assert counts(imported(f"Note,{TABLE[:-1]}".replace("\n2026", "\nb,2026") + "\n", MAP))[:3] == (
        0,
        0,
        6,
    )


def test_a_dry_run_stores_nothing() -> None:
    assert counts(imported(TABLE, MAP, dry_run=True)) == (6, 0, 0, 0)
    kinds: tuple[Any, ...] = (Answer, Behaviour, OwnMetric, OwnValue, WeighIn, SyncRun, KeptMapping)
    assert not any(kind.objects.exists() for kind in kinds)


def test_what_was_typed_in_is_not_overwritten() -> None:
    mood = makers.behaviour("Mood", kind="scale")
    steps = makers.own_metric("Steps", unit="")
    day = date(2026, 1, 31)
    makers.answer(mood, 2, date=day)
    makers.own_value(steps, 1, date=day)
    outcome = imported(TABLE, {"Mood": f"behaviour:{mood.pk}", "Steps": f"metric:{steps.pk}"})
    assert counts(outcome) == (2, 0, 2, 0)
    assert [one[:24] for one in outcome.typed_in] == [
        "2026-01-31 Steps 9000 (l",
        "2026-01-31 Mood 5 (line ",
    ]
    assert ("Mood", "2026-01-31", 2) in answers()
    assert ("2026-01-31", 1) in values()
    assert ("2026-01-31", 9000) not in values()


def test_a_weigh_in_that_another_source_has_is_left_out() -> None:
    makers.weigh_in(
        source="Withings", source_id="1", measured_at=datetime(2026, 1, 30, 6, tzinfo=UTC)
    )
    outcome = imported(TABLE, {"Weight": "weight"})
    assert counts(outcome) == (1, 0, 1, 0)
    assert len(outcome.known) == 1


# --- What is rejected -----------------------------------------------------------------------------


def test_rows_that_cannot_be_read_are_told_by_their_lines() -> None:
    text = (
        "Date,Mood,Meditated,Dose\n"
        "2026-01-30,4,yes,45 mg\n"
        "2026-01-31,9,maybe,0.05 g\n"
        ",4,,\n"
        f"{today() + timedelta(days=3)},4,,\n"
        "45231,4,,\n"
        "2026-02-01,3,yes,1,too,many\n"
    )
    outcome = imported(
        text,
        {
            "Mood": "behaviour:new:scale",
            "Meditated": "behaviour:new:yes_no",
            "Dose": "metric:new",
        },
    )
    said = "\n".join(reasons(outcome))
    assert "line 3, Meditated: 'maybe' is neither yes nor no" in said
    assert "line 3, Dose: '0.05 g' is not in mg" in said
    assert "line 3, Mood: 9 is no answer. Enter a whole number from 1 to 5" in said
    assert "line 4: it has no date" in said
    assert "line 5: " in said
    assert "is in the future" in said
    assert "line 6: '45231' is not a date: a spreadsheet" in said
    assert "line 7: it has more cells than the header" in said
    assert counts(outcome) == (3, 0, 0, 7)
    assert RejectedItem.objects.count() == 7
    # The next file of the kind has mended them.
    imported("Date,Mood,Meditated,Dose\n2026-01-30,4,yes,45 mg\n", {"Mood": "behaviour:new:scale"})
    assert not RejectedItem.objects.exists()


def test_a_file_without_a_row_that_can_be_read_is_refused_whole() -> None:
    with pytest.raises(CannotImport, match="cannot be read, so nothing was imported"):
        imported("Date,Mood\n45231,4\n45232,5\n", {"Mood": "behaviour:new:scale"})
    with pytest.raises(CannotImport, match="no value in the columns"):
        imported("Date,Mood\n2026-01-30,\n2026-01-31,\n", {"Mood": "behaviour:new:scale"})
    assert not Behaviour.objects.exists()


def test_an_empty_cell_is_unknown_and_zero_is_a_value() -> None:
    imported("Date,Cups\n2026-01-30,\n2026-01-31,0\n", {"Cups": "behaviour:new:amount"})
    assert answers() == [("Cups", "2026-01-31", 0)]


def test_numbers_of_a_spreadsheet_are_told() -> None:
    outcome = imported("Date,Steps\n2026-01-30,1.0E+3\n", {"Steps": "metric:new"})
    assert values() == [("2026-01-30", 1000)]
    assert any("1.0E+3" in one for one in outcome.facts.remarks)


@pytest.mark.parametrize(
    ("targets", "more", "said"),
    [
        ({}, {}, "at least one column"),
        ({"Sleep": "metric:new"}, {}, "has no column Sleep"),
        ({"Mood": "metric:99"}, {}, "was deleted"),
        ({"Mood": "behaviour:99"}, {}, "was deleted"),
        ({"Mood": "sofa"}, {}, "is nothing that"),
        ({"Mood": "fat"}, {}, "which column has the weight"),
        ({"Mood": "weight", "Steps": "weight"}, {}, "go to the same"),
        ({"Mood": "metric:new"}, {"name": "Steps"}, "Say both"),
        ({"Mood": "metric:new"}, {"date": "When"}, "has no column When"),
    ],
)
def test_choices_that_do_not_fit(targets: dict[str, str], more: dict[str, str], said: str) -> None:
    with pytest.raises(CannotImport, match=said):
        imported(TABLE, targets, **more)


# --- Several rows of a day ------------------------------------------------------------------------

TWICE = "Date,Cups\n2026-01-30,2\n2026-01-30,5\n2026-01-30,3\n"


def test_several_answers_of_a_day_are_asked_about() -> None:
    with pytest.raises(SeveralRows, match="Cups has 3 rows on 2026-01-30"):
        imported(TWICE, {"Cups": "behaviour:new:amount"})
    # Nobody is asked where they are the same.
    imported("Date,Cups\n2026-01-30,2\n2026-01-30,2\n", {"Cups": "behaviour:new:amount"})


@pytest.mark.parametrize(
    ("rule", "value"),
    [("last", 3), ("first", 2), ("highest", 5), ("lowest", 2), ("sum", 10), ("mean", 10 / 3)],
)
def test_a_rule_for_several_rows(rule: str, value: float) -> None:
    imported(TWICE, {"Cups": "behaviour:new:amount"}, several=rule)
    assert Answer.objects.get().value == pytest.approx(value)


def test_a_yes_has_no_sum_and_the_last_goes_by_time() -> None:
    text = "Date,Wine\n2026-01-30 22:00,no\n2026-01-30 20:00,yes\n"
    with pytest.raises(SeveralRows, match="no mean and no sum"):
        imported(text, {"Wine": "behaviour:new:yes_no"}, several="sum")
    imported(text, {"Wine": "behaviour:new:yes_no"}, several="last")
    assert answers() == [("Wine", "2026-01-30", 0)]


def test_a_metric_keeps_all_values_of_a_day() -> None:
    imported(TWICE, {"Cups": "metric:new"})
    assert [value for _, value in values()] == [2, 5, 3]
    assert counts(imported(TWICE, {"Cups": "metric:new"})) == (0, 0, 3, 0)


# --- The mapping ----------------------------------------------------------------------------------


def test_a_mapping_is_kept_by_the_header_and_follows_what_it_found() -> None:
    imported(TABLE, MAP)
    kept = KeptMapping.objects.get()
    assert kept.choices["targets"]["Steps"] == f"metric:{OwnMetric.objects.get().pk}"
    found = KeptMapping.objects.of(["date", " MOOD", "steps ", "Weight"])
    assert (
        found.choices_for(["date", " MOOD", "steps ", "Weight"])
        .targets[" MOOD"]
        .startswith("behaviour:")
    )
    assert KeptMapping.objects.of(["Date", "Mood", "Steps"]) is None


def test_a_wording_that_was_merged_meanwhile_keeps_its_answers() -> None:
    imported(TABLE, MAP)
    targets = KeptMapping.objects.get().choices["targets"]
    mood, other = Behaviour.objects.get(), makers.behaviour("Feeling", kind="scale")
    mood.merged_into = other
    mood.save()
    assert counts(imported(TABLE, targets)) == (0, 0, 6, 0)
    assert KeptMapping.objects.get().choices["targets"] == targets
    # What was typed in for the other wording is the answer of its day.
    makers.answer(other, date="2026-03-01", value=1)
    later = imported("Date,Mood\n2026-03-01,4\n", {"Mood": targets["Mood"]})
    assert [words.split(" (")[0] for words in later.typed_in] == ["2026-03-01 Mood 4"]
    other.deleted_at = timezone.now()
    other.save()
    with pytest.raises(CannotImport, match="Mood goes to something that was deleted"):
        imported(TABLE, targets)


SIGNS = "Date,T4+,T4-,Ä,A,😀,😢\n2026-01-30,1,2,3,4,5,6\n"


def test_names_that_differ_in_a_sign_alone_are_different_columns() -> None:
    names = SIGNS.splitlines()[0].split(",")[1:]
    imported(SIGNS, dict.fromkeys(names, "metric:new"))
    found = dict(OwnValue.objects.values_list("metric__name", "value"))
    assert found == {name: at for at, name in enumerate(names, 1)}
    kept = KeptMapping.objects.get().choices_for(["Date", *names])
    assert kept.targets.keys() == set(names)
    assert len(set(kept.targets.values())) == len(names)


def test_words_that_are_signs_are_different_names() -> None:
    text = "Date,Test,Result\n2026-01-30,😀,1\n2026-01-30,😢,2\n2026-01-30,Na,3\n2026-01-30,Na+,4\n"
    targets = dict.fromkeys(("😀", "😢", "Na", "Na+"), "metric:new")
    imported(text, targets, name="Test", value="Result")
    found = dict(OwnValue.objects.values_list("metric__name", "value"))
    assert found == {"😀": 1, "😢": 2, "Na": 3, "Na+": 4}


def test_a_name_that_comes_twice_is_a_metric_of_its_own() -> None:
    imported("Date,Dose,Dose\n2026-01-30,1,2\n", {"Dose": "metric:new", "Dose (2)": "metric:new"})
    assert dict(OwnMetric.objects.values_list("name", "unit")) == {"Dose": "", "Dose (2)": ""}


def test_a_name_that_one_file_lacks_is_known_in_the_next() -> None:
    header = "Date,Test,Result\n"
    long = {"name": "Test", "value": "Result"}
    first = f"{header}2026-01-30,Zinc,12\n2026-01-30,Iron,9\n"
    imported(first, {"Zinc": "metric:new", "Iron": "metric:new"}, **long)
    zinc, iron = (OwnMetric.objects.get(name=name) for name in ("Zinc", "Iron"))
    imported(f"{header}2026-01-31,Zinc,13\n", {"Zinc": f"metric:{zinc.pk}"}, **long)
    assert KeptMapping.objects.get().choices["targets"] == {
        "Zinc": f"metric:{zinc.pk}",
        "Iron": f"metric:{iron.pk}",
    }
    # One that was deleted is no trouble where the file does not have it.
    iron.mark_deleted()
    kept = KeptMapping.objects.get().choices_for(["Date", "Test", "Result"])
    outcome = import_table(table_of("mine.csv", f"{header}2026-02-01,Zinc,14\n"), kept)
    assert counts(outcome) == (1, 0, 0, 0)
    with pytest.raises(CannotImport, match="no value in the columns"):
        import_table(table_of("mine.csv", f"{header}2026-02-01,Lead,1\n"), kept)


# --- The command ----------------------------------------------------------------------------------


def run(*options: Any) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("import_csv", *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def given(folder: Path, text: str) -> Path:
    path = folder / "mood.csv"
    path.write_text(text)
    return path


def test_the_command_takes_the_mapping_of_the_last_time(tmp_path: Path) -> None:
    path = given(tmp_path, TABLE)
    maps = ["--map", "Mood=behaviour:scale", "--map", "Steps=metric", "--map", "Weight=weight"]
    out, _ = run(path, *maps, "--dry-run")
    assert "6 values: 6 new, 0 changed, 0 the same, 0 rejected" in out
    assert "new: 2026-01-30 Steps 8000 (line 2)" in out
    assert "this was a dry run" in out
    with pytest.raises(CommandError, match="at least one column"):
        run(path)
    run(path, *maps)
    out, err = run(given(tmp_path, f"{TABLE}2026-02-01,x,1,72\n"))
    assert "8 values: 2 new, 0 changed, 6 the same, 1 rejected" in out
    assert "rejected: line 4, Mood: 'x' is not a number" in err


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("Date,Mood\n01/02/2026,4\n", [], "with --order"),
        ('Date,Dose\n2026-01-30,"1,234"\n', [], "with --decimal"),
        ("When,Mood\nsoon,4\n", [], "with --date"),
        (TABLE, ["--map", "Mood"], "does not say what a column is"),
        (TABLE, ["--map", "Mood=metric:Nothing"], "no own metric Nothing"),
        (TABLE, ["--map", "Mood=behaviour"], "no behaviour Mood"),
    ],
)
def test_what_the_command_asks(tmp_path: Path, text: str, options: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        run(given(tmp_path, text), *options)


def test_the_command_with_all_of_its_options(tmp_path: Path) -> None:
    makers.behaviour("Mood", kind="scale")
    path = given(
        tmp_path,
        "When\tClock\tWhat\tHow\n01/02/2026\t07:00\tMood\t4\n01/02/2026\t09:00\tDose\t1,234\n",
    )
    out, _ = run(
        *(path, "--date", "When", "--time", "Clock", "--order", "mdy", "--decimal", ","),
        *("--name", "What", "--value", "How", "--several", "last", "--mass", "lb"),
        *("--delimiter", "tab", "--timezone", "America/New_York"),
        *("--map", "Mood=behaviour:Mood", "--map", "Dose=metric"),
    )
    assert "2 values: 2 new" in out
    one = OwnValue.objects.get()
    assert (one.value, f"{one.measured_at:%Y-%m-%d %H:%M}") == (1.234, "2026-01-02 14:00")
    assert answers() == [("Mood", "2026-01-02", 4)]
