from datetime import datetime

from lifetracker.ops.housekeeping import chore
from weight.models import PendingWithingsExport


@chore("previews of weigh-ins nobody confirmed deleted")
def delete_pending_exports(now: datetime) -> int:
    return PendingWithingsExport.objects.outdated(now).delete()[0]
