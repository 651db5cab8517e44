from lifetracker.management.sync_command import SourceSyncCommand
from whoop.models import WHOOP


class Command(SourceSyncCommand):
    help = "Sync cycles, recoveries, sleeps and workouts from WHOOP. Default: the last 30 days, or everything since the last sync."
    source_name = WHOOP
