import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from market.common.http import Forbidden, Unreachable
from orders.inbox.handshake import confirm_subscription
from orders.inbox.models import InboxEvent
from orders.shipments.carriers.base import UnreadableError


class Command(BaseCommand):
    help = "Confirm DHL's newest subscription.validate of an endpoint. Takes the API key from DHL_API_KEY."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("endpoint")

    def handle(self, *args: Any, **options: Any) -> None:
        api_key = os.environ.get("DHL_API_KEY", "")
        if not api_key:
            raise CommandError("set DHL_API_KEY")
        asked = InboxEvent.objects.filter(endpoint=options["endpoint"], outcome="control", is_purged=False)
        for event in asked.order_by("-received_at", "-pk"):
            try:
                answer = confirm_subscription(event, api_key=api_key)
            except UnreadableError:
                continue
            except (Forbidden, Unreachable) as error:
                raise CommandError(f"DHL could not be reached: {error}") from error
            if not answer.is_success:
                raise CommandError(f"DHL answered {answer.status}")
            self.stdout.write("confirmed")
            return
        raise CommandError("DHL has not asked, or the worker has not read it yet")
