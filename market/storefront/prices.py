"""Market prices for everybody: all goods, and one with its line over thirteen months."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from catalog.products.models import Product
from market.common.clock import read_clock
from market.common.csv_out import write_table
from market.common.quantity import plain
from market.prices.models import Basis, Commodity, Source
from market.prices.public import Line, PublicBand, bands_of, lines_of, newest_of_all
from market.storefront.listing import public_page
from market.storefront.price_chart import draw, season_before, thirteen_months

SHOWN_DAYS: Final = 40
NEAR: Final = timedelta(days=10)


@dataclass(frozen=True)
class Choice:
    """One series of a good, as a link."""

    line: Line
    basis: str
    grade: str
    url: str
    is_current: bool


def prices(request: HttpRequest) -> HttpResponse:
    found = newest_of_all(localdate(read_clock()))
    return public_page(render(request, "storefront/prices.html", {"found": found}))


def commodity(request: HttpRequest, slug: str) -> HttpResponse:
    """Without a choice the series told of last."""
    found, lines, chosen = _asked(request, slug)
    context: dict[str, Any] = {"commodity": found, "choices": [_choice(line, chosen) for line in lines]}
    if chosen is not None:
        context |= _shown(chosen) | {"csv": f"{reverse('storefront:prices_csv', args=[slug])}?{_query(chosen)}"}
    return public_page(render(request, "storefront/commodity.html", context))


def prices_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """Thirteen months and those before them, every day that was told of."""
    found, _lines, chosen = _asked(request, slug)
    if chosen is None:
        raise Http404
    first, last = thirteen_months(localdate(read_clock()))
    headings = [
        _("Day"),
        _("Median, per kg"),
        _("Lower quartile"),
        _("Upper quartile"),
        _("Currency"),
        _("Sources"),
        _("Kinds of sources"),
        _("Grade"),
        _("Basis"),
        _("Market or area"),
    ]
    facts = [_grade(chosen), _basis(chosen), chosen.place.name]
    rows = [_row(band, chosen.series.currency) + facts for band in bands_of(chosen.series, season_before(first), last)]
    answer = HttpResponse(write_table(headings, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{found.slug}_{first}_{last}.csv"'
    return public_page(answer)


def _asked(request: HttpRequest, slug: str) -> tuple[Commodity, list[Line], Line | None]:
    found = Commodity.objects.filter(slug=slug).first()
    if found is None:
        raise Http404
    lines = lines_of(found, localdate(read_clock()))
    wanted = {name: request.GET[name] for name in ("place", "basis", "grade") if name in request.GET}
    fitting = [line for line in lines if wanted.items() <= _address(line).items()]
    return found, lines, next(iter(fitting or lines), None)


def _address(line: Line) -> dict[str, str]:
    return {"place": line.place.code, "basis": line.series.basis, "grade": line.series.grade}


def _query(line: Line) -> str:
    return urlencode(_address(line))


def _choice(line: Line, chosen: Line | None) -> Choice:
    return Choice(line, _basis(line), _grade(line), f"?{_query(line)}", line is chosen)


def _basis(line: Line) -> str:
    return str(Basis(line.series.basis).label)


def _grade(line: Line) -> str:
    return str(Product.Grade(line.series.grade).label)


def _shown(chosen: Line) -> dict[str, Any]:
    first, last = thirteen_months(localdate(read_clock()))
    bands = bands_of(chosen.series, season_before(first), last)
    now = [band for band in bands if band.day >= first]
    before = [band for band in bands if band.day <= season_before(last)]
    newest = next((band for band in reversed(now) if band.figures), None)
    return {
        "chosen": chosen,
        "basis": _basis(chosen),
        "grade": _grade(chosen),
        "newest": newest,
        "newest_kinds": _kinds(newest) if newest else [],
        "change": _change(newest, bands),
        "chart": draw(now, before, first, last),
        "has_before": any(band.figures for band in before),
        "days": [(band, _kinds(band)) for band in reversed(now)][:SHOWN_DAYS],
        "first": first,
        "last": last,
    }


def _change(newest: PublicBand | None, bands: list[PublicBand]) -> Decimal | None:
    """In whole per cent against the nearest day a year ago, before or after."""
    if newest is None or newest.figures is None:
        return None
    middle = season_before(newest.day)
    near = [(abs(band.day - middle), band.figures) for band in bands if band.figures and abs(band.day - middle) <= NEAR]
    if not near:
        return None
    then = min(near, key=lambda one: one[0])[1].median
    return ((newest.figures.median - then) / then * 100).quantize(Decimal(1))


def _kinds(band: PublicBand) -> list[str]:
    return [str(Source(kind).label) for kind in band.kinds]


def _row(band: PublicBand, currency: str) -> list[object]:
    day: date = band.day
    if band.figures is None:
        return [day.isoformat(), _("too few reports"), "", "", currency, "", ""]
    figures = band.figures
    kinds = "; ".join(_kinds(band))
    return [
        day.isoformat(),
        plain(figures.median),
        plain(figures.p25),
        plain(figures.p75),
        currency,
        figures.sources,
        kinds,
    ]
