import pytest
from django.db import DatabaseError, transaction

from market.common.errors import InvalidInput
from orders.documents.actions.issue_document import issue_document
from orders.documents.contents.delivery_note import delivery_note
from orders.documents.contents.draft import content_hash
from orders.documents.contents.proforma import proforma
from orders.documents.contents.statement import statement
from orders.documents.errors import ReasonNeeded
from orders.documents.models import Document, DocumentSeries, Rendering
from tests.builders import NOW, make_enterprise, make_user, make_variant
from tests.orders.claims import make_paid
from tests.orders.documents.scenes import QUOTE, make_answered, make_shipment, quoted

pytestmark = pytest.mark.django_db


def test_a_paper_is_numbered_by_firm_kind_and_year_and_waits_for_its_file() -> None:
    shipment, seller = make_shipment(), make_user()

    document = issue_document(delivery_note(shipment), by=seller, now=NOW)

    firm = shipment.seller_order.enterprise.number
    assert (document.number, document.version, document.issued_by) == (f"DN-{firm}-2026-00001", 1, seller)
    assert document.sha256 == content_hash(document.content)
    assert Rendering.objects.get().document == document


def test_numbers_of_a_firm_have_no_gaps_and_do_not_count_those_of_others() -> None:
    firm, other = make_enterprise(), make_enterprise()
    orders = [make_paid((make_variant(enterprise=who, on_hand=9), 1)) for who in (firm, other, firm)]

    documents = [issue_document(statement(order), by=None, now=NOW) for order in orders]

    assert [document.sequence for document in documents] == [1, 1, 2]


def test_the_same_facts_again_are_the_same_paper_and_no_number_is_drawn() -> None:
    shipment = make_shipment()
    first = issue_document(delivery_note(shipment), by=None, now=NOW)

    assert issue_document(delivery_note(shipment), by=make_user(), now=NOW) == first

    assert (Document.objects.count(), DocumentSeries.objects.get().last) == (1, 1)


def test_other_facts_need_a_reason_and_supersede_what_was_issued() -> None:
    part = make_answered()
    first = issue_document(proforma(part, QUOTE, NOW), by=None, now=NOW)

    with pytest.raises(ReasonNeeded):
        issue_document(proforma(part, quoted(part, "30.00"), NOW), by=None, now=NOW)
    with pytest.raises(InvalidInput):
        issue_document(proforma(part, quoted(part, "30.00"), NOW), by=None, reason="x" * 201, now=NOW)
    assert DocumentSeries.objects.get().last == 1
    second = issue_document(proforma(part, quoted(part, "30.00"), NOW), by=None, reason="a better price", now=NOW)

    assert (second.version, second.supersedes, second.sequence) == (2, first, 2)
    first.refresh_from_db()
    assert first.content["total"] != second.content["total"]


def test_what_was_issued_is_changed_by_nobody() -> None:
    document = issue_document(delivery_note(make_shipment()), by=None, now=NOW)

    with pytest.raises(DatabaseError), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(content={})

    assert Document.objects.get().content == document.content
