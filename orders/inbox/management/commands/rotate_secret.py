from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from market.common.clock import read_clock
from orders.inbox.actions import rotate_secret
from orders.inbox.models import Endpoint


class Command(BaseCommand):
    help = "Give an endpoint a new secret, shown this once; the old one stays good for a while."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("endpoint", help="its id, the part of the address after /hooks/")
        parser.add_argument("--secret", default="", help="a secret the partner gave; without it one is made")
        parser.add_argument("--overlap", type=float, default=24, metavar="HOURS", help="0 when the old one has leaked")

    def handle(self, *args: Any, **options: Any) -> None:
        endpoint = Endpoint.objects.filter(pk=options["endpoint"]).first()
        if endpoint is None:
            raise CommandError("no such endpoint")
        if options["overlap"] < 0:
            raise CommandError("--overlap is a number of hours")
        overlap = timedelta(hours=options["overlap"])
        secret = rotate_secret(endpoint, now=read_clock(), secret=options["secret"], overlap=overlap)
        self.stdout.write(f"secret: {secret}")
