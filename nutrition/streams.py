"""The diaries of other apps come in files (`diary_import/`)."""

from lifetracker.sync.streams import FileSource, register_file_source
from nutrition.models import DIARIES, Meal

for source in DIARIES:
    register_file_source(
        FileSource(
            source,
            Meal,
            page="nutrition-import",
            command="import_nutrition FILE",
            brings="Meals, from what MyFitnessPal, Cronometer, MacroFactor or Lose It! exports as a file.",
            group="Food diaries",
        )
    )
