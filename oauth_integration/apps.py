from django.apps import AppConfig


class OAuthIntegrationConfig(AppConfig):
    name = "oauth_integration"
    verbose_name = "Connections"
