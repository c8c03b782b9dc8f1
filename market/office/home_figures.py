"""The figures of the officer's desk: how much waits, each opening to exactly what it counts."""

from django.urls import reverse
from django.utils.translation import ngettext

from market.common.sms.again import failed_lately
from market.compliance.models import DestinationPolicy
from market.enterprises.models import Enterprise
from market.enterprises.states import WAITING
from market.office.desk import Desk
from market.office.queries import (
    claims_waiting,
    expected_transfers,
    parked_waiting,
    payouts_under_way,
    refunds_waiting,
    rows_waiting,
    stranded,
    troubled_messages,
)
from market.prices.models import PriceReport
from market.prices.states import WAITING as PRICE_WAITS
from market.public_services.models import Application
from market.public_services.states import WAITING as CASE_WAITS
from market.public_services.states import Clock
from orders.payments.queries import reversals_waiting
from orders.recalls.models import Recall

Figure = tuple[int, str, str]  # a number, its words, where its list is


def figures(desk: Desk) -> list[Figure]:
    return [*_figures(desk), *_unsent(desk), *_money(desk), *_trade(desk)]


def _figures(desk: Desk) -> list[Figure]:
    firms = desk.of(Enterprise.objects.all())
    waiting = firms.filter(state__in=WAITING).count()
    suspended = firms.filter(state=Enterprise.State.SUSPENDED).count()
    troubled, lost, claimed = troubled_messages().count(), stranded(desk).count(), claims_waiting(desk).count()
    recalled = desk.of(Recall.objects.filter(closed_at=None)).count()
    prices = desk.of(PriceReport.objects.all()).filter(state__in=PRICE_WAITS).count()
    cases = desk.of(Application.objects.handed_in())
    asked = cases.filter(state__in=CASE_WAITS).count()
    late = cases.filter(clock=Clock.RUNNING, due_at__lt=desk.now).count()
    at_cases = reverse("office:applications") + "?whose=all"
    return [
        (waiting, ngettext("application waits", "applications wait", waiting), reverse("office:admissions")),
        (
            suspended,
            ngettext("seller suspended", "sellers suspended", suspended),
            reverse("office:sellers") + "?state=suspended",
        ),
        (
            claimed,
            ngettext("claim waits for an officer", "claims wait for an officer", claimed),
            reverse("office:claims") + "?state=escalated",
        ),
        (recalled, ngettext("recall is open", "recalls are open", recalled), reverse("office:recalls")),
        (prices, ngettext("price report waits", "price reports wait", prices), reverse("office:prices")),
        (
            asked,
            ngettext("application for a service waits", "applications for services wait", asked),
            f"{at_cases}&state=waiting",
        ),
        (
            late,
            ngettext("application for a service is overdue", "applications for services are overdue", late),
            f"{at_cases}&late=1",
        ),
        (lost, ngettext("shipment returned or lost", "shipments returned or lost", lost), reverse("office:stranded")),
        (
            troubled,
            ngettext("partner message needs a person", "partner messages need a person", troubled),
            reverse("office:inbox"),
        ),
    ]


def _unsent(desk: Desk) -> list[Figure]:
    if not desk.runs_partners:
        return []
    unsent = failed_lately(desk.now).count()
    words = ngettext("short message did not go out", "short messages did not go out", unsent)
    return [(unsent, words, reverse("office:short_messages"))]


def _money(desk: Desk) -> list[Figure]:
    if not desk.is_finance:
        return []
    expected, rows, back = expected_transfers(desk).count(), rows_waiting(desk).count(), refunds_waiting(desk).count()
    odd, transfers = parked_waiting(desk).count(), reverse("office:transfers")
    return [
        (expected, ngettext("bank transfer expected", "bank transfers expected", expected), transfers),
        (rows, ngettext("bank row fits no payment", "bank rows fit no payment", rows), transfers + "?state=waits"),
        (odd, ngettext("payment does not fit", "payments do not fit", odd), reverse("office:parked")),
        (back, ngettext("refund waits for the bank", "refunds wait for the bank", back), reverse("office:refunds")),
        *_paying_out(desk),
    ]


def _paying_out(desk: Desk) -> list[Figure]:
    if not desk.pays:
        return []
    out = payouts_under_way().count()
    words = ngettext("payout waits for the bank", "payouts wait for the bank", out)
    gone = reversals_waiting().count()
    taken = ngettext("sum taken back by a provider", "sums taken back by providers", gone)
    return [(out, words, reverse("office:payouts")), (gone, taken, reverse("office:reversals"))]


def _trade(desk: Desk) -> list[Figure]:
    if not desk.is_compliance:
        return []
    opened = DestinationPolicy.objects.filter(status=DestinationPolicy.Status.OPEN).count()
    return [(opened, ngettext("destination open", "destinations open", opened), reverse("office:destinations"))]
