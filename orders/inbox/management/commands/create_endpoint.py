from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from market.common.clock import read_clock
from orders.inbox.actions import create_endpoint
from orders.inbox.adapters import known_adapters


class Command(BaseCommand):
    help = "Make a webhook endpoint for a partner; prints its address and its secret, which is shown this once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("adapter", choices=known_adapters())
        parser.add_argument("name", help="the partner, in your words")
        parser.add_argument("--secret", default="", help="a secret the partner gave; without it one is made")

    def handle(self, *args: Any, **options: Any) -> None:
        endpoint, secret = create_endpoint(
            options["adapter"], options["name"], secret=options["secret"], now=read_clock()
        )
        self.stdout.write(f"{settings.PUBLIC_URL}/hooks/{endpoint.pk}/")
        self.stdout.write(f"secret: {secret}")
