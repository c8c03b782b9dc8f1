"""Identifiers: numbers people read aloud, time-ordered keys, secrets."""

import hashlib
import random
import secrets
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils.timezone import localdate

# Crockford's base 32: no I, L, O, U, so a number survives a bad telephone line.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_chance: ContextVar[random.Random] = ContextVar("chance", default=random.SystemRandom())  # noqa: B039 - holds no state


@contextmanager
def repeatable_numbers(seed: str) -> Iterator[None]:
    """Inside, `new_number` gives the same numbers every time: for sample data. Keys and secrets stay random."""
    token = _chance.set(random.Random(seed))  # noqa: S311 - on purpose
    try:
        yield
    finally:
        _chance.reset(token)


def new_number(prefix: str, now: datetime, length: int = 8) -> str:
    """`P261124-7K3QW9TX`: prefix, the market's day, random part (5 bits a character). Uniqueness is the table's
    constraint."""
    return f"{prefix}{localdate(now):%y%m%d}-{new_code(length)}"


def new_code(length: int) -> str:
    """Random, 5 bits a character. Uniqueness is the table's constraint."""
    return "".join(_chance.get().choice(ALPHABET) for _ in range(length))


def uuid7() -> uuid.UUID:
    """RFC 9562 version 7: 48 bits of Unix milliseconds, 12 bits of the part of one that has passed (its method 3), then
    random bits; sorts by time of creation, within a millisecond too."""
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80 | secrets.randbits(64)
    value |= 0x7 << 76 | nanoseconds * 4096 // 1_000_000 << 64
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)


def new_secret(length: int = 32) -> str:
    """URL-safe text of `length` random bytes."""
    return secrets.token_urlsafe(length)


def digest(secret: str) -> str:
    """What is stored of a random secret (SHA-256 hex). Not for passwords, which need a slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
