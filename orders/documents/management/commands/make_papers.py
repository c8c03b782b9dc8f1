from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from market.common.clock import read_clock
from orders.documents.models import Rendering
from orders.documents.render import render_due


class Command(BaseCommand):
    help = "Make the files of papers that wait for one; needs DOCUMENTS=pdf."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--again", action="store_true", help="those that failed, too: the cause has been mended")

    def handle(self, *args: Any, **options: Any) -> None:
        now, made = read_clock(), 0
        if options["again"]:
            Rendering.objects.filter(state=Rendering.State.FAILED).update(
                state=Rendering.State.WAITING, due_at=now, error=""
            )
        while done := render_due(now):
            made += done
        failed = Rendering.objects.filter(state=Rendering.State.FAILED).count()
        self.stdout.write(f"{made} papers taken up, {failed} could not be made")
