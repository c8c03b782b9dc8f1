from typing import Any
from urllib.parse import urlsplit

from django import template
from django.urls import Resolver404, resolve

from market.common.clock import read_clock
from market.enterprises.actions.staff import find_invitation
from market.enterprises.errors import InvitationOver
from market.enterprises.models import Invitation

register = template.Library()


@register.inclusion_tag("account/_invitation.html")
def invitation_ahead(place: object) -> dict[str, Any]:
    """What somebody is invited to who signs in on the way to `place`: a seller's page for joining its staff. Nothing
    for any other place, nor once the invitation is over; the page itself says that."""
    return {"invitation": _invitation(str(place or ""))}


def _invitation(place: str) -> Invitation | None:
    try:
        found = resolve(urlsplit(place).path)
    except Resolver404:
        return None
    if found.view_name != "portal:join":
        return None
    try:
        return find_invitation(found.kwargs["secret"], now=read_clock())
    except InvitationOver:
        return None
