"""Standard Webhooks 1.0.0, the sender's side (specification at standardwebhooks.com; carriers.md, section 1)."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def new_hmac_key() -> str:
    """`whsec_` and 32 random bytes in base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def new_ed25519_key() -> tuple[str, str]:
    """Private (`whsk_`) and public (`whpk_`)."""
    key = Ed25519PrivateKey.generate()
    private, public = key.private_bytes_raw(), key.public_key().public_bytes_raw()
    return "whsk_" + base64.b64encode(private).decode(), "whpk_" + base64.b64encode(public).decode()


def signature(keys: Iterable[str], identifier: str, stamp: int, body: bytes) -> str:
    """The header's value: one entry for each live key, old and new."""
    signed = f"{identifier}.{stamp}.".encode() + body
    return " ".join(_entry(key, signed) for key in keys)


def _entry(key: str, signed: bytes) -> str:
    prefix, _, encoded = key.partition("_")
    raw = base64.b64decode(encoded)
    if prefix == "whsk":
        return "v1a," + base64.b64encode(Ed25519PrivateKey.from_private_bytes(raw).sign(signed)).decode()
    return "v1," + base64.b64encode(hmac.digest(raw, signed, hashlib.sha256)).decode()
