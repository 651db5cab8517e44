"""The pages of what is eaten. Their API is in `urls.py`."""

from django.urls import URLPattern, URLResolver, include, path

from nutrition import (
    copy_page,
    day_views,
    entry_views,
    import_views,
    item_views,
    meal_views,
    online_views,
    views,
)

removal = meal_views.MealRemoval()

items = [
    path("remove", item_views.remove_together, name="nutrition-items-remove"),
    path("restore", item_views.restore_together, name="nutrition-items-restore"),
    path("<int:pk>", item_views.item, name="nutrition-item"),
    path("<int:pk>/remove", item_views.remove, name="nutrition-item-remove"),
    path("<int:pk>/restore", item_views.restore, name="nutrition-item-restore"),
    path("<int:pk>/update", item_views.update, name="nutrition-item-update"),
    path("<int:pk>/put-back", item_views.put_back, name="nutrition-item-put-back"),
]

meals: list[URLPattern | URLResolver] = [
    path("<int:pk>", removal.or_deleted(meal_views.meal), name="nutrition-meal"),
    path("<int:pk>/copy", meal_views.copy, name="nutrition-meal-copy"),
    path("<int:pk>/repeat", day_views.repeat, name="nutrition-meal-repeat"),
    path("remove-copies", meal_views.remove_copies, name="nutrition-copies-remove"),
    *removal.urls(),
]

own: list[URLPattern | URLResolver] = [
    path("", views.DayView.as_view(), name="nutrition"),
    path("add", entry_views.add, name="nutrition-add"),
    path("offers", entry_views.offers, name="nutrition-offers"),
    path("online", online_views.search, name="nutrition-online"),
    path("online/take", online_views.take, name="nutrition-online-take"),
    path("complete", day_views.mark_complete, name="nutrition-complete"),
    path("open", day_views.unmark_complete, name="nutrition-open"),
    path("copy", copy_page.copy_page, name="nutrition-copy"),
    path("copy-day", day_views.copy_day_before, name="nutrition-copy-day"),
    *import_views.DiaryImport().urls(),
    path("items/", include(items)),
    path("meals/", include(meals)),
    path("foods/", include("nutrition.food_urls")),
]

urlpatterns = [path("nutrition/", include(own))]
