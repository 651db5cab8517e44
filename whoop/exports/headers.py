"""The tables of WHOOP's export, known by their headers in the languages in which accounts have them.

A header is compared folded (`fold`). Headers were seen in real exports in English, German, Spanish, French and Portuguese;
of the French journal nobody has shown any, nor of the Portuguese energy, for which two likely ones stand here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

#: By column: English, German, Spanish, French, Brazilian Portuguese.
CALLED = {
    "cycle_start": "cycle_start_time startzeit_des_zyklus hora_de_inicio_del_ciclo heure_de_debut_du_cycle "
    "hora_de_inicio_do_ciclo",
    "cycle_end": "cycle_end_time endzeit_des_zyklus hora_de_finalizacion_del_ciclo heure_de_fin_du_cycle "
    "hora_de_fim_do_ciclo",
    "zone": "cycle_timezone zeitzone_des_zyklus zona_horaria_del_ciclo fuseau_horaire_du_cycle fuso_horario_do_ciclo",
    "recovery": "recovery_score_pct erholungswert_pct puntuacion_de_recuperacion_pct score_de_recuperation_pct "
    "pontuacao_de_recuperacao_pct",
    "resting_heart_rate": "resting_heart_rate_bpm ruheherzfrequenz_schlage_pro_minute frecuencia_cardiaca_en_reposo_lpm "
    "frequence_cardiaque_au_repos_bpm frequencia_cardiaca_em_repouso_bpm",
    "hrv": "heart_rate_variability_ms herzfrequenzvariabilitat_ms variabilidad_de_la_frecuencia_cardiaca_ms "
    "variabilite_de_la_frequence_cardiaque_ms variabilidade_da_frequencia_cardiaca_ms",
    "skin_temperature": "skin_temp_celsius hauttemperatur_celsius temp_cutanea_grados_centigrados temperature_cutanee_celsius "
    "temp_da_pele_celsius",
    "blood_oxygen": "blood_oxygen_pct blutsauerstoff_pct oxigeno_en_sangre_pct niveau_d_oxygene_pct pct_de_oxigenio_no_sangue",
    "day_strain": "day_strain tagesbelastung esfuerzo_del_dia effort_du_jour esforco_diario",
    "energy": "energy_burned_cal verbrannte_energie_cal energia_quemada_cal depense_energetique_cal "
    "energia_queimada_cal energia_gasta_cal",
    "max_heart_rate": "max_hr_bpm max_hf_schlage_pro_minute fc_max_lpm fc_max_bpm",
    "average_heart_rate": "average_hr_bpm durchschnittliche_hf_schlage_pro_minute fc_promedio_lpm fc_moyenne_bpm fc_media_bpm",
    "sleep_onset": "sleep_onset beginn_des_schlafs inicio_del_sueno premiers_signes_de_sommeil inicio_do_sono",
    "wake_onset": "wake_onset beginn_des_aufwachens inicio_de_la_vigilia premiers_signes_de_reveil inicio_da_vigilia",
    "sleep_performance": "sleep_performance_pct schlafleistung_pct calificacion_del_sueno_pct performance_sommeil_pct "
    "desempenho_do_sono_pct",
    "respiratory_rate": "respiratory_rate_rpm atemfrequenz_atemzuge_min frecuencia_respiratoria_rpm "
    "frequence_respiratoire_tr_min frequencia_respiratoria_rpm",
    "asleep": "asleep_duration_min schlafdauer_min duracion_del_sueno_min duree_du_sommeil_min duracao_do_sono_min",
    "in_bed": "in_bed_duration_min dauer_im_bett_min tiempo_en_la_cama_min temps_passe_au_lit_min duracao_na_cama_min",
    "light_sleep": "light_sleep_duration_min dauer_des_leichtschlafs_min duracion_de_sueno_ligero_min "
    "duree_du_sommeil_leger_min duracao_do_sono_leve_min",
    "deep_sleep": "deep_sws_duration_min dauer_des_tiefschlafs_min duracion_de_sueno_profundo_sws_min "
    "duree_du_sommeil_profond_min duracao_profundo_sono_min",
    "rem_sleep": "rem_duration_min dauer_des_rem_schlafs_min duracion_de_sueno_rem_min duree_du_sommeil_paradoxal_min "
    "duracao_rem_min",
    "awake": "awake_duration_min dauer_des_aufwachens_min tiempo_despierto_a_min temps_d_eveil_min duracao_de_vigilia_min",
    "sleep_need": "sleep_need_min schlafbedarf_min sueno_necesario_min besoins_en_sommeil_min necessidade_de_sono_min",
    "sleep_debt": "sleep_debt_min schlafdefizit_min deuda_de_sueno_min dette_de_sommeil_min debito_de_sono_min",
    "sleep_efficiency": "sleep_efficiency_pct schlafeffizienz_pct eficiencia_del_sueno_pct efficacite_du_sommeil_pct "
    "eficacia_do_sono_pct",
    "sleep_consistency": "sleep_consistency_pct schlafbestandigkeit_pct regularidad_del_sueno_pct regularite_du_sommeil_pct "
    "consistencia_do_sono_pct",
    "nap": "nap nickerchen siesta sieste sesta",
    "workout_start": "workout_start_time startzeit_des_trainings hora_de_inicio_del_entrenamiento "
    "heure_de_debut_de_l_entrainement hora_de_inicio_do_treino",
    "workout_end": "workout_end_time endzeit_des_trainings hora_de_finalizacion_del_entrenamiento "
    "heure_de_fin_de_l_entrainement hora_de_fim_do_treino",
    "duration": "duration_min dauer_min duracion_min duree_min duracao_min",
    "activity": "activity_name name_der_aktivitat nombre_de_la_actividad nom_de_l_activite nome_da_atividade",
    "activity_strain": "activity_strain aktivitatsbelastung esfuerzo_de_actividad esfuerzo_de_la_actividad effort_activite "
    "esforco_da_atividade",
    **{
        f"zone_{n}": f"hr_zone_{n}_pct hf_zone_{n}_pct zona_fc_{n}_pct zone_fc_{n}_pct zona_{n}_de_fc_pct"
        for n in range(1, 6)
    },
    "distance": "distance_meters",
    "altitude_gain": "altitude_gain_meters",
    "altitude_change": "altitude_change_meters",
    "question": "question_text fragetext texto_de_la_pregunta texto_de_pergunta",
    "gps": "gps_enabled gps_aktiviert gps_habilitado gps_active gps_ativado",
    "answer": "answered_yes answered_yes_no beantwortet_mit_ja respondio_si respondeu_sim",
    "notes": "notes anmerkungen notas",
}
BY_NAME = {name: column for column, names in CALLED.items() for name in names.split()}

CYCLES, SLEEPS, WORKOUTS, JOURNAL = "cycles", "sleeps", "workouts", "journal"
#: Any of these tells the table of cycles from that of sleeps.
OF_CYCLES = {"recovery", "day_strain", "resting_heart_rate", "hrv"}
#: What only the older archive has that WHOOP gives by privacy.whoop.com: a range of times, and heart rate by the minute.
PRIVACY_ARCHIVE = frozenset({"during", "heart_rate_timestamp"})


def fold(title: str) -> str:
    """Return the name of a column without marks, large letters and signs, such as `recovery_score_pct`."""
    plain = unicodedata.normalize("NFKD", title)
    letters = "".join(one for one in plain if not unicodedata.combining(one)).lower()
    return re.sub(r"[^a-z0-9]+", "_", letters.replace("%", "pct")).strip("_")


def title_of(column: str) -> str:
    """Return about what a column is called in English, such as `Recovery score %`."""
    return CALLED[column].split()[0].replace("pct", "%").replace("_", " ").capitalize()


def columns_of(header: Iterable[str]) -> list[str]:
    """Return what each column holds, in their order; its folded name where that is not known."""
    folded = [fold(title) for title in header]
    # "Energy" may be in kJ: a name of ours is none of WHOOP's.
    found = [BY_NAME.get(name) or (f"other {name}" if name in CALLED else name) for name in folded]
    # A journal in a language of which nobody has shown its last three columns, which are always the same.
    if len(found) == 6 and found[:3] == ["cycle_start", "cycle_end", "zone"]:
        return [*found[:3], "question", "answer", "notes"]
    return found


def kind_of(columns: Iterable[str]) -> str:
    """Return which table has these columns; empty for none of WHOOP's export."""
    found = set(columns)
    if "question" in found:
        return JOURNAL
    if "workout_start" in found:
        return WORKOUTS
    if "cycle_start" in found and found & OF_CYCLES:
        return CYCLES
    return SLEEPS if "sleep_onset" in found else ""
