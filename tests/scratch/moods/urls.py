from moods import api

from lifetracker.api.lists import record_urls

urlpatterns = record_urls("moods", api.Moods)
