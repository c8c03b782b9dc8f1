"""What an adapter says of its partner's own API (carriers.md, top and rule 10): requests and answers as values.

An adapter that can be called has `API` and some of the functions below; who calls, and when, is not its business. A
partner that no document says how to call has none of them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol, cast
from urllib.parse import urlencode

from django.conf import settings

from orders.shipments.carriers.base import UnreadableError
from orders.shipments.carriers.registry import get_carrier

CODE = re.compile(r"[A-Za-z0-9_.-]{1,24}")


class RefusedError(Exception):
    """The partner understood and said no. `code` is its own, safe to show; `is_key`: it does not know our key."""

    def __init__(self, code: object, *, is_key: bool = False) -> None:
        self.code = written if CODE.fullmatch(written := str(code)) else ""
        self.is_key = is_key
        super().__init__(self.code)


@dataclass(frozen=True)
class Account:
    """Our account at a partner. `base`: where its API stands, without a slash at its end; `key`: what opens it;
    `secret`: what the partner has to prove itself with at `hook`, our own address for its messages; `service`: a word
    some partners want beside the number."""

    base: str
    key: str = field(repr=False)
    hook: str = ""
    secret: str = field(default="", repr=False)
    service: str = ""


@dataclass(frozen=True)
class Subject:
    """A waybill, and its carrier as the seller wrote it. `phone_end`: the last four digits of the recipient's number,
    only where the adapter's `wants_phone(carrier)` says so."""

    number: str
    carrier: str = ""
    phone_end: str = field(default="", repr=False)


@dataclass(frozen=True)
class Request:
    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Answered:
    """What a partner told when asked, as the bodies it would have posted to us; none when it has no such number.
    `thin`: addresses to be fetched next."""

    bodies: Sequence[bytes] = ()
    thin: tuple[str, ...] = ()


class Api(Protocol):
    """What every adapter that can be called has."""

    API: str  # where the partner's API stands; empty where each account has an address of its own
    GIVES_UP: bool  # it tries a message a few times or not at all, or nobody knows: silence is asked about sooner


class Asked(Api, Protocol):
    def poll(self, account: Account, subject: Subject) -> Request: ...

    def answered(self, raw: bytes) -> Answered:
        """Raises RefusedError, UnreadableError."""
        ...


class Subscribed(Api, Protocol):
    AT_ONCE: int  # numbers one request may name
    RENEWED: timedelta | None  # after so long it is subscribed again; None: once holds

    def subscribe(self, account: Account, subjects: Sequence[Subject]) -> Request: ...

    def subscribed(self, raw: bytes) -> frozenset[str]:
        """Numbers the partner would not take. Raises RefusedError, UnreadableError."""
        ...


class Fetched(Api, Protocol):
    """For messages that only say what to fetch."""

    def fetch(self, account: Account, address: str) -> Request: ...

    def fetched(self, raw: bytes, address: str) -> Answered:
        """Raises UnreadableError."""
        ...


class SignedIn(Api, Protocol):
    """The key is changed for a token first, which then stands in its place."""

    def sign_in(self, account: Account) -> Request: ...

    def token(self, raw: bytes) -> str:
        """Raises UnreadableError."""
        ...


ABILITIES = ("poll", "subscribe", "fetch")


def abilities(code: str) -> tuple[str, ...]:
    """What can be done with a partner's API: some of poll, subscribe, fetch. Nothing for a code nobody configured."""
    adapter = get_carrier(code) if code in settings.MARKET_CARRIERS else None
    return tuple(name for name in ABILITIES if hasattr(adapter, name))


def has_own_address(code: str) -> bool:
    """Each account of this partner has an API address of its own, to be typed in."""
    return bool(abilities(code)) and not api_of(code).API


def api_base(code: str) -> str:
    """MARKET_CARRIER_APIS is for tests, whose partner stands on this machine."""
    return settings.MARKET_CARRIER_APIS.get(code) or api_of(code).API


def api_of(code: str) -> Api:
    return cast("Api", get_carrier(code))


def with_query(address: str, **fields: str) -> str:
    return f"{address}?{urlencode(fields)}"


def first_of(rows: Any) -> dict[str, Any] | None:
    """The first object of a list; None for an empty one. Raises UnreadableError for anything else."""
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UnreadableError("a list of objects was expected")
    return rows[0] if rows else None
