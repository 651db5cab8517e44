from datetime import datetime

from fasting.models import PendingImport
from lifetracker.ops.housekeeping import chore


@chore("import previews nobody confirmed deleted")
def delete_pending_imports(now: datetime) -> int:
    return PendingImport.objects.outdated(now).delete()[0]
