from datetime import datetime

from csv_import.models import PendingCsv
from lifetracker.ops.housekeeping import chore


@chore("previews of CSVs nobody confirmed deleted")
def delete_pending_files(now: datetime) -> int:
    return PendingCsv.objects.outdated(now).delete()[0]
