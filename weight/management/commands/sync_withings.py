from lifetracker.management.sync_command import SourceSyncCommand
from weight.models import WITHINGS


class Command(SourceSyncCommand):
    help = "Sync weigh-ins from Withings: what has changed, and what is not verified yet of the last 30 days, or more."
    source_name = WITHINGS
