"""An officer takes a report out of the figures: it is wrong, and nobody knows what would be right."""

from datetime import datetime

from django.db import transaction

from market.accounts.models import User
from market.common.states import check_move
from market.prices.actions.report_price import note
from market.prices.actions.tell_bands import tell_bands
from market.prices.entries import check_reason
from market.prices.models import PriceReport
from market.prices.reach import lock_report
from market.prices.states import MOVES, ReportState


def reject_report(report: PriceReport, *, reason: str, by: User, now: datetime) -> PriceReport:
    """Final, also for one that was accepted. Effects: the act in the log with its reason, an event for the bands.
    Raises NotFound, InvalidInput without a reason, IllegalMove."""
    reason = check_reason(reason)
    with transaction.atomic():
        row = lock_report(report, by, now)
        check_move(MOVES, row.state, ReportState.REJECTED)
        row.state, row.reason, row.decided_by, row.decided_at = ReportState.REJECTED, reason, by, now
        row.save(update_fields=["state", "reason", "decided_by", "decided_at"])
        note("price.rejected", row, by=by, now=now, reason=reason)
        tell_bands([(row.series, row.day)], now=now)
    return row
