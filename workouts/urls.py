from lifetracker.api.lists import record_urls
from workouts import api

urlpatterns = record_urls("workouts", api.Workouts)
