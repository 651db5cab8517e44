from lifetracker.management.sync_command import SourceSyncCommand
from time_logs.models import TOGGL


class Command(SourceSyncCommand):
    help = "Sync time entries from Toggl. Default: all changes, and the last 30 days or everything since the last sync."
    source_name = TOGGL
