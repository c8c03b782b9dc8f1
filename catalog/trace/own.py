"""How the market names its own lots and words: addresses below its public one, as a farm without GS1 numbers must."""

import re
import uuid

from django.conf import settings

from catalog.lots.models import HarvestLot

_NAMES = uuid.UUID("1f3c8a52-7f0e-5c7b-8d0a-54f6f0a1c9d3")


def lot_uri(lot: HarvestLot) -> str:
    """Also the address of the lot's public page."""
    return f"{settings.PUBLIC_URL}/t/{lot.code}"


def lot_qr_text(code: str) -> str:
    """The address of the lot's page in capitals, which make a smaller code; it is answered as well."""
    return f"{settings.PUBLIC_URL}/t/{code}".upper()


def code_of(uri: str) -> str | None:
    """The code in an address of a lot of ours, None for any other address."""
    found = re.fullmatch(re.escape(settings.PUBLIC_URL) + r"/t/([0-9A-Z]{1,40})", uri, re.ASCII | re.IGNORECASE)
    return found.group(1).upper() if found else None


def vocabulary() -> str:
    """Where our own words stand, those of the prefix `agri`."""
    return f"{settings.PUBLIC_URL}/voc/"


def step_uri(word: str) -> str:
    """Of a step that the standard has no word for."""
    return f"{vocabulary()}BizStep-{word}"


def event_name(*parts: object) -> str:
    """The same for the same parts: an event that is derived twice is stored once."""
    return uuid.uuid5(_NAMES, "\x1f".join(map(str, parts))).urn
