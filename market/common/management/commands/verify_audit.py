from typing import Any

from django.core.management.base import BaseCommand, CommandError

from market.common.audit.models import AuditEntry
from market.common.audit.record import first_broken_entry


class Command(BaseCommand):
    help = "Walk the audit log's hash chain; exit 1 and name the first row that was changed or follows a missing one."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = first_broken_entry()
        if broken is not None:
            raise CommandError(f"audit entry {broken.pk} does not fit the chain: {broken}")
        self.stdout.write(f"{AuditEntry.objects.count()} audit entries, chain whole")
