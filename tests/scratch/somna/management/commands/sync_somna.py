from somna.source import SOURCE

from lifetracker.management.sync_command import SourceSyncCommand


class Command(SourceSyncCommand):
    help = "Sync days and naps from SOMNA."
    source_name = SOURCE.name
