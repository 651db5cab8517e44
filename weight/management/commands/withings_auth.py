from oauth_integration.management.consent_command import ConsentCommand
from weight.services.withings_client import WithingsAPIClient


class Command(ConsentCommand):
    help = "Connect Withings: open the browser for your consent and store the tokens encrypted."
    client_class = WithingsAPIClient
