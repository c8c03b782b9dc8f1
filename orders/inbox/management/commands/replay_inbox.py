from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from market.common.clock import read_clock
from market.common.errors import MarketError
from orders.inbox.actions import count_lost, replay_event, replay_events
from orders.inbox.adapters import known_adapters
from orders.inbox.models import InboxEvent


class Command(BaseCommand):
    help = "Work on stored messages again: one, those of a partner or endpoint, or of a span of time."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--event", type=int, help="the number of one parked or dead message")
        parser.add_argument("--partner", default="", choices=["", *known_adapters()])
        parser.add_argument("--endpoint", default="")
        parser.add_argument("--since", type=_moment, help="received from then on, 2026-11-24T10:00")
        parser.add_argument("--until", type=_moment, help="received before then")
        parser.add_argument("--with-done", action="store_true", help="also what has been worked on")

    def handle(self, *args: Any, **options: Any) -> None:
        now = read_clock()
        if options["event"] is not None:
            event = InboxEvent.objects.filter(pk=options["event"]).first()
            if event is None:
                raise CommandError("no such message")
            try:
                replay_event(event, now=now)
            except MarketError as error:
                raise CommandError("it waits or is done already, or its bytes are no longer kept") from error
            self.stdout.write("1 opened")
            return
        if not any(options[name] for name in ("partner", "endpoint", "since", "until")):
            raise CommandError("say which: --event, --partner, --endpoint, --since or --until")
        choice = {
            "adapter": options["partner"],
            "endpoint_id": options["endpoint"],
            "since": options["since"],
            "until": options["until"],
        }
        number = replay_events(now=now, with_done=options["with_done"], **choice)
        lost = count_lost(**choice)
        self.stdout.write(f"{number} opened" + (f", {lost} no longer kept" if lost else ""))


def _moment(written: str) -> datetime:
    moment = datetime.fromisoformat(written)
    return moment if moment.tzinfo else timezone.make_aware(moment)
