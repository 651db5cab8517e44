"""Tables of any app have no service to ask: a person brings them in files."""

from lifetracker.sync.streams import FileSource, register_file_source
from own_metrics.models import CSV, OwnValue

register_file_source(
    FileSource(
        CSV,
        OwnValue,
        page="csv-import",
        command="import_csv FILE",
        brings="Any table with a date in each row, as you map its columns: to behaviours, weigh-ins and own metrics.",
    )
)
