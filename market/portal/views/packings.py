"""Packings and what they cost."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from catalog.pricing.actions.set_price import price_version, set_price
from catalog.pricing.ladder import ladder
from catalog.pricing.models import Price
from catalog.products.actions.write_product import add_variant, packing_version
from catalog.stock.actions.change_packing import change_packing
from market.channels.models import Channel
from market.common.clock import read_clock
from market.common.errors import Conflict, InvalidInput, MarketError, NotFound
from market.common.pages import put_errors
from market.enterprises.roles import Right
from market.portal.forms.product import PackingForm, PriceForm
from market.portal.queries.market_price import market_price
from market.portal.queries.products import own_packing, own_product
from market.portal.seat import Seat, show, staff


@staff(only=Right.CATALOGUE)
def new_packing(request: HttpRequest, seat: Seat, product_id: int) -> HttpResponse:
    product = own_product(seat.enterprise, product_id)
    form = PackingForm(request.POST or None)
    del form.fields["is_active"]  # a new packing is on offer
    if request.method == "POST" and form.is_valid():
        try:
            variant = add_variant(product, form.packing(), now=read_clock())
            messages.success(request, _("Packing added. Now its price."))
            return redirect("portal:price", variant.pk, "domestic")
        except MarketError as error:
            put_errors(form, error)
    return show(request, seat, "packing", _("New packing"), {"form": form, "product": product})


@staff(only=Right.CATALOGUE)
def packing(request: HttpRequest, seat: Seat, variant_id: int) -> HttpResponse:
    variant = own_packing(seat.enterprise, variant_id)
    form = PackingForm(request.POST or None, initial=PackingForm.values_of(variant))
    version, status = packing_version(variant), 200
    if request.method == "POST" and form.is_valid():
        sent = request.POST.get("version", "")
        try:
            change_packing(
                variant, form.packing(), is_active=form.cleaned_data["is_active"], version=sent, now=read_clock()
            )
            messages.success(request, _("Saved."))
            return redirect("portal:product", variant.product_id)
        except Conflict:
            status = 409
        except MarketError as error:
            put_errors(form, error)
            version = sent
    context = {"form": form, "product": variant.product, "variant": variant, "version": version}
    context["conflict"] = status == 409
    return show(request, seat, "packing", _("Packing %(sku)s") % {"sku": variant.sku}, context, status=status)


@staff(only=Right.CATALOGUE)
def price(request: HttpRequest, seat: Seat, variant_id: int, channel_code: str) -> HttpResponse:
    """The ladder of one packing in one channel; what is saved now stands beside it, both ways."""
    variant = own_packing(seat.enterprise, variant_id)
    channel = Channel.objects.filter(code=channel_code, is_active=True).first()
    if channel is None:
        raise NotFound()
    prices = Price.objects.filter(variant=variant, channel=channel)
    saved = prices.prefetch_related("tiers").first()
    version, status = price_version(prices), 200
    form = PriceForm(request.POST or None, initial=PriceForm.values_of(saved))
    if request.method == "POST" and form.is_valid():
        sent = request.POST.get("version", "")
        values = {name: form.cleaned_data[name] for name in ("basis", "moq", "multiple")}
        try:
            set_price(variant, channel, tiers=form.tiers(), version=sent, now=read_clock(), **values)
            messages.success(request, _("Price saved."))
            return redirect("portal:price", variant.pk, channel.code)
        except Conflict:
            status = 409
        except InvalidInput as error:
            form.put_refusal(error)
            version = sent
    context = {
        "form": form,
        "variant": variant,
        "product": variant.product,
        "channel": channel,
        "saved": saved,
        "steps": ladder(saved, saved.tiers.all(), variant.net_kg, channel.currency) if saved else [],
        "version": version,
        "conflict": status == 409,
        "hint": market_price(variant.product, read_clock()) if not channel.is_export else None,
    }
    title = _("Price of %(sku)s, %(channel)s") % {"sku": variant.sku, "channel": channel.name}
    return show(request, seat, "price", title, context, status=status)
