from lifetracker.management.sync_command import SourceSyncCommand
from weight.models import WITHINGS


class Command(SourceSyncCommand):
    help = "Sync weigh-ins from Withings. Default: all changes, and the last 30 days or everything since the last sync."
    source_name = WITHINGS
