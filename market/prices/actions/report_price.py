"""An officer reports a price."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from market.accounts.models import User
from market.common.audit.record import record_act
from market.common.quantity import plain
from market.prices.actions.judge_report import hear_second_source, judge_report
from market.prices.actions.tell_bands import tell_bands
from market.prices.entries import Entry, check_reporter, check_told
from market.prices.errors import ReportedAlready
from market.prices.models import PriceReport
from market.prices.reach import check_reach, lock_goods
from market.prices.states import ReportState


def report_price(entry: Entry, *, by: User, now: datetime, is_draft: bool = False) -> PriceReport:
    """Effects: the report, accepted, held or kept as a draft; a held one of another source that says the same is
    accepted with it; the act in the log; an event for the bands.

    Raises NotFound for a place out of the officer's reach, InvalidInput, ReportedAlready.
    """
    check_reach(by, entry.place.unit, now)
    figures = check_told(entry.told, day=entry.day, today=localdate(now))
    report = PriceReport(
        place=entry.place,
        commodity=entry.commodity,
        grade=entry.grade,
        basis=entry.basis,
        unit=entry.told.unit,
        currency=entry.currency,
        day=entry.day,
        reporter=check_reporter(entry.reporter),
        source=entry.source,
        org_unit=entry.place.unit,
        state=ReportState.DRAFT,
        raw=entry.told.raw(),
        entered_by=by,
        entered_at=now,
        **figures,
    )
    with transaction.atomic():
        lock_goods(entry.commodity.pk)
        if not is_draft:
            judge_report(report)
        try:
            with transaction.atomic():
                report.save(force_insert=True)
        except IntegrityError as error:
            raise ReportedAlready() from error
        note("price.reported", report, by=by, now=now)
        heard = hear_second_source(report, now=now)
        tell_bands([(row.series, row.day) for row in (report, *heard)], now=now)
    return report


def note(action: str, report: PriceReport, *, by: User, now: datetime, reason: str = "") -> None:
    record_act(
        actor=by,
        action=action,
        subject_kind="price_report",
        subject_id=report.pk,
        now=now,
        state=str(report.state),
        place=report.place.code,
        commodity=report.commodity.slug,
        day=str(report.day),
        mid=plain(report.mid),
        **({"reason": reason} if reason else {}),
    )
