"""What is needed to verify a message, kept by each process: endpoints and their keys.

A key that was withdrawn since, an endpoint that was switched off or may post from elsewhere now, is found when the
message is stored: the statement that stores it asks for all of them (`store_verified`). A key that was made since is
found because none of the kept ones fits.
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from orders.inbox.actions import live_keys, opened
from orders.shipments.carriers.base import BadSignatureError, Carrier

MOST = 1000
_doors: dict[str, "Door"] = {}


@dataclass(frozen=True)
class Key:
    pk: int
    sealed: bytes = field(repr=False)
    retires_at: datetime | None

    def is_live(self, now: datetime) -> bool:
        return self.retires_at is None or self.retires_at > now


@dataclass(frozen=True)
class Door:
    endpoint_id: str
    adapter: str
    keys: tuple[Key, ...]
    networks: str = ""

    def admits(self, address: str) -> bool:
        return admits(self.networks, address)

    def signer(self, adapter: Carrier, raw: bytes, headers: Mapping[str, str], now: datetime) -> Key | None:
        """The live key that vouches for it: its last use is shown where keys are rotated."""
        for key in self.keys:
            if not key.is_live(now):
                continue
            try:
                adapter.authenticate(raw, headers, [opened(key.sealed)], now)
            except BadSignatureError:
                continue
            return key
        return None


def admits(networks: str, address: str) -> bool:
    """A fence besides the signature or the secret, never instead of it. What is no address comes from nowhere."""
    return not networks or is_within(address, networks)


@lru_cache(maxsize=4096)
def is_within(address: str, networks: str) -> bool:
    try:
        seen = ipaddress.ip_address(address)
    except ValueError:
        return False
    seen = getattr(seen, "ipv4_mapped", None) or seen
    return any(seen in ipaddress.ip_network(network) for network in networks.splitlines())


def kept_door(endpoint_id: str) -> Door | None:
    """As it was when it was read last; None: it was never read, or was not there."""
    return _doors.get(endpoint_id)


def read_door(endpoint_id: str) -> Door | None:
    """As it is now, in one statement; None for an endpoint that is unknown or switched off."""
    found = live_keys(endpoint_id)
    if not found:
        _doors.pop(endpoint_id, None)
        return None
    keys = tuple(Key(key.pk, bytes(key.sealed), key.retires_at) for key in found)
    if len(_doors) >= MOST:
        _doors.clear()
    door = _doors[endpoint_id] = Door(endpoint_id, found[0].endpoint.adapter, keys, found[0].endpoint.networks)
    return door
