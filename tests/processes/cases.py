"""Officers decide about one case at the same moment, and enterprises hand in at once, each on a connection of its own.

`guarded` False takes the row's lock and the condition of the UPDATE away and lets all look before any decides, to show
first that a case can be decided twice.
"""

import threading
from contextlib import ExitStack
from decimal import Decimal
from functools import partial
from typing import Any
from unittest.mock import patch

from django.db import connection

from market.public_services.actions import decide
from market.public_services.actions.grant import set_budget
from market.public_services.actions.hand_in import hand_in
from market.public_services.models import Application, Grant, Scheme, Step, StepResult
from tests.builders import NOW, make_enterprise, make_member, make_officer
from tests.market.public_services.scenes import Town, at_desk, make_accepted, make_draft, make_service, make_town
from tests.processes.at_once import at_once

OFFICERS, ENTERPRISES, GRANTS = 6, 6, 50


def race_of_officers(repeats: int = 3, guarded: bool = True) -> dict[str, Any]:
    """Per round: what half of them, who approve, and half, who reject, heard, and how many decisions are kept."""
    rounds = []
    for number in range(repeats):
        town = make_town()
        case = make_accepted(town, make_service(town.corps, slug=f"race-{number}"))
        step = at_desk(case)
        acts = [
            partial(decide.approve, step, by=make_officer(town.regiment), now=NOW)
            if place % 2
            else partial(decide.reject, step, reason="x", remedy="y", by=make_officer(town.regiment), now=NOW)
            for place in range(OFFICERS)
        ]
        with ExitStack() as stack:
            if not guarded:
                _without_guard(stack)
            heard = at_once(acts)
        kept = StepResult.objects.filter(application=case, act__in=["approve", "reject"]).count()
        rounds.append({"heard": dict(heard), "kept": kept})
    return {"rounds": rounds, "vendor": connection.vendor}


def race_of_grants(guarded: bool = True) -> dict[str, Any]:
    """Fifty last approvals at once for a budget that covers twenty. `guarded` False: the budget is not looked at."""
    town = make_town()
    item = make_service(town.corps)
    set_budget(item, budget=Decimal(2000), cap=None, by=make_officer(town.corps), now=NOW)
    steps = [at_desk(make_accepted(town, item, amount="100")) for _ in range(GRANTS)]
    with ExitStack() as stack:
        if not guarded:
            stack.enter_context(patch.object(decide, "set_apart", _add_without_looking))
        heard = at_once([partial(decide.approve, step, by=town.officers["regiment"], now=NOW) for step in steps])
    granted = sum(Grant.objects.filter(scheme__item=item).values_list("amount", flat=True))
    counted = Scheme.objects.get(item=item).granted
    return {"heard": dict(heard), "granted": str(granted), "counted": str(counted), "vendor": connection.vendor}


def _add_without_looking(row: Application, now: Any) -> None:
    scheme = Scheme.objects.get(item=row.version.item_id)
    assert row.amount is not None
    Grant.objects.create(application=row, scheme=scheme, amount=row.amount, granted_at=now)


def race_of_numbers(repeats: int = 3) -> dict[str, Any]:
    """Per round: the numbers an office gave, behind its code and year."""
    rounds = []
    for number in range(repeats):
        town = make_town()
        item = make_service(town.division, slug=f"numbers-{number}")
        drafts = [_draft(town, item) for _ in range(ENTERPRISES)]
        acts = [partial(hand_in, draft, is_declared=True, by=draft.created_by, now=NOW) for draft in drafts]
        heard = at_once(acts)
        given = Application.objects.filter(version__item=item).values_list("number", flat=True)
        rounds.append({"heard": dict(heard), "given": sorted(one[-5:] for one in given)})
    return {"rounds": rounds, "vendor": connection.vendor}


def _draft(town: Town, item: Any) -> Application:
    enterprise = make_enterprise(unit=town.regiment)
    other = Town(enterprise, make_member(enterprise), town.regiment, town.division, town.corps, town.officers)
    return make_draft(other, item)


def _without_guard(stack: ExitStack) -> None:
    all_have_looked = threading.Barrier(OFFICERS)

    def look(application: Application) -> Application:
        row = Application.objects.whole().get(pk=application.pk)
        all_have_looked.wait(timeout=60)
        return row

    def take(_row: Application, step: Step, now: Any) -> None:
        Step.objects.filter(pk=step.pk).update(state=Step.State.DONE, closed_at=now)

    stack.enter_context(patch.object(decide, "locked", look))
    stack.enter_context(patch.object(decide, "claim_step", take))
