from datetime import datetime

from lifetracker.ops.housekeeping import chore
from time_logs.models import PendingTogglExport


@chore("previews of Toggl reports nobody confirmed deleted")
def delete_pending_exports(now: datetime) -> int:
    return PendingTogglExport.objects.outdated(now).delete()[0]
