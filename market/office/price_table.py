"""A table of market prices: looked at first, which changes nothing; then the same lines, signed, are taken over."""

from typing import Any, Final

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from market.common.errors import Conflict, InvalidInput
from market.common.pages import chosen_row, put_errors
from market.common.tables import Line, UnreadableTableError
from market.office.desk import Desk, R, officers, page
from market.office.price_forms import PriceTableForm, places
from market.prices.actions.import_reports import import_reports
from market.prices.entries import check_reporter
from market.prices.foreseeing import Batch, Foreseen, Outcome, count_outcomes, foresee_reports, outcome_words
from market.prices.table import HEADINGS, MAX_BYTES, read_prices

SALT: Final = "office.prices"
LOOKS_LAST: Final = 3600
SHOWN: Final = 300


@officers(R.REVIEWER)
def price_table(request: HttpRequest, desk: Desk) -> HttpResponse:
    if "lines" in request.POST:
        return _take(request, desk)
    form = PriceTableForm(request.POST or None, request.FILES or None, desk=desk)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            check_reporter(form.cleaned_data["reporter"])
            context |= _look(desk, read_prices(file.read(MAX_BYTES + 1)), form.batch(file.name[:80]))
        except UnreadableTableError as error:
            form.add_error("file", str(error))
        except InvalidInput as error:
            put_errors(form, error)
    status = 422 if form.is_bound and form.errors else 200
    return page(request, desk, "price_table", context, active="prices", status=status)


def _look(desk: Desk, lines: list[Line], batch: Batch) -> dict[str, Any]:
    content: dict[str, Any] = {
        "by": desk.officer.pk,
        "place": batch.place.pk,
        "basis": batch.basis,
        "reporter": check_reporter(batch.reporter),
        "source": batch.source,
        "file": batch.file,
        "lines": [[line.number, *(line.cells.get(name, "") for name in HEADINGS)] for line in lines],
    }
    seen = foresee_reports(
        [_line(*told) for told in content["lines"]], _batch(desk, content), today=localdate(desk.now)
    )
    return _shown(seen) | {"is_look": True, "batch": batch, "lines": signing.dumps(content, salt=SALT, compress=True)}


def _shown(seen: list[Foreseen]) -> dict[str, Any]:
    """Lines somebody has to look at one by one; the others are counted."""
    told = [one for one in seen if not one.is_stored or one.outcome == Outcome.HELD]
    quiet = (Outcome.KNOWN, Outcome.DUPLICATE)
    told = [one for one in told if one.outcome not in quiet] + [one for one in told if one.outcome in quiet]
    return {
        "counts": [(outcome_words(outcome), count) for outcome, count in count_outcomes(seen).items()],
        "total": len(seen),
        "new": sum(one.is_stored for one in seen),
        "told": told[:SHOWN],
        "left_out": max(0, len(told) - SHOWN),
    }


def _take(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Judged again, since an hour may lie between."""
    try:
        content = signing.loads(request.POST["lines"], salt=SALT, max_age=LOOKS_LAST)
    except signing.BadSignature:
        content = {"by": None}
    if content["by"] != desk.officer.pk:
        messages.error(request, _("The look at this table is too old or has been changed. Please hand it in again."))
        return redirect("office:price_table")
    batch = _batch(desk, content)
    try:
        seen = import_reports([_line(*told) for told in content["lines"]], batch, by=desk.officer, now=desk.now)
    except Conflict as error:
        messages.error(request, error.message)
        return redirect("office:price_table")
    return page(request, desk, "price_table", _shown(seen) | {"batch": batch}, active="prices")


def _batch(desk: Desk, content: dict[str, Any]) -> Batch:
    """Raises NotFound where the place is not in reach, or not any more."""
    place = chosen_row(places(desk), str(content["place"]))
    return Batch(place=place, **{name: content[name] for name in ("basis", "reporter", "source", "file")})


def _line(number: int, *cells: str) -> Line:
    return Line(number, dict(zip(HEADINGS, cells, strict=True)))
