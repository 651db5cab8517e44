from journal import api
from lifetracker.api.lists import record_urls

urlpatterns = [
    *record_urls("journal/behaviours", api.Behaviours),
    *record_urls("journal/answers", api.Answers),
    *record_urls("journal/notes", api.Notes),
]
