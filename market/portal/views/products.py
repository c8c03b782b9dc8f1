"""Products: list, creation, texts, publication, preview."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from catalog.lots.actions.receive_lot import receive_lot
from catalog.pricing.actions.set_price import set_price
from catalog.products.actions.publish_product import publish_product, what_is_missing, withdraw_product
from catalog.products.actions.write_product import Packing, add_variant, create_product, update_product
from catalog.products.models import Product
from catalog.stock.models import Warehouse
from market.channels.models import Channel
from market.common.clock import read_clock
from market.common.errors import Conflict, MarketError, NotAllowed
from market.common.languages import listed
from market.common.pages import chosen_row, put_errors, tell_refusal
from market.compliance.hs import description, search_codes
from market.enterprises.roles import Right
from market.portal.forms.product import TEXTS, NewProductForm, ProductFilter, ProductForm
from market.portal.queries.products import offered_packings, own_product, own_products, said_of
from market.portal.seat import Seat, page_of, show, staff
from market.portal.views.pictures import add_pictures

NEVER = datetime.min.replace(tzinfo=UTC)  # a form without a version has seen nothing


@staff()
def products(request: HttpRequest, seat: Seat) -> HttpResponse:
    form = ProductFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    rows = own_products(seat.enterprise, text=chosen.get("q", ""), state=chosen.get("state", ""))
    context = {"filter": form, "page": page_of(request, rows), "is_filtered": any(chosen.values())}
    return show(request, seat, "products", _("Products"), context)


@staff(only=Right.CATALOGUE)
def new_product(request: HttpRequest, seat: Seat) -> HttpResponse:
    """One page from name to stock, as far as one likes: what is sent is written as a whole, or not at all."""
    form = NewProductForm(seat.enterprise, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            product = _write(seat, form, is_published="publish" in request.POST, now=read_clock())
            add_pictures(request, product)
            words = (
                _("“%(name)s” is published.") if product.state == Product.State.PUBLISHED else _("“%(name)s” is saved.")
            )
            messages.success(request, words % {"name": product.name})
            return redirect("portal:product", product.pk)
        except MarketError as error:
            put_errors(form, error)
    return show(request, seat, "product_new", _("New product"), {"form": form})


def _write(seat: Seat, form: NewProductForm, *, is_published: bool, now: datetime) -> Product:
    values, enterprise = form.cleaned_data, seat.enterprise
    channel = Channel.objects.get(code="domestic")
    with transaction.atomic():
        product = create_product(
            enterprise, values["category"], values["origin"], form.texts(), attributes=form.attributes(), now=now
        )
        if form.has_packing:
            packing = Packing(values["sku"], values["unit"] or "XBX", values["net_kg"], values["gross_kg"])
            variant = add_variant(product, packing, now=now)
            moq = values["moq"] or Decimal(1)
            tiers = [(min(moq, Decimal(1)), values["price"])]
            set_price(variant, channel, basis="per_kg", tiers=tiers, moq=moq, now=now)
            if form.has_harvest:
                if not seat.may(Right.STOCK):
                    raise NotAllowed()
                warehouse = (
                    Warehouse.objects.for_enterprise(enterprise.pk).filter(is_active=True).order_by("code").first()
                )
                warehouse = warehouse or Warehouse.objects.create(
                    enterprise=enterprise, code="W1", name=enterprise.unit.name_zh
                )
                harvest = {n: values[n] for n in ("lot_number", "quantity", "harvested_from", "harvested_to")}
                receive_lot(variant, warehouse, by=seat.person, now=now, reference=uuid4().hex, **harvest)
        if is_published:
            publish_product(product, [channel], now=now)
    return product


@staff()
def product(request: HttpRequest, seat: Seat, product_id: int) -> HttpResponse:
    """Everything about one product: what is missing, packings with prices both ways, pictures, channels."""
    row = own_product(seat.enterprise, product_id)
    channels = list(Channel.objects.filter(is_active=True))
    listed = set(row.listings.values_list("channel_id", flat=True))
    chosen = [channel for channel in channels if channel.pk in listed] or channels[:1]
    context = {
        "product": row,
        "packings": offered_packings(row, channels),
        "pictures": row.images.all(),
        "channels": [(channel, channel in chosen) for channel in channels],
        "missing": what_is_missing(row, chosen),
        "export": any(channel.is_export for channel in chosen),
        "hs_text": description(row.hs_code) if row.hs_code else "",
        "said": said_of(row),
    }
    return show(request, seat, "product", row.name, context)


@staff(only=Right.CATALOGUE)
def edit_product(request: HttpRequest, seat: Seat, product_id: int) -> HttpResponse:
    """Texts and category. Saved over somebody else's change only by who has seen it: 409 shows both."""
    row = own_product(seat.enterprise, product_id)
    form = ProductForm(request.POST or None, initial=ProductForm.values_of(row), product=row)
    status, theirs = 200, None
    if request.method == "POST" and form.is_valid():
        version = parse_datetime(request.POST.get("version", "")) or NEVER
        try:
            update_product(
                row,
                form.texts(),
                category=form.cleaned_data["category"],
                attributes=form.attributes(),
                version=version,
                now=read_clock(),
            )
            messages.success(request, _("Saved."))
            return redirect("portal:product", row.pk)
        except Conflict:
            row = own_product(seat.enterprise, product_id)
            status, theirs = 409, _differences(form, row)
        except MarketError as error:
            put_errors(form, error)
            row = own_product(seat.enterprise, product_id)
    context = {"form": form, "product": row, "version": row.updated_at.isoformat(), "theirs": theirs}
    if request.method == "POST" and status != 409:
        context["version"] = request.POST.get("version", "")
    return show(request, seat, "product_edit", _("Texts and category"), context, status=status)


def _differences(form: ProductForm, row: Product) -> list[tuple[str, str, str]]:
    """(label, saved now, typed here) of the fields where the two differ."""
    found = []
    for name in (*TEXTS, "category"):
        saved, typed = getattr(row, name), form.cleaned_data[name]
        if saved != typed:
            found.append((str(form.fields[name].label), _shown(row, name, saved), _shown(row, name, typed)))
    return found + form.typed_and_saved(row.attributes)


def _shown(row: Product, name: str, value: object) -> str:
    if name == "grade":
        return str(Product.Grade(str(value)).label)
    return listed(value) if isinstance(value, list) else str(value)


@staff(only=Right.CATALOGUE)
def attribute_fields(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The fields of a category, when it is chosen: of a new product, or of the one being edited."""
    key, category = request.GET.get("product", ""), request.GET.get("category", "")
    row = chosen_row(Product.objects.for_enterprise(seat.enterprise.pk), key) if key else None
    form = ProductForm(initial={"category": category}, product=row)
    return show(request, seat, "_attributes", "", {"form": form})


@staff(Right.CATALOGUE)
def publish(request: HttpRequest, seat: Seat, product_id: int) -> HttpResponse:
    row = own_product(seat.enterprise, product_id)
    if request.method == "POST":
        channels = list(Channel.objects.filter(is_active=True, code__in=request.POST.getlist("channel")))
        try:
            publish_product(row, channels, now=read_clock())
            messages.success(request, _("“%(name)s” is published.") % {"name": row.name})
        except MarketError as error:
            tell_refusal(request, error)
    return redirect("portal:product", row.pk)


@staff(Right.CATALOGUE)
def withdraw(request: HttpRequest, seat: Seat, product_id: int) -> HttpResponse:
    row = own_product(seat.enterprise, product_id)
    if request.method == "POST":
        try:
            withdraw_product(row, now=read_clock())
            messages.success(request, _("Withdrawn. Orders already placed go on."))
        except MarketError as error:
            tell_refusal(request, error)
    return redirect("portal:product", row.pk)


@staff()
def preview(request: HttpRequest, seat: Seat, product_id: int) -> HttpResponse:
    """What buyers will see, for the staff alone, whether published or not."""
    row = own_product(seat.enterprise, product_id)
    channel = Channel.objects.get(code="domestic")
    packings = [offer for offer in offered_packings(row, [channel]) if offer.variant.is_active]
    context = {
        "product": row,
        "packings": packings,
        "pictures": row.images.all(),
        "channel": channel,
        "said": said_of(row),
    }
    return show(request, seat, "preview", row.name, context)


@staff()
def hs_codes(request: HttpRequest, seat: Seat) -> HttpResponse:
    text = request.GET.get("q", "")[:60]
    return show(request, seat, "hs_codes", _("Find an HS code"), {"q": text, "rows": search_codes(text)})
