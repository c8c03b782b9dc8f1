from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from orders.inbox.models import Endpoint, PartnerApi


class Command(BaseCommand):
    help = "Say whose waybills a partner may report on. What was parked for it can then be replayed (replay_inbox)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("endpoint")
        wish = parser.add_mutually_exclusive_group(required=True)
        wish.add_argument("--carrier", action="append", help="as sellers write it; repeat for several")
        wish.add_argument("--any-carrier", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        carriers = options["carrier"] or []
        if not Endpoint.objects.filter(pk=options["endpoint"]).update(carriers=carriers):
            raise CommandError("no such endpoint")
        PartnerApi.objects.filter(endpoint=options["endpoint"]).update(noted_to=0)
        self.stdout.write(", ".join(carriers) or "any carrier")
