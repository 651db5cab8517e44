"""The pages of workouts. Their API is in `urls.py`."""

from django.urls import include, path

from workouts import views, workout_views

removal = workout_views.WorkoutRemoval()

own = [
    path("", views.RangeView.as_view(), name="workouts"),
    path("workouts.csv", views.WorkoutsAsCsv.as_view(), name="workouts-csv"),
    path("new", workout_views.new, name="workout-new"),
    path("<int:pk>", removal.or_deleted(workout_views.show), name="workout"),
    path("<int:pk>/edit", removal.or_deleted(workout_views.edit), name="workout-edit"),
    *removal.urls(),
]

urlpatterns = [path("workouts/", include(own))]
