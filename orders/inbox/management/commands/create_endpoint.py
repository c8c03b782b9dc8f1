from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from market.common.clock import read_clock
from orders.inbox.actions import create_endpoint, is_of_any_carrier
from orders.inbox.adapters import known_adapters


class Command(BaseCommand):
    help = "Make a webhook endpoint for a partner; prints its address and its secret, which is shown this once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("adapter", choices=known_adapters())
        parser.add_argument("name", help="the partner, in your words")
        parser.add_argument("--secret", default="", help="a secret the partner gave; without it one is made")

        parser.add_argument(
            "--carrier",
            action="append",
            default=[],
            help="whose waybills it may report on, as sellers write it; repeat",
        )
        parser.add_argument("--any-carrier", action="store_true", help="it may report on every waybill")

    def handle(self, *args: Any, **options: Any) -> None:
        adapter, carriers = options["adapter"], options["carrier"]
        is_free = options["any_carrier"] or is_of_any_carrier(adapter)
        if not carriers and not is_free:
            raise CommandError("say --carrier NAME for each carrier it reports for, or --any-carrier")
        if carriers and options["any_carrier"]:
            raise CommandError("--carrier and --any-carrier contradict each other")
        endpoint, secret = create_endpoint(
            adapter, options["name"], secret=options["secret"], carriers=carriers, now=read_clock()
        )
        self.stdout.write(f"{settings.PUBLIC_URL}/hooks/{endpoint.pk}/")
        self.stdout.write(f"secret: {secret}")
