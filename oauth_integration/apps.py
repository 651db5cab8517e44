from django.apps import AppConfig


class OAuthIntegrationConfig(AppConfig):
    name = "oauth_integration"
    verbose_name = "Connections"

    #: Where its models stand in the side bar of the admin: the group, the place, the model.
    sidebar = (("Sync", 0, "OAuthCredential"),)

    def ready(self) -> None:
        from oauth_integration import checks  # noqa: F401 - registers them
