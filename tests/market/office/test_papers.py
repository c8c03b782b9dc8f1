"""Papers and tax invoices in the officer's reach."""

from datetime import UTC, datetime
from functools import partial

import pytest
import time_machine

from orders.documents.actions.issue_document import issue_document
from orders.documents.contents.statement import statement
from tests.builders import NOW, make_officer, make_regiment
from tests.market.office.people import signed_in, statements_of
from tests.orders.claims import make_paid
from tests.orders.documents.invoices import FIRM, ask

pytestmark = pytest.mark.django_db


def test_officers_see_which_papers_there_are_and_not_what_they_say_of_buyers() -> None:
    order = make_paid()
    document = issue_document(statement(order), by=None, now=NOW)
    here = signed_in(make_officer(order.enterprise.unit, "viewer"))
    elsewhere = signed_in(make_officer(make_regiment(), "viewer"))

    page = here.get("/en/ops/papers/").content.decode()

    assert document.number in page
    assert order.purchase.recipient not in page
    assert document.number not in elsewhere.get("/en/ops/papers/").content.decode()
    assert document.number in here.get(f"/en/ops/papers/?q={order.number}").content.decode()
    assert document.number not in here.get("/en/ops/papers/?q=DN-").content.decode()


def test_officers_count_invoices_and_see_what_is_overdue_but_not_for_whom() -> None:
    request = ask(make_paid(), FIRM)
    here = signed_in(make_officer(request.enterprise.unit, "viewer"))
    elsewhere = signed_in(make_officer(make_regiment(), "viewer"))

    with time_machine.travel(datetime(2026, 12, 5, tzinfo=UTC)):
        page = here.get("/en/ops/invoices/?state=late").content.decode()
        other = elsewhere.get("/en/ops/invoices/").content.decode()

    assert "<strong>1</strong>overdue" in page
    assert request.number in page
    assert FIRM.title not in page
    assert request.number not in other


def test_both_lists_take_the_same_statements_for_few_and_many() -> None:
    order = make_paid()
    ask(order)
    issue_document(statement(order), by=None, now=NOW)
    client = signed_in(make_officer(order.enterprise.unit, "viewer"))
    pages = ("/en/ops/papers/", "/en/ops/invoices/")
    few = [statements_of(partial(client.get, page)) for page in pages]

    variant = order.lines.get().variant
    for _ in range(3):
        more = make_paid((variant, 1))
        ask(more)
        issue_document(statement(more), by=None, now=NOW)

    assert [statements_of(partial(client.get, page)) for page in pages] == few
