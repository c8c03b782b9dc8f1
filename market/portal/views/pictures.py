"""Pictures of a product: several at once, in order, away again."""

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.products.actions.add_image import MAX_BYTES, MAX_PICTURES, add_image
from catalog.products.actions.arrange_images import move_image, remove_image
from catalog.products.errors import BadPicture
from catalog.products.models import Product
from market.common.clock import read_clock
from market.common.errors import MarketError
from market.enterprises.roles import Right
from market.portal.queries.products import own_image, own_product
from market.portal.seat import Seat, show, staff


def add_pictures(request: HttpRequest, product: Product) -> None:
    """Every good file is kept; each bad one is named with the reason."""
    added = 0
    for file in request.FILES.getlist("pictures"):
        try:
            add_image(product, _read(file), name=file.name or "–", now=read_clock())
            added += 1
        except MarketError as error:
            messages.error(request, error.message)
    if added:
        messages.success(request, ngettext("%(n)s picture added.", "%(n)s pictures added.", added) % {"n": added})


def _read(file: "UploadedFile[bytes]") -> bytes:
    """Too large ones are refused unread."""
    if file.size is None or file.size > MAX_BYTES:
        raise BadPicture(name=file.name or "–")
    return bytes(file.read())


@staff(Right.CATALOGUE)
def pictures(request: HttpRequest, seat: Seat, product_id: int) -> HttpResponse:
    product = own_product(seat.enterprise, product_id)
    if request.method == "POST":
        if not request.FILES.getlist("pictures"):
            messages.error(request, _("Choose at least one file."))
        add_pictures(request, product)
        return redirect("portal:pictures", product.pk)
    context = {"product": product, "pictures": product.images.all(), "most": MAX_PICTURES}
    return show(request, seat, "pictures", _("Pictures"), context)


@staff(Right.CATALOGUE)
def move_picture(request: HttpRequest, seat: Seat, image_id: int) -> HttpResponse:
    image = own_image(seat.enterprise, image_id)
    if request.method == "POST":
        move_image(image, 1 if request.POST.get("to") == "back" else -1, now=read_clock())
    return redirect("portal:pictures", image.product_id)


@staff(Right.CATALOGUE)
def remove_picture(request: HttpRequest, seat: Seat, image_id: int) -> HttpResponse:
    image = own_image(seat.enterprise, image_id)
    if request.method == "POST":
        remove_image(image, now=read_clock())
        messages.success(request, _("The picture has been removed."))
    return redirect("portal:pictures", image.product_id)
