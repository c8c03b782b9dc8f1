"""An officer hands in a draft, or confirms that a price out of line is right."""

from datetime import datetime

from django.db import transaction

from market.accounts.models import User
from market.common.states import check_move
from market.prices.actions.judge_report import hear_second_source, judge_report, release_near
from market.prices.actions.report_price import note
from market.prices.actions.tell_bands import tell_bands
from market.prices.errors import OwnReport
from market.prices.models import PriceReport
from market.prices.reach import lock_report
from market.prices.states import MOVES, ReportState

S = ReportState


def confirm_report(report: PriceReport, *, by: User, now: datetime) -> PriceReport:
    """A draft is judged as if it were reported now. A held one is accepted, by another officer than who entered it, and
    with it what is held of the days around at about the same price.

    Effects: also the act in the log, an event for the bands. Raises NotFound, IllegalMove, OwnReport.
    """
    with transaction.atomic():
        row = lock_report(report, by, now)
        check_move(MOVES, row.state, S.ACCEPTED)
        row.decided_by, row.decided_at = by, now
        if row.state == S.DRAFT:
            judge_report(row)
            row.save(update_fields=["state", "judgement", "decided_by", "decided_at"])
            also = hear_second_source(row, now=now)
        else:
            if row.entered_by_id == by.pk:
                raise OwnReport()
            row.state, row.is_confirmed = S.ACCEPTED, True
            row.save(update_fields=["state", "is_confirmed", "decided_by", "decided_at"])
            also = release_near(row, by=by, now=now)
        note("price.confirmed", row, by=by, now=now)
        tell_bands([(one.series, one.day) for one in (row, *also)], now=now)
    return row
