"""Apple Health has no service to ask: its days and nights come in files (`export/`)."""

from apple_health.models import AppleDay
from apple_health.names import APPLE_HEALTH
from lifetracker.sync.streams import FileSource, register_file_source

register_file_source(
    FileSource(
        APPLE_HEALTH,
        AppleDay,
        page="apple-health-import",
        command="import_apple_health FILE",
        brings="Steps, nights, heart, weigh-ins and workouts, from what the Health app exports.",
    )
)
