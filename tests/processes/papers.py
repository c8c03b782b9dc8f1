"""Papers issued and an invoice handed in at once, each on a connection of its own."""

import time
from functools import partial
from typing import Any
from unittest import mock

from django.db import connection

from orders.documents.actions import answer_invoice, issue_document
from orders.documents.actions.issue_document import _locked_series
from orders.documents.contents.statement import statement
from orders.documents.models import Document, DocumentSeries, TaxInvoice
from tests.builders import NOW, make_enterprise, make_variant
from tests.orders.claims import make_paid
from tests.orders.documents.invoices import ask, hand_in, seller_of
from tests.processes.at_once import at_once

ISSUERS = 8


def race_of_papers(repeats: int = 2, guarded: bool = True) -> dict[str, Any]:
    """Per round: what each of eight heard who issue papers of one firm, two by two the same one, and the numbers that
    were drawn. `guarded` False: the series is not locked while its number is drawn."""
    rounds = []
    for _ in range(repeats):
        variant = make_variant(enterprise=make_enterprise(), on_hand=50)
        drafts = [statement(make_paid((variant, 1))) for _ in range(ISSUERS // 2)]
        issue = [partial(issue_document.issue_document, draft, by=None, now=NOW) for draft in drafts * 2]
        lock = _slowly(_locked_series if guarded else _unlocked_series)
        with mock.patch.object(issue_document, "_locked_series", lock):
            heard = at_once(issue)
        mine = Document.objects.filter(enterprise=variant.product.enterprise_id)
        drawn = sorted(mine.values_list("sequence", flat=True))
        rounds.append({"heard": dict(heard), "drawn": drawn})
    return {"rounds": rounds, "vendor": connection.vendor}


def race_of_invoices(repeats: int = 2) -> dict[str, Any]:
    """Per round: what each of five heard who hand in an invoice of one request, and how many there are."""
    rounds = []
    for number in range(repeats):
        request = ask(make_paid((make_variant(on_hand=9), 1)))
        seller_of(request)  # who hands in is there before
        hand = [partial(hand_in, request, f"{number:010d}{place:010d}") for place in range(5)]
        with mock.patch.object(answer_invoice, "amount_due", _slowly(answer_invoice.amount_due)):
            heard = at_once(hand)
        rounds.append({"heard": dict(heard), "kept": TaxInvoice.objects.filter(request=request).count()})
    return {"rounds": rounds, "vendor": connection.vendor}


def _unlocked_series(draft: Any, year: int) -> DocumentSeries:
    series, _made = DocumentSeries.objects.get_or_create(enterprise_id=draft.enterprise_id, kind=draft.kind, year=year)
    return series


def _slowly(step: Any) -> Any:
    def slow(*arguments: Any) -> Any:
        found = step(*arguments)
        time.sleep(0.05)
        return found

    return slow
