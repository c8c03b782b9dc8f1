from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from market.common.clock import read_clock
from orders.inbox.change_endpoint import switch_endpoint
from orders.inbox.models import Endpoint


class Command(BaseCommand):
    help = "Close a partner's endpoint, or open it again. Closed, whatever it posts is answered 404."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("endpoint", help="its id, the part of the address after /hooks/")
        wish = parser.add_mutually_exclusive_group(required=True)
        wish.add_argument("--close", action="store_true")
        wish.add_argument("--open", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        endpoint = Endpoint.objects.filter(pk=options["endpoint"]).first()
        if endpoint is None:
            raise CommandError("no such endpoint")
        row = switch_endpoint(endpoint, is_active=options["open"], by=None, now=read_clock())
        self.stdout.write("open" if row.is_active else "closed")
