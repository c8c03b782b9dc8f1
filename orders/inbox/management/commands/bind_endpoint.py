from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from market.common.clock import read_clock
from orders.inbox.change_endpoint import bind_endpoint, fence_endpoint, read_networks
from orders.inbox.errors import EveryNetwork, HostBits, NoNetwork
from orders.inbox.models import Endpoint


class Command(BaseCommand):
    help = (
        "Say whose waybills a partner may report on, or from where its messages come. What was parked for it can then "
        "be replayed (replay_inbox)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("endpoint")
        wish = parser.add_mutually_exclusive_group(required=True)
        wish.add_argument("--carrier", action="append", help="as sellers write it; repeat for several")
        wish.add_argument("--any-carrier", action="store_true")
        wish.add_argument("--network", action="append", help="address or CIDR it posts from; repeat for several")
        wish.add_argument("--any-network", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        endpoint = Endpoint.objects.filter(pk=options["endpoint"]).first()
        if endpoint is None:
            raise CommandError("no such endpoint")
        if options["network"] or options["any_network"]:
            self._fence(endpoint, options["network"] or [])
            return
        carriers = options["carrier"] or []
        bind_endpoint(endpoint, carriers, by=None, now=read_clock())
        self.stdout.write(", ".join(carriers) or "any carrier")

    def _fence(self, endpoint: Endpoint, lines: list[str]) -> None:
        try:
            networks = read_networks(lines)
        except EveryNetwork as error:
            raise CommandError("this is every address: --any-network") from error
        except HostBits as error:
            raise CommandError(f"{error.details['line']} is inside the network {error.details['network']}") from error
        except NoNetwork as error:
            raise CommandError(f"neither an address nor a network: {error.details['line']}") from error
        fence_endpoint(endpoint, networks, by=None, now=read_clock())
        self.stdout.write(", ".join(networks) or "from anywhere")
