"""The titles of the export's columns and the names of its tables, in the languages of the app.

After headers of real exports, as far as they are known: of the French journal nobody has shown one.
"""

CYCLE = ("start", "end", "zone")
SLEEP = (
    *("onset", "wake", "performance", "respiratory", "asleep", "in_bed", "light", "deep", "rem"),
    *("awake", "need", "debt", "efficiency", "consistency"),
)
COLUMNS = {
    "cycles": (
        *CYCLE,
        *("recovery", "resting", "hrv", "skin", "oxygen", "strain", "energy", "max_hr", "mean_hr"),
        *SLEEP,
    ),
    "sleeps": (*CYCLE, *SLEEP, "nap"),
    "workouts": (
        *CYCLE,
        *("workout_start", "workout_end", "duration", "activity", "workout_strain", "energy"),
        *("max_hr", "mean_hr", "zone_1", "zone_2", "zone_3", "zone_4", "zone_5", "gps"),
        *("distance", "gain", "change"),
    ),
    "journal": (*CYCLE, "question", "yes", "notes"),
}
FILES = {
    "en": ("physiological_cycles.csv", "sleeps.csv", "workouts.csv", "journal_entries.csv"),
    "de": ("physiologische_zyklen.csv", "Schlaf.csv", "Trainings.csv", "logbuch_eintraege.csv"),
    "es": ("physiological_cycles.csv", "sueño.csv", "entrenamientos.csv", "journal_entries.csv"),
    "fr": ("physiological_cycles.csv", "sommeil.csv", "entrainements.csv", "journal_entries.csv"),
    "pt": ("ciclos_fisiológicos.csv", "sonos.csv", "treinos.csv", "entradas_diário.csv"),
}
#: By column: English, German, Spanish, French, Portuguese. One that stands alone is the same in all of them.
TITLES: dict[str, tuple[str, ...]] = {
    "start": (
        "Cycle start time",
        "Startzeit des Zyklus",
        "Hora de inicio del ciclo",
        "Heure de début du cycle",
        "Hora de início do ciclo",
    ),
    "end": (
        "Cycle end time",
        "Endzeit des Zyklus",
        "Hora de finalización del ciclo",
        "Heure de fin du cycle",
        "Hora de fim do ciclo",
    ),
    "zone": (
        "Cycle timezone",
        "Zeitzone des Zyklus",
        "Zona horaria del ciclo",
        "Fuseau horaire du cycle",
        "Fuso horário do ciclo",
    ),
    "recovery": (
        "Recovery score %",
        "Erholungswert %",
        "Puntuación de recuperación %",
        "Score de récupération %",
        "Pontuação de recuperação %",
    ),
    "resting": (
        "Resting heart rate (bpm)",
        "Ruheherzfrequenz (Schläge pro Minute)",
        "Frecuencia cardíaca en reposo (lpm)",
        "Fréquence cardiaque au repos (bpm)",
        "Frequência cardíaca em repouso (bpm)",
    ),
    "hrv": (
        "Heart rate variability (ms)",
        "Herzfrequenzvariabilität (ms)",
        "Variabilidad de la frecuencia cardíaca (ms)",
        "Variabilité de la fréquence cardiaque (ms)",
        "Variabilidade da frequência cardíaca (ms)",
    ),
    "skin": (
        "Skin temp (celsius)",
        "Hauttemperatur (Celsius)",
        "Temp. cutánea (grados centígrados)",
        "Température cutanée (Celsius)",
        "Temp. da pele (Celsius)",
    ),
    "oxygen": (
        "Blood oxygen %",
        "Blutsauerstoff %",
        "Oxígeno en sangre %",
        "Niveau d'oxygène %",
        "% de oxigênio no sangue",
    ),
    "strain": (
        "Day Strain",
        "Tagesbelastung",
        "Esfuerzo del día",
        "Effort du jour",
        "Esforço diário",
    ),
    "energy": (
        "Energy burned (cal)",
        "Verbrannte Energie (cal)",
        "Energía quemada (cal)",
        "Dépense énergétique (cal)",
        "Energia queimada (cal)",
    ),
    "max_hr": (
        "Max HR (bpm)",
        "Max. HF (Schläge pro Minute)",
        "FC máx. (lpm)",
        "FC max. (bpm)",
        "FC máx. (bpm)",
    ),
    "mean_hr": (
        "Average HR (bpm)",
        "Durchschnittliche HF (Schläge pro Minute)",
        "FC promedio (lpm)",
        "FC moyenne (bpm)",
        "FC média (bpm)",
    ),
    "onset": (
        "Sleep onset",
        "Beginn des Schlafs",
        "Inicio del sueño",
        "Premiers signes de sommeil",
        "Início do sono",
    ),
    "wake": (
        "Wake onset",
        "Beginn des Aufwachens",
        "Inicio de la vigilia",
        "Premiers signes de réveil",
        "Início da vigília",
    ),
    "performance": (
        "Sleep performance %",
        "Schlafleistung %",
        "Calificación del sueño %",
        "Performance sommeil %",
        "Desempenho do sono %",
    ),
    "respiratory": (
        "Respiratory rate (rpm)",
        "Atemfrequenz (Atemzüge/min)",
        "Frecuencia respiratoria (rpm)",
        "Fréquence respiratoire (tr/min)",
        "Frequência respiratória (rpm)",
    ),
    "asleep": (
        "Asleep duration (min)",
        "Schlafdauer (min)",
        "Duración del sueño (min)",
        "Durée du sommeil (min)",
        "Duração do sono (min)",
    ),
    "in_bed": (
        "In bed duration (min)",
        "Dauer im Bett (min)",
        "Tiempo en la cama (min)",
        "Temps passé au lit (min)",
        "Duração na cama (min)",
    ),
    "light": (
        "Light sleep duration (min)",
        "Dauer des Leichtschlafs (min)",
        "Duración de sueño ligero (min)",
        "Durée du sommeil léger (min)",
        "Duração do sono leve (min)",
    ),
    "deep": (
        "Deep (SWS) duration (min)",
        "Dauer des Tiefschlafs (min)",
        "Duración de sueño profundo (SWS) (min)",
        "Durée du sommeil profond (min)",
        "Duração profundo sono (min)",
    ),
    "rem": (
        "REM duration (min)",
        "Dauer des REM-Schlafs (min)",
        "Duración de sueño REM (min)",
        "Durée du sommeil paradoxal (min)",
        "Duração REM (min)",
    ),
    "awake": (
        "Awake duration (min)",
        "Dauer des Aufwachens (min)",
        "Tiempo despierto/a (min)",
        "Temps d'éveil (min)",
        "Duração de vigília (min)",
    ),
    "need": (
        "Sleep need (min)",
        "Schlafbedarf (min)",
        "Sueño necesario (min)",
        "Besoins en sommeil (min)",
        "Necessidade de sono (min)",
    ),
    "debt": (
        "Sleep debt (min)",
        "Schlafdefizit (min)",
        "Deuda de sueño (min)",
        "Dette de sommeil (min)",
        "Débito de sono (min)",
    ),
    "efficiency": (
        "Sleep efficiency %",
        "Schlafeffizienz %",
        "Eficiencia del sueño %",
        "Efficacité du sommeil %",
        "Eficácia do sono %",
    ),
    "consistency": (
        "Sleep consistency %",
        "Schlafbeständigkeit %",
        "Regularidad del sueño %",
        "Régularité du sommeil %",
        "Consistência do sono %",
    ),
    "nap": ("Nap", "Nickerchen", "Siesta", "Sieste", "Sesta"),
    "workout_start": (
        "Workout start time",
        "Startzeit des Trainings",
        "Hora de inicio del entrenamiento",
        "Heure de début de l'entraînement",
        "Hora de início do treino",
    ),
    "workout_end": (
        "Workout end time",
        "Endzeit des Trainings",
        "Hora de finalización del entrenamiento",
        "Heure de fin de l'entraînement",
        "Hora de fim do treino",
    ),
    "duration": (
        "Duration (min)",
        "Dauer (min)",
        "Duración (min)",
        "Durée (min)",
        "Duração (min)",
    ),
    "activity": (
        "Activity name",
        "Name der Aktivität",
        "Nombre de la actividad",
        "Nom de l'activité",
        "Nome da atividade",
    ),
    "workout_strain": (
        "Activity Strain",
        "Aktivitätsbelastung",
        "Esfuerzo de actividad",
        "Effort activité",
        "Esforço da atividade",
    ),
    **{
        f"zone_{n}": (
            f"HR Zone {n} %",
            f"HF-Zone {n} %",
            f"Zona FC {n} %",
            f"Zone FC {n} %",
            f"Zona {n} de FC %",
        )
        for n in range(1, 6)
    },
    "gps": ("GPS enabled", "GPS aktiviert", "GPS habilitado", "GPS activé", "GPS ativado"),
    "distance": ("Distance (meters)",),
    "gain": ("Altitude gain (meters)",),
    "change": ("Altitude change (meters)",),
    "question": (
        "Question text",
        "Fragetext",
        "Texto de la pregunta",
        "Texte de la question",
        "Texto de pergunta",
    ),
    "yes": (
        "Answered yes",
        "Beantwortet mit Ja",
        'Respondió "Sí"',
        "Réponse : oui",
        "Respondeu sim",
    ),
    "notes": ("Notes", "Anmerkungen", "Notas", "Notes", "Notas"),
}
#: What the journal asks: alcohol, a flight, an illness, a book.
QUESTIONS = {
    "en": ("Have any alcoholic drinks?", "Traveled on a plane?", "Felt ill?", "Read in bed?"),
    "de": ("Alkohol getrunken?", "Mit dem Flugzeug gereist?", "Krank gefühlt?", "Im Bett gelesen?"),
    "es": ("¿Bebiste alcohol?", "¿Viajaste en avión?", "¿Te sentiste mal?", "¿Leíste en la cama?"),
    "fr": ("Bu de l'alcool ?", "Voyagé en avion ?", "Senti malade ?", "Lu au lit ?"),
    "pt": ("Bebeu álcool?", "Viajou de avião?", "Sentiu-se doente?", "Leu na cama?"),
}
LANGUAGES = tuple(FILES)


def title(column: str, language: str) -> str:
    """Return how a column is called in a language."""
    found = TITLES[column]
    return found[LANGUAGES.index(language)] if len(found) > 1 else found[0]
