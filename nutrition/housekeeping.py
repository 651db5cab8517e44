from datetime import datetime, timedelta

from lifetracker.ops.housekeeping import chore
from nutrition.models import FoodImport, PendingDiary

#: An export is older than the next one by then.
IMPORT_KEPT = timedelta(days=90)


@chore("imports of foods older than 90 days deleted")
def delete_food_imports(now: datetime) -> int:
    return FoodImport.objects.filter(changed_at__lt=now - IMPORT_KEPT).delete()[0]


@chore("previews of diaries nobody confirmed deleted")
def delete_pending_diaries(now: datetime) -> int:
    return PendingDiary.objects.outdated(now).delete()[0]
