"""A wrong figure is replaced by a new report; what stood before stays to be read."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from market.accounts.models import User
from market.common.states import check_move
from market.prices.actions.judge_report import hear_second_source, judge_report
from market.prices.actions.report_price import note
from market.prices.actions.tell_bands import tell_bands
from market.prices.entries import Told, check_reason, check_told
from market.prices.models import PriceReport
from market.prices.reach import lock_report
from market.prices.states import MOVES, ReportState

S = ReportState


def correct_report(report: PriceReport, told: Told, *, reason: str, by: User, now: datetime) -> PriceReport:
    """Returns the new report, judged like any other; of a draft it is a draft. Day, goods and source are the same: who
    erred in those rejects the report and writes another.

    Effects: the old one is superseded, the act in the log, an event for the bands. Raises NotFound, InvalidInput,
    IllegalMove.
    """
    reason = check_reason(reason)
    figures = check_told(told, day=report.day, today=localdate(now))
    with transaction.atomic():
        old = lock_report(report, by, now)
        check_move(MOVES, old.state, S.SUPERSEDED)
        was_draft = old.state == S.DRAFT
        old.state, old.reason, old.decided_by, old.decided_at = S.SUPERSEDED, reason, by, now
        old.save(update_fields=["state", "reason", "decided_by", "decided_at"])
        new = _instead_of(old, told, by, now)
        for name, price in figures.items():
            setattr(new, name, price)
        if not was_draft:
            judge_report(new)
        new.save(force_insert=True)
        note("price.corrected", new, by=by, now=now, reason=reason)
        heard = hear_second_source(new, now=now)
        tell_bands([(one.series, one.day) for one in (new, *heard)], now=now)
    return new


def _instead_of(old: PriceReport, told: Told, by: User, now: datetime) -> PriceReport:
    return PriceReport(
        place_id=old.place_id,
        commodity_id=old.commodity_id,
        grade=old.grade,
        basis=old.basis,
        unit=told.unit,
        currency=old.currency,
        day=old.day,
        reporter=old.reporter,
        source=old.source,
        org_unit_id=old.org_unit_id,
        state=S.DRAFT,
        supersedes=old,
        raw=told.raw(),
        entered_by=by,
        entered_at=now,
    )
