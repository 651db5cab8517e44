from datetime import datetime, timedelta

from github_projects.models import StoredAnswer
from lifetracker.housekeeping import chore

# An answer of a token that is no longer used is never asked for again. One that is costs a single
# request to fetch anew.
KEPT = timedelta(days=90)


@chore("stored answers of GitHub")
def forget_answers(now: datetime) -> int:
    return StoredAnswer.objects.filter(updated_at__lt=now - KEPT).delete()[0]
