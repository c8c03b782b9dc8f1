"""Eight documents are handed in for one enterprise at once, half of them the same, each on a connection of its own."""

import threading
from functools import partial
from typing import Any
from unittest import mock

from django.db import connection

from catalog.trace.actions import record_event as recording
from catalog.trace.actions.capture_document import capture_document
from catalog.trace.models import LotEdge, TraceEvent, TraceHead
from catalog.trace.queries import first_broken_event
from market.common.chain import FIRST
from tests.builders import make_enterprise
from tests.catalog.trace.documents import LATER, document_of, grading, quantity
from tests.processes.at_once import at_once

SAME, OTHERS = 4, 4


def race_of_captures(repeats: int = 2, guarded: bool = True) -> dict[str, Any]:
    """Per round: what each heard, how many events and edges are stored, whether the chain is whole. `guarded` False:
    everybody has read the head of the chain before the first one writes."""
    rounds = []
    for _ in range(repeats):
        enterprise = make_enterprise()
        TraceHead.objects.create(enterprise=enterprise, hash=FIRST)
        events = [grading()] * SAME + [
            grading(f"urn:uuid:o{place}", inputQuantityList=[quantity(f"I{place}", 100)]) for place in range(OTHERS)
        ]
        acts = [partial(capture_document, enterprise, document_of(event), now=LATER) for event in events]
        with mock.patch.object(recording, "lock_chain", recording.lock_chain if guarded else _read_together()):
            heard = at_once(acts)
        rows = TraceEvent.objects.for_enterprise(enterprise.pk)
        edges = LotEdge.objects.filter(event__in=rows).count()
        whole = first_broken_event(enterprise) is None
        rounds.append({"heard": dict(heard), "events": rows.count(), "edges": edges, "whole": whole})
    return {"rounds": rounds, "vendor": connection.vendor}


def _read_together() -> Any:
    all_have_read = threading.Barrier(SAME + OTHERS)

    def read(enterprise: Any) -> TraceHead:
        found = TraceHead.objects.select_related("enterprise").get(enterprise=enterprise)
        all_have_read.wait(timeout=300)
        return found

    return read
