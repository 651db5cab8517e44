"""The pages of foods and recipes, below /nutrition/foods/."""

from django.urls import path

from nutrition import food_online_views, food_views, recipe_views

removal = food_views.FoodRemoval()

urlpatterns = [
    path("", food_views.foods, name="foods"),
    path("new", food_views.new, name="food-new"),
    path("online", food_online_views.search, name="foods-online"),
    path("save", food_online_views.save, name="food-save"),
    path("recipes/new", recipe_views.new, name="recipe-new"),
    path("<int:pk>", food_views.food, name="food"),
    path("<int:pk>/edit", removal.or_deleted(food_views.edit), name="food-edit"),
    path("<int:pk>/recipe", removal.or_deleted(recipe_views.edit), name="recipe-edit"),
    *removal.urls(),
]
