from typing import Any

from django.core.management.base import BaseCommand, CommandError

from market.common.clock import read_clock
from search.engines.base import EngineError
from search.products.actions.rebuild_index import rebuild_index


class Command(BaseCommand):
    help = "Build the search index afresh beside the live one, then swap; searches go on meanwhile."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            generation = rebuild_index(now=read_clock(), report=self.stdout.write)
        except EngineError as error:
            raise CommandError(f"no new index; what answered before goes on answering: {error}") from error
        except KeyboardInterrupt:
            raise CommandError("stopped; what answered before goes on answering", returncode=130) from None
        if generation is None:
            self.stdout.write("all documents written; the database itself is the index")
