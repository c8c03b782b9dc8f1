from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from catalog.trace.actions.capture_document import capture_document
from catalog.trace.models import LotEdge, TraceEvent, TraceEventLot, TraceHead
from market.enterprises.models import Enterprise
from tests.builders import make_enterprise
from tests.catalog.trace.documents import LATER, document_of, grading, quantity, sample

pytestmark = pytest.mark.django_db


@pytest.fixture
def enterprise() -> Enterprise:
    made = make_enterprise()
    capture_document(made, sample(), now=LATER)
    return made


def unguarded(table: str, verb: str) -> None:
    """As somebody with the keys of the database would."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TRIGGER {table}_final_{verb}")
        else:
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_final ON {table}")


def test_verify_chain_says_where_each_ends(enterprise: Enterprise) -> None:
    other = make_enterprise()
    capture_document(other, document_of(grading(inputQuantityList=[quantity("A", 100)])), now=LATER)
    out = StringIO()

    call_command("verify_chain", stdout=out)

    assert "2 chains of 15 trace events" in out.getvalue()
    head = TraceHead.objects.get(enterprise=enterprise)
    assert f"{enterprise.number} 14 {head.hash}" in out.getvalue()
    call_command("verify_chain", enterprise=other.number, stdout=out)
    assert "1 chains of 1 trace events" in out.getvalue()


def test_verify_chain_names_a_changed_event(enterprise: Enterprise) -> None:
    unguarded("trace_traceevent", "UPDATE")
    TraceEvent.objects.filter(sequence=7).update(by_market=True)

    with pytest.raises(CommandError, match=f"{enterprise.number}: event 7 "):
        call_command("verify_chain")


def test_verify_chain_misses_the_last_event(enterprise: Enterprise) -> None:
    last = TraceEvent.objects.get(sequence=14)
    for table in ("trace_traceevent", "trace_traceeventlot", "trace_traceeventunit"):
        unguarded(table, "DELETE")
    LotEdge.objects.filter(event=last).delete()
    TraceEventLot.objects.filter(event=last).delete()
    last.units.all().delete()
    last.delete()

    with pytest.raises(CommandError, match="the end of the chain is missing"):
        call_command("verify_chain")
