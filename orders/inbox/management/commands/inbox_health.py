from typing import Any

from django.core.management.base import BaseCommand

from market.common.clock import read_clock
from orders.inbox.queries import backlog, endpoint_health, unmapped_codes


class Command(BaseCommand):
    help = "How the inbox is doing: backlog, each endpoint's day, codes no table knows."

    def handle(self, *args: Any, **options: Any) -> None:
        now = read_clock()
        self.stdout.write(f"oldest waiting message: {backlog(now).total_seconds():.0f} s")
        for line in endpoint_health(now):
            refused = " ".join(f"{verdict}={number}" for verdict, number in line.refused.items())
            self.stdout.write(
                f"{line.endpoint.adapter} {line.endpoint.name}: received={line.received} repeated={line.repeated} "
                f"waiting={line.waiting} parked={line.parked} dead={line.dead} {refused}".rstrip()
            )
        for code in unmapped_codes():
            self.stdout.write(f"unmapped: {code.source} {code.raw_code} {code.events} times")
