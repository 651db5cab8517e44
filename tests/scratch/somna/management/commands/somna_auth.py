from somna.services.somna_client import SomnaClient

from oauth_integration.management.consent_command import ConsentCommand


class Command(ConsentCommand):
    help = "Connect SOMNA: opens the browser for your consent and stores the tokens, encrypted."
    client_class = SomnaClient
