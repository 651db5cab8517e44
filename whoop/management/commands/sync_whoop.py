from lifetracker.management.sync_command import SourceSyncCommand
from whoop.models import WHOOP


class Command(SourceSyncCommand):
    help = "Sync cycles, recoveries, sleeps and workouts from WHOOP: what is not verified yet of the last 30 days, or more."
    source_name = WHOOP
