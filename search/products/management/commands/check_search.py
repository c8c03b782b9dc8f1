from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from market.common.clock import read_clock
from search.products.actions.check_index import check_index, mend


class Command(BaseCommand):
    help = "Compare the search index with the database; ends with 1 when something is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--full", action="store_true", help="compare every document, not the next 500")
        parser.add_argument("--mend", action="store_true", help="write again what differs or was given up")

    def handle(self, *args: Any, **options: Any) -> None:
        now = read_clock()
        report = check_index(now, is_full=options["full"])
        self.stdout.write(
            f"engine {report.engine}, index {report.health.generation or 'none'}, documents {report.health.documents}, "
            f"rows {report.rows}, lag {int(report.lag.total_seconds())} s, given up {report.dead}"
        )
        wrong = {*report.stale, *report.unlike}
        if options["mend"] and (wrong or report.dead):
            mend(report, now)
            self.stdout.write(f"{len(wrong)} products and {report.dead} changes given up will be written again")
        if report.problems:
            raise CommandError("\n".join(report.problems))
        self.stdout.write("index and database agree")
