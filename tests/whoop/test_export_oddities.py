"""Files made by hand, one for each oddity of WHOOP's export that somebody has met: headers, names, order, times and answers."""

from __future__ import annotations

import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from journal.models import Answer
from lifetracker.models import RejectedItem, SyncRun
from tests.whoop.test_export_import import (
    CYCLE,
    CYCLE_HEADER,
    DRANK,
    FILES,
    JOURNAL_HEADER,
    NAP,
    NOW,
    SLEEP_HEADER,
    WORKOUT,
    WORKOUT_HEADER,
    given,
    imported,
    refused,
    zipped,
)
from whoop.exports.headers import CALLED, columns_of
from whoop.models import WhoopCycle, WhoopRecovery, WhoopSleep, WhoopWorkout

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


# --- Headers in five languages --------------------------------------------------------------------

#: Each line is one column in English, German, Spanish, French and Portuguese, folded, as real exports have it.
FOLDED = """
cycle_start_time startzeit_des_zyklus hora_de_inicio_del_ciclo heure_de_debut_du_cycle hora_de_inicio_do_ciclo
cycle_end_time endzeit_des_zyklus hora_de_finalizacion_del_ciclo heure_de_fin_du_cycle hora_de_fim_do_ciclo
cycle_timezone zeitzone_des_zyklus zona_horaria_del_ciclo fuseau_horaire_du_cycle fuso_horario_do_ciclo
recovery_score_pct erholungswert_pct puntuacion_de_recuperacion_pct score_de_recuperation_pct pontuacao_de_recuperacao_pct
resting_heart_rate_bpm ruheherzfrequenz_schlage_pro_minute frecuencia_cardiaca_en_reposo_lpm frequence_cardiaque_au_repos_bpm frequencia_cardiaca_em_repouso_bpm
heart_rate_variability_ms herzfrequenzvariabilitat_ms variabilidad_de_la_frecuencia_cardiaca_ms variabilite_de_la_frequence_cardiaque_ms variabilidade_da_frequencia_cardiaca_ms
skin_temp_celsius hauttemperatur_celsius temp_cutanea_grados_centigrados temperature_cutanee_celsius temp_da_pele_celsius
blood_oxygen_pct blutsauerstoff_pct oxigeno_en_sangre_pct niveau_d_oxygene_pct pct_de_oxigenio_no_sangue
day_strain tagesbelastung esfuerzo_del_dia effort_du_jour esforco_diario
energy_burned_cal verbrannte_energie_cal energia_quemada_cal depense_energetique_cal energia_queimada_cal
max_hr_bpm max_hf_schlage_pro_minute fc_max_lpm fc_max_bpm fc_max_bpm
average_hr_bpm durchschnittliche_hf_schlage_pro_minute fc_promedio_lpm fc_moyenne_bpm fc_media_bpm
sleep_onset beginn_des_schlafs inicio_del_sueno premiers_signes_de_sommeil inicio_do_sono
wake_onset beginn_des_aufwachens inicio_de_la_vigilia premiers_signes_de_reveil inicio_da_vigilia
sleep_performance_pct schlafleistung_pct calificacion_del_sueno_pct performance_sommeil_pct desempenho_do_sono_pct
respiratory_rate_rpm atemfrequenz_atemzuge_min frecuencia_respiratoria_rpm frequence_respiratoire_tr_min frequencia_respiratoria_rpm
asleep_duration_min schlafdauer_min duracion_del_sueno_min duree_du_sommeil_min duracao_do_sono_min
in_bed_duration_min dauer_im_bett_min tiempo_en_la_cama_min temps_passe_au_lit_min duracao_na_cama_min
light_sleep_duration_min dauer_des_leichtschlafs_min duracion_de_sueno_ligero_min duree_du_sommeil_leger_min duracao_do_sono_leve_min
deep_sws_duration_min dauer_des_tiefschlafs_min duracion_de_sueno_profundo_sws_min duree_du_sommeil_profond_min duracao_profundo_sono_min
rem_duration_min dauer_des_rem_schlafs_min duracion_de_sueno_rem_min duree_du_sommeil_paradoxal_min duracao_rem_min
awake_duration_min dauer_des_aufwachens_min tiempo_despierto_a_min temps_d_eveil_min duracao_de_vigilia_min
sleep_need_min schlafbedarf_min sueno_necesario_min besoins_en_sommeil_min necessidade_de_sono_min
sleep_debt_min schlafdefizit_min deuda_de_sueno_min dette_de_sommeil_min debito_de_sono_min
sleep_efficiency_pct schlafeffizienz_pct eficiencia_del_sueno_pct efficacite_du_sommeil_pct eficacia_do_sono_pct
sleep_consistency_pct schlafbestandigkeit_pct regularidad_del_sueno_pct regularite_du_sommeil_pct consistencia_do_sono_pct
nap nickerchen siesta sieste sesta
workout_start_time startzeit_des_trainings hora_de_inicio_del_entrenamiento heure_de_debut_de_l_entrainement hora_de_inicio_do_treino
workout_end_time endzeit_des_trainings hora_de_finalizacion_del_entrenamiento heure_de_fin_de_l_entrainement hora_de_fim_do_treino
activity_name name_der_aktivitat nombre_de_la_actividad nom_de_l_activite nome_da_atividade
activity_strain aktivitatsbelastung esfuerzo_de_actividad effort_activite esforco_da_atividade
hr_zone_3_pct hf_zone_3_pct zona_fc_3_pct zone_fc_3_pct zona_3_de_fc_pct
"""


@pytest.mark.one_database
@pytest.mark.parametrize("line", FOLDED.splitlines()[1:], ids=lambda one: one.split(" ")[0])
def test_a_column_is_the_same_one_in_every_language(line: str) -> None:
    names = line.split(" ")
    assert len(names) == 5
    (column,) = set(columns_of(names))
    assert column in CALLED


@pytest.mark.one_database
def test_what_one_language_calls_in_two_ways() -> None:
    assert columns_of(["Esfuerzo de la actividad"]) == columns_of(["Esfuerzo de actividad"])
    assert columns_of(["Duración (min)", "GPS habilitado"]) == ["duration", "gps"]
    assert columns_of(["Sueño necesario (min)"]) == ["sleep_need"]


GERMAN = "Startzeit des Zyklus,Endzeit des Zyklus,Zeitzone des Zyklus,Fragetext,Beantwortet mit Ja,Anmerkungen\n"
SPANISH = (
    "Hora de inicio del ciclo,Hora de finalización del ciclo,Zona horaria del ciclo,Texto de la pregunta,"
    '"Respondió ""Sí""",Notas\n'
)
FRENCH = (
    "Heure de début du cycle,Heure de fin du cycle,Fuseau horaire du cycle,Texte,Réponse,Notes\n"
)
PORTUGUESE = "Hora de início do ciclo,Hora de fim do ciclo,Fuso horário do ciclo,Texto de pergunta,Respondeu sim,Notas\n"


@pytest.mark.parametrize(
    ("header", "yes", "no"),
    [
        (GERMAN, "wahr", "falsch"),
        (GERMAN, "Ja", "Nein"),
        (SPANISH, "verdadero", "falso"),
        (SPANISH, "Sí", "No"),
        (FRENCH, "vrai", "faux"),
        (FRENCH, "Oui", "Non"),
        (PORTUGUESE, "verdadeiro", "falso"),
        (PORTUGUESE, "Sim", "Não"),
        (JOURNAL_HEADER, "TRUE", "FALSE"),
        (JOURNAL_HEADER, "true", "false"),
    ],
)
def test_a_journal_in_each_language(tmp_path: Path, header: str, yes: str, no: str) -> None:
    rows = DRANK.replace("TRUE", yes) + DRANK.replace("alcoholic", "soft").replace("TRUE", no)
    assert imported(given(tmp_path, header + rows, "tagebuch.csv")) == {"seen": 2, "created": 2}
    found = dict(Answer.objects.values_list("behaviour__name", "value"))
    assert found == {"Have any alcoholic drinks?": 1, "Have any soft drinks?": 0}


def test_a_language_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    dutch = "Begintijd van cyclus,Eindtijd van cyclus,Tijdzone,Herstelscore %\n"
    text = refused(given(tmp_path, dutch + "2025-09-14 23:16:59,,UTC+02:00,61\n"))
    assert "has none of the headers" in text
    assert not SyncRun.objects.exists()


# --- Headers that wander --------------------------------------------------------------------------


def test_large_letters_wander(tmp_path: Path) -> None:
    header = WORKOUT_HEADER.replace("GPS enabled", "GPS Enabled")
    header = header.replace("Altitude gain", "Altitude Gain").replace("Energy", "ENERGY")
    imported(given(tmp_path, header + WORKOUT))
    assert WhoopWorkout.objects.get().altitude_gain_meters == 41.2
    cycles = CYCLE_HEADER.replace("Day Strain", "Day strain").replace("Skin temp", "Skin Temp")
    imported(given(tmp_path, cycles + CYCLE))
    assert WhoopCycle.objects.get().strain == 12.4


def test_columns_in_another_order_and_one_that_nobody_knows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names, cells = (text.strip().split(",") for text in (SLEEP_HEADER, NAP))
    header, row = (
        ",".join([*reversed(some), extra]) for some, extra in ((names, "Mood"), (cells, "fine"))
    )
    imported(given(tmp_path, f"{header}\n{row}\n", "sleeps.csv"))
    (nap,) = WhoopSleep.objects.all()
    assert (nap.nap, nap.total_sleep_hours, nap.awake_min) == (True, 0.5, 6)
    assert nap.raw["Mood"] == "fine"
    assert "not known here, and only kept: Mood" in " ".join(capsys.readouterr().out.split())


def test_workouts_without_the_end_and_the_zone_of_their_cycle(tmp_path: Path) -> None:
    drop = {1, 2}
    short = [
        ",".join(cell for at, cell in enumerate(text.strip().split(",")) if at not in drop)
        for text in (WORKOUT_HEADER, WORKOUT)
    ]
    imported(given(tmp_path, "\n".join(short) + "\n"))
    workout = WhoopWorkout.objects.get()
    # Read as a time at home, which is two hours ahead then.
    assert workout.start == datetime(2025, 9, 15, 16, tzinfo=UTC)
    assert (workout.sport_name, workout.distance_meters) == ("running", 9200.5)


def test_the_need_of_sleep_is_kept_as_it_came(tmp_path: Path) -> None:
    imported(given(tmp_path, SLEEP_HEADER + NAP.replace(",,,83,", ",489,21,83,"), "sleeps.csv"))
    (nap,) = WhoopSleep.objects.all()
    assert (nap.raw["Sleep need (min)"], nap.need_from_debt_min) == ("489", 21)


# --- Names of files -------------------------------------------------------------------------------


def test_names_in_the_zip_may_be_garbled(tmp_path: Path) -> None:
    """The Portuguese names as a program shows them that takes UTF-8 for something else."""
    path = tmp_path / "my_whoop_data.zip"
    names = ("ciclos_fisiolÃ³gicos.csv", "sonos.csv", "treinos.csv", "entradas_diâ”œÃ­rio.csv")
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in zip(names, FILES.values(), strict=True):
            archive.writestr(f"my_whoop_data/{name}", text)
    assert imported(path) == {"seen": 8, "created": 8}


def test_nothing_is_imported_of_a_zip_with_a_table_that_was_cut_off(tmp_path: Path) -> None:
    files = FILES | {"workouts.csv": WORKOUT_HEADER + WORKOUT + WORKOUT[:70]}
    assert "was cut off" in refused(zipped(tmp_path / "cut.zip", files))
    for model in (WhoopCycle, WhoopSleep, Answer, SyncRun, RejectedItem):
        assert not model.objects.exists()


# --- Times and days -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "hour"),
    [("UTC+02:00", 21), ("UTC-05:00", 4), ("UTCZ", 23), ("UTC", 23), ("+01:00", 22), ("GMT-5", 4)],
)
def test_times_are_those_on_the_wall(tmp_path: Path, zone: str, hour: int) -> None:
    imported(given(tmp_path, CYCLE_HEADER + CYCLE.replace("UTC+02:00", zone)))
    cycle = WhoopCycle.objects.get()
    assert (cycle.start_time.hour, cycle.start_time.minute) == (hour, 16)


def test_two_cycles_that_begin_on_one_date_are_of_two_days(tmp_path: Path) -> None:
    """Asleep after midnight, and again before the next one."""
    first = CYCLE.replace("2025-09-14 23:16:59", "2025-09-15 00:40:00")
    first = first.replace("2025-09-15 23:08:01", "2025-09-15 23:50:00")
    second = CYCLE.replace("2025-09-14 23:16:59", "2025-09-15 23:50:00")
    second = second.replace("2025-09-15 23:08:01", "2025-09-16 23:10:00")
    second = second.replace("2025-09-15 07:02:10", "2025-09-16 07:02:10")
    imported(given(tmp_path, CYCLE_HEADER + first + second))
    days = [date(2025, 9, 15), date(2025, 9, 16)]
    for model in (WhoopCycle, WhoopRecovery, WhoopSleep):
        assert list(model.objects.order_by("date").values_list("date", flat=True)) == days


def test_without_the_moment_of_waking_a_cycle_is_of_the_day_that_it_ends(tmp_path: Path) -> None:
    row = CYCLE.replace(",2025-09-14 23:16:59,2025-09-15 07:02:10,", ",,,")
    imported(given(tmp_path, CYCLE_HEADER + row))
    assert WhoopRecovery.objects.get().date == date(2025, 9, 15)


# --- Cells ----------------------------------------------------------------------------------------


def test_a_note_with_lines_and_a_row_without_one(tmp_path: Path) -> None:
    long = DRANK.replace("TRUE,", 'TRUE,"One, with\nAnn"')
    short = DRANK.replace("Have any alcoholic drinks?,TRUE,", "Sauna?,FALSE")
    path = given(tmp_path, JOURNAL_HEADER + long + short, "journal_entries.csv")
    assert imported(path) == {"seen": 2, "created": 2}
    assert set(Answer.objects.values_list("note", flat=True)) == {"One, with\nAnn", ""}


def test_numbers_with_a_comma_where_cells_end_with_a_semicolon(tmp_path: Path) -> None:
    text = (WORKOUT_HEADER + WORKOUT).replace(",", ";").replace("9200.5", "9200,5")
    imported(given(tmp_path, text, "workouts.csv"))
    assert WhoopWorkout.objects.get().distance_meters == 9200.5


def test_zones_are_shares_of_the_workout(tmp_path: Path) -> None:
    imported(given(tmp_path, WORKOUT_HEADER + WORKOUT, "workouts.csv"))
    workout = WhoopWorkout.objects.get()
    zones = [getattr(workout, f"zone_{n}_min") for n in range(1, 6)]
    assert zones == [5, 10, 20, 10, 2.5]
