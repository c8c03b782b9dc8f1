"""Something is wrong with goods: where a buyer says so, and what they do about the seller's answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from market.common.clock import read_clock
from market.common.errors import IllegalMove, MarketError, NotFound
from market.common.ids import new_secret
from market.common.languages import EN
from market.common.pages import hides_foreign_rows, tell_refusal
from market.common.private_files import private_file
from market.common.quantity import parse_decimal
from market.storefront.access import my_purchase, my_seller_order
from market.storefront.claim_forms import ClaimForm
from market.storefront.photo_fields import PhotosForm
from market.storefront.visitor import person
from orders.actions.add_claim_photos import add_claim_photos
from orders.actions.file_claim import check_may_claim, file_claim, with_costs
from orders.actions.react_to_claim import escalate_claim, take_offer, withdraw_claim
from orders.claims.errors import ClaimIsOpen, KeyUsed
from orders.claims.models import Claim
from orders.claims.photos import MOST_PHOTOS, photo_name
from orders.claims.queries import one_of
from orders.claims.states import goes_to_officer_at, may_escalate_from, stands_at
from orders.orders.models import SellerOrder

S = Claim.State


@dataclass(frozen=True)
class ClaimSeen:
    """A claim as its buyer sees it, and what they can do. `ask_from`: an officer may be asked from then on; `asked_at`:
    one is by itself; `stands_at`: whoever says nothing has taken the offer."""

    claim: Claim
    can_take: bool
    can_ask: bool
    can_add_photos: bool
    ask_from: datetime
    asked_at: datetime
    stands_at: datetime | None


def seen_claim(claim: Claim, now: datetime) -> ClaimSeen:
    ask_from = may_escalate_from(claim)
    return ClaimSeen(
        claim=claim,
        can_take=claim.state == S.ANSWERED,
        can_ask=claim.state in (S.OPEN, S.ANSWERED) and now >= ask_from,
        can_add_photos=claim.is_open and len(claim.photos) < MOST_PHOTOS,
        ask_from=ask_from,
        asked_at=goes_to_officer_at(claim),
        stands_at=stands_at(claim),
    )


@never_cache
@hides_foreign_rows
def claim(request: HttpRequest, number: str, order_number: str) -> HttpResponse:
    """The form, or why there is none. Sent twice, it leads to the claim the first one made."""
    order, now = my_seller_order(request, number, order_number), read_clock()
    if earlier := _filed_by(order, request.POST.get("key", "")):
        return _led_to(request, number, earlier)
    try:
        found = with_costs(check_may_claim(order, now), order)
    except ClaimIsOpen as error:
        return _led_to(request, number, str(error.details["number"]))
    except MarketError as error:
        context = {"number": number, "order": order, "refusal": error.message, "own_path": request.path}
        return render(request, "storefront/claim.html", context, status=409 if request.method == "POST" else 200)
    initial = {"key": new_secret(16)}
    form = ClaimForm(
        request.POST or None, request.FILES or None, found=found, currency=order.purchase.currency, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            made = file_claim(order, form.wishes(), values["text"], by=person(request), now=now, key=values["key"])
        except (ClaimIsOpen, KeyUsed) as error:
            return _led_to(request, number, str(error.details["number"]))
        except MarketError as error:
            form.put_refusal(error)
        else:
            add_claim_photos(made, values["photos"])
            messages.success(request, _("Your claim %(number)s is with the seller.") % {"number": made.number})
            return redirect(_place_of(number, made.number))
    context = {"number": number, "order": order, "form": form, "own_path": request.path}
    return render(request, "storefront/claim.html", context, status=422 if request.method == "POST" else 200)


def _filed_by(order: SellerOrder, key: str) -> str:
    """The number of the claim this very form has made already, if it has."""
    usable = key.replace("\x00", "")[:100]
    return order.claims.filter(key=usable).values_list("number", flat=True).first() or "" if usable else ""


def _led_to(request: HttpRequest, number: str, claim_number: str) -> HttpResponse:
    messages.info(request, _("You have filed claim %(number)s already. Here it is.") % {"number": claim_number})
    return redirect(_place_of(number, claim_number))


def _place_of(number: str, claim_number: str) -> str:
    return f"{reverse('storefront:order', args=[number])}#claim-{claim_number}"


@require_POST
@hides_foreign_rows
def take(request: HttpRequest, number: str, claim_number: str) -> HttpResponse:
    """The sum the button named is taken, no other."""
    offered = parse_decimal(request.POST.get("offered", ""), EN)
    if offered is None:
        raise NotFound()
    return _done(
        request,
        number,
        claim_number,
        lambda row, now: take_offer(row, by=person(request), now=now, offered=offered),
        _("The claim is settled as the seller offered.") if offered else _("The claim is settled. Nothing goes back."),
    )


@require_POST
@hides_foreign_rows
def ask(request: HttpRequest, number: str, claim_number: str) -> HttpResponse:
    return _done(
        request,
        number,
        claim_number,
        lambda row, now: escalate_claim(row, now=now),
        _("An officer reads both sides and decides."),
    )


@require_POST
@hides_foreign_rows
def withdraw(request: HttpRequest, number: str, claim_number: str) -> HttpResponse:
    return _done(
        request, number, claim_number, lambda row, now: withdraw_claim(row, now=now), _("Your claim is withdrawn.")
    )


@require_POST
@hides_foreign_rows
def add_photos(request: HttpRequest, number: str, claim_number: str) -> HttpResponse:
    form = PhotosForm(request.POST, request.FILES)
    if not form.is_valid():
        for words in form.errors.get("photos", []):
            messages.error(request, str(words))
        return redirect(_place_of(number, claim_number))
    photos = form.cleaned_data["photos"]
    return _done(
        request,
        number,
        claim_number,
        lambda row, now: add_claim_photos(row, photos),
        _("The photos stand with your claim."),
    )


@hides_foreign_rows
def photo(request: HttpRequest, number: str, claim_number: str, key: str, size: str) -> HttpResponse:
    claims = Claim.objects.filter(seller_order__purchase=my_purchase(request, number))
    return private_file(photo_name(one_of(claims, claim_number), key, size), "image/webp")


def _done(
    request: HttpRequest, number: str, claim_number: str, act: Callable[[Claim, datetime], Any], words: str
) -> HttpResponse:
    """Back to the claim. A button pressed twice, or too late, tells how the claim stands."""
    row = one_of(Claim.objects.filter(seller_order__purchase=my_purchase(request, number)), claim_number)
    try:
        act(row, read_clock())
        messages.success(request, words)
    except IllegalMove:
        row.refresh_from_db(fields=["state"])
        facts = {"number": row.number, "state": row.get_state_display()}
        messages.info(request, _("Nothing was changed: claim %(number)s is “%(state)s”.") % facts)
    except MarketError as error:
        tell_refusal(request, error)
    return redirect(_place_of(number, claim_number))
