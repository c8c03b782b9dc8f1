"""Make a product findable, or take it away."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.products.attributes import Definition, problem_of
from catalog.products.errors import EnterpriseNotSelling, NotReadyToPublish
from catalog.products.events import products_changed
from catalog.products.models import ChannelListing, Product
from catalog.products.queries import attributes_of_category
from catalog.products.states import MOVES
from market.channels.models import Channel
from market.common.languages import active_language, clauses
from market.common.states import check_move


def publish_product(product: Product, channels: Sequence[Channel], *, now: datetime) -> Product:
    """Lists the product in exactly these channels and publishes it; asked again it only changes the channels.

    Raises EnterpriseNotSelling, or NotReadyToPublish with everything that is missing.
    """
    if not product.enterprise.is_selling:
        raise EnterpriseNotSelling()
    missing = what_is_missing(product, channels)
    if missing:
        raise NotReadyToPublish(summary=clauses(missing.values()), missing=list(missing))
    with transaction.atomic():
        row = Product.objects.select_for_update().get(pk=product.pk)
        if row.state != Product.State.PUBLISHED:
            check_move(MOVES, row.state, Product.State.PUBLISHED)
        product.state = Product.State.PUBLISHED
        product.published_at = row.published_at or now
        product.updated_at = now
        product.save(update_fields=["state", "published_at", "updated_at"])
        product.listings.exclude(channel__in=channels).delete()
        ChannelListing.objects.bulk_create(
            [ChannelListing(product=product, channel=channel) for channel in channels], ignore_conflicts=True
        )
        products_changed([product.pk], reason="published", now=now)
    return product


def withdraw_product(product: Product, *, now: datetime) -> Product:
    """Takes it out of every list; orders already placed go on."""
    with transaction.atomic():
        row = Product.objects.select_for_update().get(pk=product.pk)
        check_move(MOVES, row.state, Product.State.WITHDRAWN)
        product.state = Product.State.WITHDRAWN
        product.updated_at = now
        product.save(update_fields=["state", "updated_at"])
        products_changed([product.pk], reason="withdrawn", now=now)
    return product


def what_is_missing(product: Product, channels: Sequence[Channel]) -> dict[str, str]:
    """Code -> words, empty when the product can be published."""
    variants = product.variants.filter(is_active=True)
    priced = {channel.code for channel in channels if variants.filter(prices__channel=channel).exists()}
    definitions = attributes_of_category(product.category.path)
    return missing_of(
        channels,
        hs_code=product.hs_code,
        attributes=product.attributes,
        has_packing=variants.exists(),
        priced=priced,
        definitions=definitions,
    )


def missing_of(
    channels: Sequence[Channel],
    *,
    hs_code: str,
    attributes: Mapping[str, Any],
    has_packing: bool,
    priced: Collection[str],
    definitions: Iterable[Definition],
) -> dict[str, str]:
    """The same with everything at hand: `priced` are codes of the channels in which a packing on offer has a price,
    `definitions` the attributes of its category. Asks nothing of the database."""
    missing = {}
    if not channels:
        missing["channel"] = _("choose at least one channel")
    if not has_packing:
        missing["packing"] = _("add a packing")
    for channel in channels:
        if channel.code not in priced:
            missing[f"price_{channel.code}"] = _("set a price for %(channel)s") % {"channel": channel.name}
        if channel.is_export and not hs_code:
            missing["hs_code"] = _("export needs the HS code")
    for attribute in definitions:
        if attribute.is_required and problem_of(attribute, attributes.get(attribute.code), attribute.path):
            missing[f"attributes.{attribute.code}"] = _("say what it has: %(name)s") % {
                "name": attribute.name(active_language())
            }
    return missing
