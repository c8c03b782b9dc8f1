from typing import Any

from django.core.management.base import BaseCommand

from market.common.clock import read_clock
from orders.inbox.models import PartnerApi
from orders.inbox.queries import backlog, endpoint_health, partner_lag, sees_refusals, unmapped_codes


class Command(BaseCommand):
    help = "How the inbox is doing: backlog, each endpoint's day, how late news comes, calls, codes no table knows."

    def handle(self, *args: Any, **options: Any) -> None:
        now = read_clock()
        self.stdout.write(f"oldest waiting message: {backlog(now).total_seconds():.0f} s")
        if not sees_refusals():
            self.stdout.write("refused messages are counted by the web process: see /ops/partners/")
        for line in endpoint_health(now):
            refused = " ".join(f"{verdict}={number}" for verdict, number in line.refused.items())
            self.stdout.write(
                f"{line.endpoint.adapter} {line.endpoint.name}: received={line.received} repeated={line.repeated} "
                f"waiting={line.waiting} parked={line.parked} dead={line.dead} {refused}".rstrip()
            )
        for lag in partner_lag(now):
            self.stdout.write(
                f"lag of {lag.source or 'unknown'} within a day: median={lag.median.total_seconds():.0f} s "
                f"p95={lag.most.total_seconds():.0f} s of {lag.events} events"
            )
        for api in PartnerApi.objects.defer("sealed_key").filter(is_on=True).select_related("endpoint").order_by("pk"):
            failed = f" failed={api.failed_at:%Y-%m-%dT%H:%MZ} {api.error}" if api.failed_at else ""
            well = f"{api.succeeded_at:%Y-%m-%dT%H:%MZ}" if api.succeeded_at else "never"
            self.stdout.write(f"calls to {api.endpoint.adapter} {api.endpoint.name}: well={well}{failed}")
        for code in unmapped_codes():
            self.stdout.write(f"unmapped: {code.source} {code.raw_code} {code.events} times")
