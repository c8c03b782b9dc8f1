"""A report is compared with what was accepted before; a second source, or an officer, confirms what is out of line."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from market.accounts.models import User
from market.common.quantity import plain
from market.prices.histories import history_of
from market.prices.models import PriceReport
from market.prices.outliers import CONFIRMED_FOR, RULE_VERSION, Judgement, agrees, judge
from market.prices.quartiles import source_key
from market.prices.states import ReportState

S = ReportState
SECOND_WITHIN = timedelta(days=7)


def judge_report(report: PriceReport) -> None:
    """Sets state and judgement of a report that is not saved yet, or locked. One statement."""
    verdict = judge(report.mid, report.day, history_of(report.series, report.day))
    report.state, report.judgement = S.HELD if verdict.is_held else S.ACCEPTED, written(verdict)


def written(verdict: Judgement) -> dict[str, Any]:
    """As it is kept with the report, so that an officer reads which rule held it and by what figures."""
    told: dict[str, Any] = {"rule": RULE_VERSION, "compared": verdict.compared.value, "days": verdict.days}
    if verdict.median is not None and verdict.limit is not None:
        told |= {"median": plain(verdict.median), "limit": plain(verdict.limit)}
    return told


def hear_second_source(report: PriceReport, *, now: datetime) -> list[PriceReport]:
    """Held reports of the days around it that another source, entered by another person, now says the same as: they
    are accepted, and so is `report`. Returns what was accepted."""
    if report.state not in (S.HELD, S.ACCEPTED):
        return []
    others = _held_near(report, SECOND_WITHIN).exclude(entered_by=report.entered_by_id)
    same = [
        other
        for other in others
        if agrees(report.mid, other.mid) and source_key(other.reporter) != source_key(report.reporter)
    ]
    if not same:
        return []
    accepted = [*same, report] if report.state == S.HELD else same
    for row in accepted:
        row.state, row.is_confirmed, row.decided_at = S.ACCEPTED, True, now
        row.save(update_fields=["state", "is_confirmed", "decided_at"])
    return accepted


def release_near(report: PriceReport, *, by: User, now: datetime) -> list[PriceReport]:
    """Held reports of the days around one that was confirmed by hand, and near its price, are accepted with it; those
    that `by` entered stay for somebody else."""
    near = [row for row in _held_near(report, CONFIRMED_FOR).exclude(entered_by=by.pk) if agrees(row.mid, report.mid)]
    if near:
        keys = [row.pk for row in near]
        PriceReport.objects.filter(pk__in=keys).update(state=S.ACCEPTED, decided_by=by, decided_at=now)
    return near


def _held_near(report: PriceReport, within: timedelta) -> QuerySet[PriceReport]:
    """Locked, in the order of their keys."""
    series = report.series._asdict()
    series["commodity_id"], series["place_id"] = series.pop("commodity"), series.pop("place")
    rows = PriceReport.objects.select_for_update().filter(
        **series, state=S.HELD, day__gte=report.day - within, day__lte=report.day + within
    )
    return rows.exclude(pk=report.pk).order_by("pk")
