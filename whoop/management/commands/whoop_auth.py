from oauth_integration.management.consent_command import ConsentCommand
from whoop.services.whoop_client import WhoopAPIClient


class Command(ConsentCommand):
    help = "Connect WHOOP: open the browser for your consent and store the tokens encrypted."
    client_class = WhoopAPIClient
