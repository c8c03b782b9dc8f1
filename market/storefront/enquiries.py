"""Buyers' pages for export: the export cart with its enquiry, what was sent, what was answered. No money anywhere."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from catalog.products.models import Product
from market.channels.models import Channel
from market.common.clock import read_clock
from market.common.countries import country_name
from market.common.errors import InvalidInput, MarketError, NotFound
from market.common.languages import active_language, listed
from market.common.pages import hides_foreign_rows, tell_refusal
from market.compliance.errors import TradeRefused
from market.compliance.queries import open_destinations
from market.storefront.enquiry_forms import EnquiryForm
from market.storefront.views import read_quantity
from market.storefront.visitor import current_cart, open_cart, person
from orders.cart.actions.change_cart import put_line, remove_line
from orders.cart.models import Cart
from orders.cart.queries import priced_cart
from orders.quotes.actions.answer_enquiry import close_enquiry
from orders.quotes.actions.make_enquiry import USUAL_JOURNEY, enquiry_token, make_enquiry
from orders.quotes.models import Enquiry, EnquiryPart
from orders.quotes.queries import enquiries_of, find_enquiry, with_parts
from orders.quotes.states import state_of


def export_channel() -> Channel:
    """Raises NotFound where the operator has switched export off."""
    channel = Channel.objects.filter(kind=Channel.Kind.EXPORT, is_active=True).first()
    if channel is None:
        raise NotFound()
    return channel


@require_POST
@hides_foreign_rows
def put(request: HttpRequest) -> HttpResponse:
    """Sets a line of the export cart; a refusal goes back to the page it came from, with the words and the numbers."""
    quantity, variant = read_quantity(request.POST.get("quantity", "")), request.POST.get("variant", "")
    back = request.POST.get("back", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = reverse("storefront:enquiry")
    if quantity is None or not variant.isdecimal():
        messages.error(request, _("Please enter a quantity, such as 10."))
        return redirect(back)
    now = read_clock()
    try:
        put_line(open_cart(request, export_channel(), now=now), int(variant), quantity, now=now)
    except NotFound:
        raise
    except MarketError as error:
        tell_refusal(request, error)
        return redirect(back)
    return redirect("storefront:enquiry")


def _take_quantities(request: HttpRequest, cart: Cart, now: datetime) -> bool:
    """Quantities stand in the enquiry's own form, so that changing one loses nothing typed below, and what is sent is
    what is seen. False, with a message, when one could not be taken."""
    removed, is_whole = request.POST.get("remove", ""), True
    if removed.isdecimal() and len(removed) < 18:
        remove_line(cart, int(removed))
    for variant, held in cart.lines.values_list("variant_id", "quantity"):
        typed = request.POST.get(f"quantity-{variant}")
        quantity = held if typed is None else read_quantity(typed)
        if quantity is None:
            messages.error(request, _("Please enter a quantity, such as 10."))
            is_whole = False
        elif quantity != held:
            try:
                put_line(cart, variant, quantity, now=now)
            except MarketError as error:
                tell_refusal(request, error)
                is_whole = False
    return is_whole


@never_cache
@hides_foreign_rows
def enquiry(request: HttpRequest) -> HttpResponse:
    """Goods, destination, terms, who asks: one page and one form. What the rules do not allow is told with law and
    date, and the cart stays."""
    mine, now = current_cart(request, Channel.Kind.EXPORT), read_clock()
    channel = mine.channel if mine else export_channel()
    user = person(request)
    opened = set(open_destinations().scopes)
    is_whole = request.method != "POST" or mine is None or _take_quantities(request, mine, now)
    is_sent = request.method == "POST" and is_whole and not {"change", "remove"} & set(request.POST)
    form = EnquiryForm(
        request.POST if is_sent else None,
        channel=channel,
        opened=opened,
        initial={
            "expected_entry": timezone.localdate(now) + USUAL_JOURNEY,
            "email": (user.email if user else "") or "",
            "contact": user.full_name if user else "",
            **request.POST.dict(),
        },
    )
    refused: list[Any] = []
    if is_sent and mine is not None and form.is_valid():
        try:
            made = make_enquiry(mine, form.wish(), buyer=user, language=active_language(), now=now)
        except TradeRefused as error:
            refused = error.details["lines"]
        except InvalidInput as error:
            for name, text in dict(error.details["fields"]).items():
                form.add_error(name if name in form.fields else None, str(text))
        except MarketError as error:
            tell_refusal(request, error)
        else:
            kept = request.session.get("enquiries", {})
            request.session["enquiries"] = {**kept, made.enquiry.number: enquiry_token(mine.pk)}
            return redirect("storefront:enquiry_detail", made.enquiry.number)
    language = active_language()
    context = {
        "cart": priced_cart(mine) if mine else None,
        "form": form,
        "refused": refused,
        "open_countries": listed(sorted(country_name(code, language) for code in opened)),
        "product": _asked_for(request),
    }
    return render(request, "storefront/enquiry.html", context, status=422 if is_sent or not is_whole else 200)


def _asked_for(request: HttpRequest) -> Product | None:
    """The product a link to this page names, so that it can be added here."""
    wanted = request.GET.get("product", "")
    return Product.objects.published().filter(pk=wanted).first() if wanted.isdecimal() and len(wanted) < 18 else None


def _facts(enquiry: Enquiry) -> dict[str, Any]:
    language = active_language()
    state = state_of(enquiry.parts.all())
    return {
        "enquiry": enquiry,
        "state": state,
        "state_words": EnquiryPart.State(state).label,
        "country": country_name(enquiry.country, language),
        "onward_country": country_name(enquiry.onward_country, language),
    }


@never_cache
def enquiries(request: HttpRequest) -> HttpResponse:
    """A person's, or those a guest has sent in this session."""
    user = person(request)
    if user is not None:
        rows = enquiries_of(user)
    else:
        rows = with_parts(Enquiry.objects.filter(number__in=request.session.get("enquiries", {}))).order_by("-pk")
    return render(request, "storefront/enquiries.html", {"rows": [_facts(row) for row in rows[:50]]})


def my_enquiry(request: HttpRequest, number: str) -> Enquiry:
    """For its buyer, or for whoever holds its token. Raises NotFound for everybody else."""
    token = request.GET.get("token") or request.session.get("enquiries", {}).get(number, "")
    return find_enquiry(number, token=str(token), user=person(request))


@never_cache
@hides_foreign_rows
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """A guest who comes by the link of a mail may go on without its secret, for as long as this session lasts."""
    mine = my_enquiry(request, number)
    if request.GET.get("token"):
        kept = request.session.get("enquiries", {})
        request.session["enquiries"] = {**kept, number: request.GET["token"]}
        return redirect("storefront:enquiry_detail", number)
    return render(request, "storefront/enquiry_detail.html", _facts(mine))


@require_POST
@hides_foreign_rows
def close(request: HttpRequest, number: str, part_number: str) -> HttpResponse:
    part = my_enquiry(request, number).parts.filter(number=part_number).first()
    if part is None:
        raise NotFound()
    try:
        close_enquiry(part, by=person(request), by_seller=False, message="", now=read_clock())
    except MarketError as error:
        tell_refusal(request, error)
    return redirect("storefront:enquiry_detail", number)
