from django.urls import re_path

from lifetracker.api.lists import record_urls
from nutrition import api, foods_api, items_api

urlpatterns = [
    *record_urls("nutrition/meals", api.Meals),
    re_path(r"^nutrition/meals/(?P<pk>\d{1,18})/items/?$", items_api.MealItems.as_view()),
    re_path(r"^nutrition/meals/(?P<pk>\d{1,18})/restore/?$", api.RestoreMeal.as_view()),
    re_path(r"^nutrition/items/(?P<pk>\d{1,18})/?$", items_api.Item.as_view()),
    re_path(r"^nutrition/items/(?P<pk>\d{1,18})/restore/?$", items_api.RestoreItem.as_view()),
    re_path(r"^nutrition/day/(?P<date>[\w-]{1,40})/?$", api.OneDay.as_view()),
    re_path(r"^nutrition/foods/search/?$", foods_api.Search.as_view()),
    re_path(r"^nutrition/foods/barcode/(?P<code>\d{4,24})/?$", foods_api.Barcode.as_view()),
    *record_urls("nutrition/foods", foods_api.Foods),
    *record_urls("nutrition/recipes", foods_api.Recipes),
]
