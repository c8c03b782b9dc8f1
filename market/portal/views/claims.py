"""Claims of buyers: what is wrong with an order, and the seller's answer."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from market.common.clock import read_clock
from market.common.errors import InvalidInput, MarketError
from market.common.languages import active_language
from market.common.money import format_amount
from market.common.pages import put_errors, tell_refusal
from market.common.private_files import private_file
from market.enterprises.roles import Right
from market.portal.forms.claim import ClaimAnswerForm
from market.portal.seat import Seat, page_of, show, staff
from orders.actions.answer_claim import answer_claim
from orders.claims.models import Claim
from orders.claims.photos import photo_name
from orders.claims.queries import one_of, waiting_first, whole_claims
from orders.claims.states import answer_by, goes_to_officer_at, how_it_ended, stands_at

S = Claim.State


@staff()
def claims(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Those that wait for us first, whoever waits longest on top."""
    rows, state = whole_claims().for_enterprise(seat.enterprise.pk), request.GET.get("state", "")
    if state in S.values:
        rows = rows.filter(state=state)
    page, now = page_of(request, waiting_first(rows, S.OPEN, "filed_at")), read_clock()
    context = {
        "page": page,
        "rows": [(claim, answer_by(claim), answer_by(claim) - now) for claim in page.object_list],
        "now": now,
        "states": S.choices,
        "chosen": state,
    }
    return show(request, seat, "claims", _("Claims"), context)


@staff(Right.TRADE)
def claim(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """Read and answer. Somebody else's is not there."""
    row = one_of(whole_claims().for_enterprise(seat.enterprise.pk), number)
    gives_all = "all" in request.POST
    form = ClaimAnswerForm(row, request.POST if request.method == "POST" and not gives_all else None)
    if request.method == "POST" and (gives_all or form.is_valid()):
        try:
            _answer(request, seat, row, form, gives_all=gives_all)
            return redirect("portal:claim", number)
        except InvalidInput as error:
            put_errors(form, error)
        except MarketError as error:
            tell_refusal(request, error)
            return redirect("portal:claim", number)
    now = read_clock()
    context = {
        "claim": row,
        "form": form,
        "may_answer": row.state in (S.OPEN, S.ANSWERED) and seat.may(Right.TRADE),
        "answer_by": answer_by(row),
        "is_late": now > answer_by(row),
        "left": answer_by(row) - now,
        "officer_at": goes_to_officer_at(row),
        "stands_at": stands_at(row),
        "ending": how_it_ended(row),
        "shipments": row.seller_order.shipments.order_by("pk"),
    }
    return show(request, seat, "claim", _("Claim %(number)s") % {"number": row.number}, context)


def _answer(request: HttpRequest, seat: Seat, row: Claim, form: ClaimAnswerForm, *, gives_all: bool) -> None:
    offers = {line.pk: line.wanted for line in row.lines.all()} if gives_all else form.amounts
    text = "" if gives_all else form.cleaned_data["text"]
    done = answer_claim(row, offers, text, by=seat.person, now=read_clock())
    if done.state == S.SETTLED:
        amount = format_amount(row.wanted, row.currency, active_language())
        messages.success(request, _("Settled: %(amount)s go back to the buyer.") % {"amount": amount})
    else:
        messages.success(request, _("Your answer has gone to the buyer."))


@staff()
def claim_photo(request: HttpRequest, seat: Seat, number: str, key: str, size: str) -> HttpResponse:
    found = one_of(Claim.objects.for_enterprise(seat.enterprise.pk), number)
    return private_file(photo_name(found, key, size), "image/webp")
