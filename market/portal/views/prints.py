"""Labels and waybills to print, of one order or of many chosen."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from catalog.trace.own import lot_qr_text
from market.common.clock import read_clock
from market.common.qr import qr_svg
from market.portal.queries.consignments import Consignments, consignments_of, labels_between
from market.portal.seat import Seat, show, staff

SIZES = ("a6", "a4")
LABELS_PER_PAGE = 100  # 25 sheets of four


@staff()
def labels(request: HttpRequest, seat: Seat) -> HttpResponse:
    """One label per box: `size` a6 for label printers, a4 for four on a sheet. A hundred a page, so that thousands of
    boxes stop no browser."""
    found = _chosen(request, seat)
    size = request.GET.get("size", "")
    size = size if size in SIZES else SIZES[0]
    page = Paginator(range(found.boxes), LABELS_PER_PAGE).get_page(request.GET.get("page"))
    first = page.start_index() - 1 if found.boxes else 0
    rows = labels_between(found, first, first + LABELS_PER_PAGE)
    context = _context(request, found) | {
        "size": size,
        "page": page,
        "labels": [
            (label, qr_svg(label.number, _("QR code of the number")), _lot_qr(label.lot_code)) for label in rows
        ],
    }
    return show(request, seat, "labels", _("Labels"), context)


@staff()
def waybills(request: HttpRequest, seat: Seat) -> HttpResponse:
    """One page of A4 per consignment, to be signed by sender, driver and recipient."""
    found = _chosen(request, seat)
    rows = [(row, qr_svg(row.number, _("QR code of the number"))) for row in found.rows]
    context = _context(request, found) | {"rows": rows, "printed_at": read_clock()}
    return show(request, seat, "waybills", _("Waybills"), context)


def _lot_qr(code: str) -> str:
    """Empty for goods whose lot is not known yet."""
    return qr_svg(lot_qr_text(code), _("QR code of the lot")) if code else ""


def _chosen(request: HttpRequest, seat: Seat) -> Consignments:
    return consignments_of(seat.enterprise, request.GET.getlist("order"), request.GET.get("shipment", ""))


def _context(request: HttpRequest, found: Consignments) -> dict[str, object]:
    numbers = list(dict.fromkeys(request.GET.getlist("order")))
    return {
        "found": found,
        "numbers": numbers,
        "is_proposed": any(row.shipment is None for row in found.rows),
        "only_order": numbers[0] if len(numbers) == 1 else "",
        "shipment_number": request.GET.get("shipment", ""),
    }
