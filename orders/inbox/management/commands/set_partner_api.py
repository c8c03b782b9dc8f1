import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from market.common.clock import read_clock
from market.common.errors import InvalidInput
from orders.inbox.models import Endpoint, PartnerApi
from orders.inbox.partner_api import set_partner_api


class Command(BaseCommand):
    help = (
        "Have a partner called: asked about silent shipments, subscribed with, fetched from, as its API allows. Takes "
        "its key from PARTNER_API_KEY; without one the key there is stays, and without options what was set before."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("endpoint", help="its id, the part of the address after /hooks/")
        parser.add_argument("--off", action="store_true", help="call it no more")
        parser.add_argument("--service", help="which of the partner's services carries, where it wants to know")
        parser.add_argument("--carrier", action="append", help="whose waybills it carries, as sellers write it; repeat")
        parser.add_argument("--address", action="append", help="of its API, where each account has its own; repeat")

    def handle(self, *args: Any, **options: Any) -> None:
        endpoint = Endpoint.objects.filter(pk=options["endpoint"]).first()
        if endpoint is None:
            raise CommandError("no such endpoint")
        known = PartnerApi.objects.filter(endpoint=endpoint).first()
        service, addresses = options["service"], options["address"]
        try:
            api = set_partner_api(
                endpoint,
                key=os.environ.get("PARTNER_API_KEY", ""),
                service=service if service is not None else known.service if known else "",
                addresses=addresses if addresses is not None else known.addresses if known else [],
                carriers=options["carrier"],
                is_on=not options["off"],
                now=read_clock(),
            )
        except InvalidInput as error:
            told = "; ".join(f"{name}: {message}" for name, message in error.details["fields"].items())
            raise CommandError(told) from error
        self.stdout.write("on" if api.is_on else "off")
