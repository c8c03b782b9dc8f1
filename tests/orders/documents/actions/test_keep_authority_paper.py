"""Papers of authorities: kept as they were handed in, never made."""

import hashlib
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.core.files.storage import default_storage

from market.common.errors import IllegalMove, InvalidInput
from orders.documents.actions.keep_authority_paper import withdraw_authority_paper
from orders.documents.contents.application import Purpose, application
from orders.documents.errors import PaperThere
from orders.documents.models import AuthorityPaper
from orders.documents.models.document import Kind
from orders.orders.models import SellerOrder
from tests.builders import NOW, make_placed, make_rules, make_variant
from tests.orders.claims import make_paid
from tests.orders.documents.scenes import PAPER, keep_scan, make_answered

pytestmark = pytest.mark.django_db


def test_a_paper_is_kept_with_its_file_and_its_hash() -> None:
    row = keep_scan(make_paid())

    assert row.sha256 == hashlib.sha256(PAPER.raw).hexdigest()
    with default_storage.open(row.file) as kept:
        assert kept.read() == PAPER.raw
    assert (row.issuer, row.link, row.valid_to) == (PAPER.issuer, PAPER.link, date(2027, 2, 1))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "passport"}, "kind"),
        ({"number": " "}, "number"),
        ({"issuer": "x" * 121}, "issuer"),
        ({"issued_on": date(2026, 12, 1)}, "issued_on"),
        ({"valid_to": date(2026, 11, 1)}, "valid_to"),
        ({"link": "http://example.org/"}, "link"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"raw": b"<html>"}, "file"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        keep_scan(make_paid(), replace(PAPER, **change))

    assert list(refused.value.details["fields"]) == [field]
    assert not AuthorityPaper.objects.exists()


def test_one_paper_is_there_once_until_it_is_taken_back_with_a_reason() -> None:
    order = make_paid()
    row = keep_scan(order)
    with pytest.raises(PaperThere):
        keep_scan(order)
    with pytest.raises(InvalidInput):
        withdraw_authority_paper(row, reason=" ", now=NOW)

    withdraw_authority_paper(row, reason="of another order", now=NOW)
    keep_scan(order)

    row.refresh_from_db()
    assert (row.withdrawn_reason, AuthorityPaper.objects.count()) == ("of another order", 2)


def test_an_unpaid_order_takes_none() -> None:
    order = SellerOrder.objects.get(pk=make_placed((make_variant(), 1)).seller_orders[0].pk)

    with pytest.raises(IllegalMove):
        keep_scan(order)


def test_no_kind_of_document_of_ours_is_a_certificate_of_an_authority() -> None:
    assert {kind.value for kind in Kind} == {"DN", "ST", "PI", "CC", "AD"}
    assert {purpose.value for purpose in Purpose}.isdisjoint(Kind.values)


def test_data_for_an_application_may_be_made_while_evidence_is_missing() -> None:
    part = make_answered()
    asked = {"effect": "needs_evidence", "evidence_required": ["phytosanitary"]}
    make_rules({"code": "E", "match": {"destinations": ["KZ"]}, **asked})

    draft = application(part, "phytosanitary", NOW)

    (row,) = draft.content["rows"]
    assert (row["net_kg"], row["gross_kg"], row["origin"]["subdivision"]) == ("5", "5.4", "CN-XJ")
    assert "unit_price" not in row
    with pytest.raises(InvalidInput):
        application(part, "visa", NOW)
