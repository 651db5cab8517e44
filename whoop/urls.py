from django.urls import re_path

from whoop import api, metrics_api

# With or without a slash at the end.
urlpatterns = [
    re_path(r"^recovery/?$", api.RecoveryList.as_view()),
    re_path(r"^recovery/latest/?$", api.LatestRecovery.as_view()),
    re_path(r"^sleep/?$", api.SleepList.as_view()),
    re_path(r"^sleep/latest/?$", api.LatestSleep.as_view()),
    re_path(r"^workouts/?$", api.WorkoutList.as_view()),
    re_path(r"^workouts/latest/?$", api.LatestWorkout.as_view()),
    re_path(r"^cycles/?$", api.CycleList.as_view()),
    re_path(r"^cycles/latest/?$", api.LatestCycle.as_view()),
    re_path(r"^metrics/?$", metrics_api.Metrics.as_view()),
    re_path(r"^profile/?$", api.Profile.as_view()),
    re_path(r"^sync/status/?$", api.SyncStatus.as_view()),
    re_path(r"^sync/incremental/?$", api.SyncIncremental.as_view()),
    re_path(r"^sync/full/?$", api.SyncFull.as_view()),
    re_path(r"^refresh/?$", api.Refresh.as_view()),
    re_path(r"^refresh/today/?$", api.RefreshToday.as_view()),
]
