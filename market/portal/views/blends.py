"""Grading, blending and packing anew: lots of the seller go in, new ones come out."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from catalog.trace.actions.blend_lots import blend_lots
from market.common.clock import read_clock
from market.common.errors import InvalidInput, MarketError
from market.common.pages import put_errors
from market.enterprises.roles import Right
from market.portal.forms.blend import BlendForm
from market.portal.queries.stock import free_kg, own_lot
from market.portal.seat import Seat, show, staff


@staff(only=Right.STOCK)
def blend(request: HttpRequest, seat: Seat, lot_id: int) -> HttpResponse:
    """A form sent twice counts once."""
    row = own_lot(seat.enterprise, lot_id)
    form = BlendForm(row, request.POST or None, initial={"key": uuid4().hex})
    if request.method == "POST" and form.is_valid() and _blended(form, seat):
        messages.success(request, _("It is written down, and the stock says the same."))
        return redirect("portal:lot", row.pk)
    title = _("Grade, mix or pack anew: lot %(number)s") % {"number": row.number}
    return show(request, seat, "blend", title, {"form": form, "lot": row, "free": free_kg(row)})


def _blended(form: BlendForm, seat: Seat) -> bool:
    """False when it was refused; the form then says why."""
    said = form.cleaned_data
    try:
        taken = form.taken()
    except InvalidInput as error:
        put_errors(form, error)
        return False
    try:
        blend_lots(
            seat.enterprise,
            taken,
            form.made(),
            loss=said["loss"],
            work=said["work"],
            key=said["key"],
            by=seat.person,
            now=read_clock(),
        )
    except MarketError as error:
        put_errors(form, form.named(error) if isinstance(error, InvalidInput) else error)
        return False
    return True
