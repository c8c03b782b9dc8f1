"""Sellers' pages. Everything starts at the person's own enterprise."""

from decimal import Decimal

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from catalog.lots.actions.receive_lot import receive_lot
from catalog.pricing.actions.set_price import set_price
from catalog.products.actions.add_image import add_image
from catalog.products.actions.publish_product import publish_product
from catalog.products.actions.write_product import Packing, ProductTexts, add_variant, create_product
from catalog.products.models import Product
from catalog.stock.models import Warehouse
from market.accounts.models import User
from market.channels.models import Channel
from market.common.clock import read_clock
from market.common.errors import InvalidInput, MarketError, NotFound
from market.common.pages import signed_in, tell_refusal
from market.enterprises.actions.admission import register_enterprise, submit_admission
from market.enterprises.models import Enterprise
from market.enterprises.queries import enterprise_of
from market.enterprises.states import EDITABLE
from market.portal.forms import DetailsForm, PlainForm, ProductForm, RegisterForm, ShipForm
from orders.actions.ship_order import PackedLine, left_to_ship, ship_order
from orders.ledger.queries import expected_payout
from orders.orders.models import SellerOrder
from orders.shipments.queries import journey


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _mine(request: HttpRequest) -> Enterprise:
    enterprise = enterprise_of(_person(request))
    if enterprise is None:
        raise NotFound()
    return enterprise


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    enterprise = enterprise_of(_person(request))
    if enterprise is None:
        return redirect("portal:onboarding")
    orders = SellerOrder.objects.for_enterprise(enterprise.pk).select_related("purchase").order_by("-placed_at")[:50]
    products = Product.objects.for_enterprise(enterprise.pk).order_by("-updated_at")[:50]
    return render(request, "portal/home.html", {"enterprise": enterprise, "orders": orders, "products": products})


@signed_in
def onboarding(request: HttpRequest) -> HttpResponse:
    """Register, fill in, hand in; the officer's remark stands above the form."""
    enterprise = enterprise_of(_person(request))
    now = read_clock()
    if enterprise is None:
        register = RegisterForm(request.POST or None)
        if request.method == "POST" and register.is_valid():
            try:
                register_enterprise(by=_person(request), now=now, **register.cleaned_data)
                return redirect("portal:onboarding")
            except InvalidInput as error:
                _show(register, error)
        status = 422 if request.method == "POST" else 200
        return render(request, "portal/onboarding.html", {"form": register}, status=status)
    form = DetailsForm(request.POST or None, instance=enterprise)
    editable = enterprise.state in EDITABLE
    if request.method == "POST" and editable and form.is_valid():
        form.save()
        if "submit" not in request.POST:
            messages.success(request, _("Saved."))
            return redirect("portal:onboarding")
        try:
            submit_admission(enterprise, by=_person(request), now=now)
            messages.success(request, _("Handed in. An officer of your regiment decides."))
            return redirect("portal:onboarding")
        except MarketError as error:
            tell_refusal(request, error)
    remark = enterprise.admission_events.order_by("-pk").first()
    context = {"form": form, "enterprise": enterprise, "editable": editable, "remark": remark}
    return render(request, "portal/onboarding.html", context)


@signed_in
def new_product(request: HttpRequest) -> HttpResponse:
    """One page from name to stock: all of it is written, or nothing."""
    enterprise = _mine(request)
    form = ProductForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            product = _write(enterprise, form, _person(request))
            messages.success(request, _("“%(name)s” is published.") % {"name": product.name})
            return redirect("portal:home")
        except InvalidInput as error:
            _show(form, error)
        except MarketError as error:
            form.add_error(None, error.message)
    return render(request, "portal/product.html", {"form": form}, status=422 if request.method == "POST" else 200)


def _write(enterprise: Enterprise, form: ProductForm, by: User) -> Product:
    now, values = read_clock(), form.cleaned_data
    channel = Channel.objects.get(code="domestic")
    with transaction.atomic():
        texts = ProductTexts(
            **{name: values[name] for name in ("name_zh", "name_en", "name_ru", "description_zh", "grade")}
        )
        product = create_product(enterprise, values["category"], enterprise.unit, texts, now=now)
        packing = Packing(**{name: values[name] for name in ("sku", "unit", "net_kg", "gross_kg")})
        variant = add_variant(product, packing, now=now)
        set_price(variant, channel, basis="per_kg", tiers=[(Decimal(1), values["price"])], moq=values["moq"], now=now)
        warehouse, _created = Warehouse.objects.get_or_create(
            enterprise=enterprise, code="W1", defaults={"name": enterprise.unit.name_zh}
        )
        receive_lot(
            variant,
            warehouse,
            by=by,
            now=now,
            **{name: values[name] for name in ("lot_number", "quantity", "harvested_from", "harvested_to")},
        )
        if values["picture"]:
            add_image(product, values["picture"].read(), name=values["picture"].name, now=now)
        return publish_product(product, [channel], now=now)


def _show(form: PlainForm, error: InvalidInput) -> None:
    """The action's messages at the fields they speak of."""
    for name, text in dict(error.details["fields"]).items():
        form.add_error(name if name in form.fields else None, str(text))


@signed_in
def order(request: HttpRequest, number: str) -> HttpResponse:
    enterprise = _mine(request)
    row = SellerOrder.objects.for_enterprise(enterprise.pk).select_related("purchase").filter(number=number).first()
    if row is None:
        raise NotFound()
    form = ShipForm(request.POST or None)
    left = left_to_ship(row)
    if request.method == "POST" and form.is_valid():
        packed = [PackedLine(pk, quantity, form.cleaned_data["lot"]) for pk, quantity in left.items() if quantity > 0]
        try:
            ship_order(
                row,
                packed,
                carrier=form.cleaned_data["carrier"],
                waybill=form.cleaned_data["waybill"],
                by=_person(request),
                now=read_clock(),
            )
            return redirect("portal:order", number)
        except MarketError as error:
            tell_refusal(request, error)
    payouts = expected_payout(row)
    context = {
        "order": row,
        "form": form,
        "can_ship": row.state in ("awaiting_seller", "in_progress") and any(left.values()),
        "payouts": payouts,
        "payout_total": sum((item.amount for item in payouts), Decimal(0)),
        "shipments": journey([row])[row.pk],
    }
    return render(request, "portal/order.html", context)
