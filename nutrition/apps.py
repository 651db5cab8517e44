from django.apps import AppConfig
from django.db.models.signals import post_migrate


class NutritionConfig(AppConfig):
    name = "nutrition"
    #: Where its models stand in the side bar of the admin: the group, the place, the model.
    sidebar = (("Life", 21, "Meal"), ("Life", 22, "FoodItem"), ("Life", 23, "CompleteDay"))

    def ready(self) -> None:
        from nutrition.search_index import make_after_migrations

        post_migrate.connect(make_after_migrations, sender=self)
