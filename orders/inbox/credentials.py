"""A partner's own program that asks instead of posting: basic authentication with the endpoint's id and secret."""

import base64
import binascii
from datetime import datetime

from orders.inbox.actions import live_keys, opened
from orders.inbox.doors import admits
from orders.inbox.limits import count
from orders.inbox.models import Endpoint
from orders.shipments.carriers.values import matches


def read_basic(given: str) -> tuple[str, str]:
    """User and password of an Authorization header (RFC 7617); both empty when it is none."""
    scheme, _, encoded = given.partition(" ")
    try:
        client, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return (client, password) if scheme.lower() == "basic" else ("", "")


def endpoint_of(given: str, address: str, now: datetime) -> Endpoint | None:
    """The active endpoint whose live `whsec_` secret this is; a call from outside its networks is counted and opens
    nothing. Nor do other kinds of key: a public key is known to others, and what a partner chose for itself may be
    short."""
    client, password = read_basic(given)
    keys = [key for key in live_keys(client) if key.is_live(now)]
    if keys and not admits(keys[0].endpoint.networks, address):
        count("elsewhere", client, now)
        return None
    known = [secret for key in keys if (secret := opened(bytes(key.sealed))).startswith("whsec_")]
    return keys[0].endpoint if sum(matches(secret, password) for secret in known) else None
