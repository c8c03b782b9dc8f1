import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor

from orders.inbox.check import Case, check_folders, failures
from orders.inbox.samples import BadSample


class Command(BaseCommand):
    help = (
        "Post every recorded webhook below DIR (folders with a manifest.json) to a scratch endpoint, through the real "
        "view, and compare answer, events and shipment with what the manifest expects. Nothing stays in the database."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument("--json", action="store_true", help="print passed, failed and all cases as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["folder"].is_dir():
            raise CommandError(f"{options['folder']} is no folder")
        use_scratch_database()
        try:
            cases = check_folders(options["folder"])
        except BadSample as error:
            raise CommandError(str(error)) from error
        failed = sum(not case.ok for case in cases)
        if options["json"]:
            self.stdout.write(as_json(cases))
        else:
            for line in failures(cases):
                self.stdout.write(line)
            self.stdout.write(f"{len(cases) - failed} passed, {failed} failed")
        if failed:
            raise SystemExit(1)


def as_json(cases: list[Case]) -> str:
    failed = sum(not case.ok for case in cases)
    result = {"passed": len(cases) - failed, "failed": failed, "cases": [asdict(case) for case in cases]}
    return json.dumps(result, ensure_ascii=False, indent=1, default=str)


def use_scratch_database() -> None:
    """The configured database when it is there and up to date (all is rolled back); else one in memory."""
    try:
        executor = MigrationExecutor(connection)
        if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return
    except DatabaseError:
        pass
    connections["default"].close()
    memory = {**settings.DATABASES["default"], "ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
    memory["OPTIONS"] = {}
    connections.settings["default"] = memory
    del connections["default"]
    call_command("migrate", verbosity=0)
