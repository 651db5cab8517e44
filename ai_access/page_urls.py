from django.urls import include, path

from ai_access import endpoints, recognition  # noqa: F401 - it registers who may come in
from ai_access.consent_page import authorize

# The package asks for them under these names.
OAUTH = (
    [
        path("authorize", authorize, name="authorize"),
        path("token", endpoints.token, name="token"),
        path("register", endpoints.register, name="register"),
        path("revoke", endpoints.revoke, name="revoke"),
    ],
    "django_mcpz_oauth",
)
SERVER = ".well-known/oauth-authorization-server"
RESOURCE = ".well-known/oauth-protected-resource"

urlpatterns = [
    path("ai-access/", include(OAUTH)),
    path(SERVER, endpoints.authorization_server, name="oauth-server"),
    path(f"{SERVER}/<path:issuer_path>", endpoints.authorization_server, name="oauth-server-at"),
    path(RESOURCE, endpoints.protected_resource, name="oauth-resource"),
    path(
        f"{RESOURCE}/<path:resource_path>", endpoints.protected_resource, name="oauth-resource-at"
    ),
]
