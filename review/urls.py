from lifetracker.api.lists import record_urls
from review import api

urlpatterns = [*record_urls("intentions", api.Intentions)]
