"""A seller's money: what is held and available, payouts and what each is for, and the account they go to."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.common.clock import read_clock
from market.common.errors import MarketError, NotFound
from market.common.pages import put_errors
from market.enterprises.actions.payout_account import enter_payout_account
from market.enterprises.queries import staff_with
from market.enterprises.roles import Right
from market.portal.forms.payout_account import PayoutAccountForm
from market.portal.queries.money import HELD, balances, payouts_of
from market.portal.queries.payouts import (
    DOMESTIC,
    MOST_EXPORTED,
    current_account,
    export_lines,
    next_payout,
    payouts_to,
)
from market.portal.seat import Seat, page_of, show, staff
from orders.ledger.statement_lines import statement_of
from orders.orders.models import SellerOrder

S = SellerOrder.State
TABS = {"held": HELD, "available": (S.COMPLETED,), "expected": (S.AWAITING_PAYMENT,)}
PAID_OUT = "paid-out"
TITLES = {
    "held": gettext_lazy("Held until acceptance"),
    "available": gettext_lazy("Accepted"),
    "expected": gettext_lazy("Not paid yet"),
    PAID_OUT: gettext_lazy("Payouts so far"),
}


@staff()
def payouts(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Balances as the ledger has them, and beside them the orders they are made of; or the payouts so far."""
    tab = request.GET.get("tab", "held")
    if tab not in TITLES:
        tab = "held"
    context = {
        "balances": balances(seat.enterprise, read_clock()),
        "tab": tab,
        "tabs": TITLES.items(),
        "next": next_payout(seat.enterprise),
    }
    if tab == PAID_OUT:
        context["page"] = page_of(request, payouts_to(seat.enterprise))
    else:
        rows = SellerOrder.objects.for_enterprise(seat.enterprise.pk).filter(state__in=TABS[tab])
        page = page_of(request, rows.select_related("purchase").order_by("-placed_at", "-pk"))
        found = payouts_of(page.object_list)
        context |= {"page": page, "rows": found, "has_refunds": any(row.refunded for row in found)}
    return show(request, seat, "payouts", _("Payouts"), context)


@staff()
def payout(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """One line of the bank's statement, and the orders it is for."""
    found = payouts_to(seat.enterprise).filter(number=number).first()
    if found is None:
        raise NotFound()
    context = {"payout": found, "settlement": found.settlement, "lines": statement_of(found.settlement)}
    return show(request, seat, "payout", _("Payout %(number)s") % {"number": found.number}, context)


@staff()
def payout_lines(request: HttpRequest, seat: Seat, number: str = "") -> HttpResponse:
    """For the accountant's program: the lines of one payout, or of all."""
    rows = payouts_to(seat.enterprise)
    if number and not (rows := rows.filter(number=number)):
        raise NotFound()
    answer = HttpResponse(export_lines(rows[:MOST_EXPORTED]), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{number or "payouts"}.csv"'
    return answer


@staff(Right.ENTERPRISE)
def payout_account(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Where the money goes. Another account waits to be checked again, and the money with it."""
    form = PayoutAccountForm(seat.enterprise, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            enter_payout_account(
                seat.enterprise, currency=DOMESTIC, by=seat.person, now=read_clock(), **form.cleaned_data
            )
            messages.success(
                request, _("Saved. An officer compares it with the bank's letter before money goes there.")
            )
            return redirect("portal:payout_account")
        except MarketError as error:
            put_errors(form, error)
    context = {
        "form": form,
        "account": current_account(seat.enterprise),
        "is_reachable": bool(staff_with(seat.enterprise.pk, Right.ENTERPRISE)),
    }
    return show(request, seat, "payout_account", _("Payout account"), context)
