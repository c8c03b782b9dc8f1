"""Seal what must come back (webhook secrets, raw bodies) under a key made from SECRET_KEY."""

import base64
import hashlib
from functools import cache

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


@cache
def _box(secret_key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"tuanji.sealing.1:" + secret_key.encode()).digest()))


def seal(content: bytes) -> bytes:
    return _box(settings.SECRET_KEY).encrypt(content)


def unseal(sealed: bytes | memoryview) -> bytes:
    """Raises ValueError when it was sealed under another SECRET_KEY or changed."""
    try:
        return _box(settings.SECRET_KEY).decrypt(bytes(sealed))
    except InvalidToken as error:
        raise ValueError("this was sealed under another SECRET_KEY, or has been changed") from error
