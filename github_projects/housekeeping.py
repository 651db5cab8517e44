from datetime import datetime, timedelta

from github_projects.models import StoredAnswer
from lifetracker.ops.housekeeping import chore

# A response to a token that is no longer used is never needed again; another one costs a single request
# to fetch again.
KEEP_FOR = timedelta(days=90)


@chore("stored answers of GitHub deleted")
def delete_responses(now: datetime) -> int:
    return StoredAnswer.objects.filter(updated_at__lt=now - KEEP_FOR).delete()[0]
