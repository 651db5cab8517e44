from django.urls import include, path, re_path

from whoop import api, consent_api, direct_api, metrics_api

# With or without a slash at the end.
own = [
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
    re_path(r"^status/?$", consent_api.Status.as_view()),
    re_path(r"^auth/test/?$", consent_api.ConnectionTest.as_view()),
    re_path(r"^auth/authorize-url/?$", consent_api.AuthorizeUrl.as_view()),
    re_path(r"^auth/exchange-code/?$", consent_api.ExchangeCode.as_view()),
    re_path(r"^api/profile/?$", direct_api.Profile.as_view()),
    re_path(r"^api/body/?$", direct_api.Body.as_view()),
    re_path(r"^api/recovery/?$", direct_api.Recovery.as_view()),
    re_path(r"^api/sleep/?$", direct_api.Sleep.as_view()),
    re_path(r"^api/workouts/?$", direct_api.Workouts.as_view()),
    re_path(r"^api/cycles/?$", direct_api.Cycles.as_view()),
    re_path(r"^api/dashboard/?$", direct_api.Dashboard.as_view()),
]

urlpatterns = [path("whoop/", include(own))]
