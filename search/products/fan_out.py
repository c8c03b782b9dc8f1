"""Which products a change elsewhere touches: what stands in a document belongs to other rows too."""

from collections.abc import Callable, Iterable, Mapping

from django.db.models import Q, QuerySet

from catalog.products.models import Category, Product
from market.channels.models import Channel
from market.enterprises.models import Enterprise
from market.regions.models import OrgUnit


def _of_enterprises(keys: list[int]) -> QuerySet[Product]:
    return Product.objects.filter(enterprise_id__in=keys)


def _of_categories(keys: list[int]) -> QuerySet[Product]:
    """Those of the categories below too: a document holds all of its ancestors."""
    return _below("category__path", Category.objects.filter(pk__in=keys).values_list("path", flat=True))


def _of_units(keys: list[int]) -> QuerySet[Product]:
    return _below("origin_unit__path", OrgUnit.objects.filter(pk__in=keys).values_list("path", flat=True))


def _of_channels(keys: list[int]) -> QuerySet[Product]:
    return Product.objects.filter(listings__channel_id__in=keys).distinct()


def _of_destinations(keys: list[int]) -> QuerySet[Product]:
    """What may go there is asked of everything that is offered abroad."""
    return Product.objects.filter(listings__channel__kind=Channel.Kind.EXPORT).distinct()


def _below(field: str, paths: Iterable[str]) -> QuerySet[Product]:
    reach = Q(pk__in=[])
    for path in paths:
        reach |= Q(**{f"{field}__startswith": path})
    return Product.objects.filter(reach)


FAN_OUT: Mapping[str, Callable[[list[int]], QuerySet[Product]]] = {
    "enterprise.changed": _of_enterprises,
    "category.changed": _of_categories,
    "unit.changed": _of_units,
    "channel.changed": _of_channels,
    "destination.changed": _of_destinations,
}


TOUCHED = "products.touched"  # what is left of a change that touches many
WAITING = (*FAN_OUT, TOUCHED)


def touched_products(topic: str, subjects: Iterable[str], *, after: int = 0, most: int | None = None) -> list[int]:
    """Product numbers above `after`, each once, in order, at most so many."""
    keys = sorted({int(subject) for subject in subjects})
    if not keys:
        return []
    rows = FAN_OUT[topic](keys).filter(pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:most])


def is_any_out_of_business(enterprises: Iterable[str]) -> bool:
    """Whether one of these, that has goods to show, may not sell them any more."""
    published = Product.objects.filter(
        enterprise_id__in=[int(key) for key in enterprises], state=Product.State.PUBLISHED
    )
    return published.exclude(enterprise__state=Enterprise.State.APPROVED).exists()
