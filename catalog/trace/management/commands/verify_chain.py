from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.trace.models import TraceEvent, TraceHead
from catalog.trace.queries import first_broken_event


class Command(BaseCommand):
    help = "Walk the chains of trace events; exit 1 and name what was changed or follows a missing one, or a lost end."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--enterprise", default="", help="number of the only one to look at")

    def handle(self, *args: Any, enterprise: str = "", **options: Any) -> None:
        heads = TraceHead.objects.select_related("enterprise").order_by("enterprise")
        if enterprise:
            heads = heads.filter(enterprise__number=enterprise)
        wrong = list(filter(None, map(_fault, heads)))
        if wrong:
            raise CommandError("; ".join(wrong))
        events = TraceEvent.objects.filter(enterprise__in=heads.values("enterprise")).count()
        self.stdout.write(f"{len(heads)} chains of {events} trace events, all whole")
        for head in heads:
            self.stdout.write(f"{head.enterprise.number} {head.sequence} {head.hash}")


def _fault(head: TraceHead) -> str:
    number = head.enterprise.number
    broken = first_broken_event(head.enterprise)
    if broken is not None:
        return f"{number}: event {broken.sequence} ({broken}) does not fit the chain"
    last = TraceEvent.objects.filter(enterprise=head.enterprise).order_by("-sequence").first()
    if (last.sequence, last.hash) != (head.sequence, head.hash) if last else head.sequence:
        return f"{number}: the end of the chain is missing"
    return ""
