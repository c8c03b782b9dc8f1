"""Countries a list can be narrowed to, for the filters of the shop."""

from market.channels.queries import export_code
from market.common.countries import country_name
from market.common.kept import Kept
from market.common.languages import active_language
from market.compliance.queries import open_destinations
from market.storefront.filters import Filters
from search.products.answer import FacetValue
from search.products.facets import Facets

_open = Kept(lambda: tuple(open_destinations().scopes), seconds=60)


def destinations_of(filters: Filters, facets: Facets) -> tuple[FacetValue, ...]:
    """Of a list of goods for abroad the countries that have some, counted. Before that the countries that are open for
    anything, by name and without a count: goods of the home market are open to none."""
    if filters.destination or not export_code():
        return facets.get("destination", ())
    named = [FacetValue(code, country_name(code, active_language()), 0, False) for code in _open.get()]
    return tuple(sorted(named, key=lambda value: value.label))
