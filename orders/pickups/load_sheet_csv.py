"""The load sheet for a spreadsheet: UTF-8 with BOM, one row for each product and lot of a stop (ui.md, 7.5)."""

from django.utils import timezone
from django.utils.translation import gettext as _

from market.common.csv_out import write_table
from market.common.quantity import plain, unit_label
from orders.pickups.load_sheet import LoadSheet, Part, Stop


def write_csv(sheet: LoadSheet) -> bytes:
    """Boxes and gross weight of a stop stand in its first row only, so that a sum of the column is right."""
    rows = [
        _row(stop, part, is_first=position == 0)
        for stop in sheet.stops
        for position, part in enumerate(stop.parts or [None])
    ]
    return write_table(
        [
            _("Stop"),
            _("Job"),
            _("From, Beijing time"),
            _("Until"),
            _("Seller"),
            _("Place"),
            _("Contact"),
            _("Phone"),
            _("Orders"),
            _("Boxes"),
            _("Gross, kg"),
            _("Lowest, °C"),
            _("Highest, °C"),
            _("Product"),
            _("Lot"),
            _("Quantity"),
            _("Unit"),
            _("Vehicle"),
            _("Driver"),
            _("Note"),
        ],
        rows,
    )


def _row(stop: Stop, part: Part | None, *, is_first: bool) -> list[str]:
    job = stop.job
    return [
        str(stop.position),
        job.number,
        f"{timezone.localtime(job.window_from):%Y-%m-%d %H:%M}",
        f"{timezone.localtime(job.window_to):%Y-%m-%d %H:%M}",
        job.enterprise.name,
        job.place,
        job.contact,
        job.phone,
        " ".join(stop.orders),
        str(job.boxes) if is_first else "",
        plain(job.gross_kg) if is_first else "",
        "" if job.temperature_from is None else str(job.temperature_from),
        "" if job.temperature_to is None else str(job.temperature_to),
        part.name if part else "",
        part.lot_number if part else "",
        plain(part.quantity) if part else "",
        unit_label(part.unit) if part else "",
        job.vehicle,
        job.driver,
        job.note,
    ]
