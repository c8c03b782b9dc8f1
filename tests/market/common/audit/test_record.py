from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from market.common.audit.models import AuditEntry
from market.common.audit.record import first_broken_entry, record_act

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def act(number: int) -> AuditEntry:
    return record_act(
        actor="officer 1", action="open", subject_kind="destination", subject_id=number, now=NOW, n=number
    )


@pytest.mark.django_db
def test_chain_is_whole_until_a_row_is_changed() -> None:
    first, second, third = act(1), act(2), act(3)

    assert first_broken_entry() is None
    assert [second.previous_hash, third.previous_hash] == [first.hash, second.hash]

    AuditEntry.objects.filter(pk=second.pk).update(details={"n": 99})

    assert first_broken_entry() == second


@pytest.mark.django_db
def test_chain_shows_a_row_that_was_removed() -> None:
    act(1)
    second, third = act(2), act(3)

    second.delete()

    assert first_broken_entry() == third


@pytest.mark.django_db
def test_verify_audit_names_the_broken_row() -> None:
    entry = act(1)
    call_command("verify_audit")

    AuditEntry.objects.filter(pk=entry.pk).update(actor="somebody else")

    with pytest.raises(CommandError, match=f"audit entry {entry.pk} "):
        call_command("verify_audit")
