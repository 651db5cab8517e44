from datetime import datetime

from lifetracker.ops.housekeeping import chore
from whoop.models import PendingWhoopExport


@chore("previews of WHOOP exports nobody confirmed deleted")
def delete_pending_exports(now: datetime) -> int:
    return PendingWhoopExport.objects.outdated(now).delete()[0]
