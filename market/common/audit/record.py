"""Append to the audit chain and check it."""

from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from market.common.audit.models import AuditEntry, AuditHead
from market.common.chain import FIRST, first_broken, linked_hash


def record_act(
    *, actor: object, action: str, subject_kind: str, subject_id: object, now: datetime, **details: Any
) -> AuditEntry:
    """Locks the head of the chain, appends, moves the head; part of the caller's transaction."""
    with transaction.atomic():
        AuditHead.objects.get_or_create(pk=1, defaults={"hash": FIRST})
        head = AuditHead.objects.select_for_update().get(pk=1)
        entry = AuditEntry(
            at=now,
            actor=str(actor),
            action=action,
            subject_kind=subject_kind,
            subject_id=str(subject_id),
            details=details,
            previous_hash=head.hash,
        )
        entry.hash = entry_hash(entry)
        entry.save(force_insert=True)
        head.hash = entry.hash
        head.save(update_fields=["hash"])
    return entry


def entry_hash(entry: AuditEntry) -> str:
    content = [
        entry.at.astimezone(UTC).isoformat(),
        entry.actor,
        entry.action,
        entry.subject_kind,
        entry.subject_id,
        entry.details,
    ]
    return linked_hash(entry.previous_hash, content)


def first_broken_entry() -> AuditEntry | None:
    """Walk the chain; the first entry whose hash or link is wrong, or None when all is well."""
    return first_broken(AuditEntry.objects.order_by("pk").iterator(chunk_size=2000), entry_hash)
