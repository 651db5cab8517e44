from lifetracker.management.sync_command import SourceSyncCommand
from time_logs.models import TOGGL


class Command(SourceSyncCommand):
    help = "Sync time entries from Toggl: what has changed, and what is not verified yet of the last 30 days, or more."
    source_name = TOGGL
