"""What pages of every side show of a shipment, one way for all."""

from django import template

from orders.shipments.facts import Facts, facts_of, trouble_words
from orders.shipments.models import Shipment

register = template.Library()


@register.inclusion_tag("shipments/_facts.html")
def shipment_facts(shipment: Shipment) -> dict[str, Facts]:
    """When it is expected, who signed, what it weighed, what is wrong, whether it is still followed."""
    return {"facts": facts_of(shipment)}


@register.filter
def troubles(shipment: Shipment) -> list[str]:
    """Why a person should look at it."""
    return trouble_words(shipment)
