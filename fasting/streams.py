"""Zero has no service to ask: its fasts come in files (`imports/`)."""

from fasting.models import ZERO, FastingPeriod
from lifetracker.sync.streams import FileSource, register_file_source

register_file_source(
    FileSource(
        ZERO,
        FastingPeriod,
        page="fasting-import",
        command="import_zero FILE",
        brings="Fasts, from what the Zero app exports as a file.",
    )
)
