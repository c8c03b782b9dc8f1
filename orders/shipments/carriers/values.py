"""Careful readers of partners' JSON: right type or UnreadableError, never another exception."""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import parse_qs, parse_qsl

from orders.shipments.carriers.base import BadSignatureError, UnreadableError

_STAMPED = re.compile(r"t=[0-9]{1,12}(, ?v[0-9]=[0-9a-f]{1,128}){1,10}")
_CUSTOMS: list[tuple[re.Pattern[str], str, tuple[str, ...]]] = [
    (re.compile(r"customs.*(released|cleared|completed)|(released|cleared).*customs", re.I), "customs_released", ()),
    (re.compile(r"customs.*(hold|held|delay)|held.*customs", re.I), "customs_hold", ("held",)),
    (re.compile(r"customs", re.I), "customs_processing", ()),
]
BEIJING = timezone(timedelta(hours=8))


def read_any(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise UnreadableError("not JSON") from error


def read_json(raw: bytes) -> dict[str, Any]:
    return as_dict(read_any(raw))


def read_form(raw: bytes) -> dict[str, str]:
    """The first value of each field, empty when it is no UTF-8 form; values byte for byte as signed."""
    try:
        pairs = parse_qsl(raw.decode("utf-8"), keep_blank_values=True, max_num_fields=40, errors="strict")
    except ValueError:
        return {}
    fields: dict[str, str] = {}
    for name, value in pairs:
        fields.setdefault(name, value)
    return fields


def body_id(raw: bytes, field: str) -> str:
    """A text at the top of a JSON body, empty when there is none or it is too long to tell two apart."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return ""
    found = text(body.get(field)) if isinstance(body, dict) else ""
    return found if len(found) <= 100 else ""


def as_dict(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise UnreadableError(f"an object was expected, not {type(value).__name__}")
    return value


def maybe_dict(value: Any) -> dict[str, Any]:
    """For what only adorns: anything but an object is empty."""
    return value if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise UnreadableError(f"a list was expected, not {type(value).__name__}")
    return value


def text(value: Any, limit: int = 400) -> str:
    """A string, shortened; numbers as text; everything else empty. Without what no database stores: NUL, and halves of
    surrogate pairs, which JSON can spell (a lone one becomes `?`)."""
    if isinstance(value, float) and not isinstance(value, bool):
        value = repr(value)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if abs(value) < 10**30 else ""  # Python refuses to spell thousands of digits
    if not isinstance(value, str):
        return ""
    return value.replace("\x00", "").encode("utf-8", "replace").decode()[:limit]


def count_of(value: Any) -> int:
    """A small whole number, else 0."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31 else 0


def kilograms(value: Any) -> Decimal | None:
    """A weight of whole grams below a million kilograms, as number or text; anything else only adorns, and is None."""
    try:
        weight = Decimal(text(value, 20).strip())
        return weight if 0 < weight < 10**6 and weight == round(weight, 3) else None
    except InvalidOperation:
        return None


def place_of(where: Any, *names: str) -> str:
    fields = maybe_dict(where)
    return ", ".join(filter(None, (text(fields.get(name), 80) for name in names)))[:200]


def utc_time(value: Any, default_zone: timezone = UTC) -> datetime:
    """ISO 8601 or `YYYY-MM-DD HH:MM:SS`; without a zone the default one."""
    try:
        moment = datetime.fromisoformat(text(value, 40).strip())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=default_zone)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UnreadableError("a time is missing or unreadable") from error


def local_text(value: Any) -> str:
    """The time as it was written, when it names no zone; else empty."""
    written = text(value, 40).strip()
    try:
        return "" if datetime.fromisoformat(written).tzinfo else written
    except ValueError:
        return ""


def maybe_time(value: Any, default_zone: timezone = UTC) -> datetime | None:
    try:
        return utc_time(value, default_zone)
    except UnreadableError:
        return None


def unix_time(value: Any) -> datetime | None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def zone_of(value: Any) -> timezone | None:
    """`+08:00`, `-04.00`, `+0800` as a zone."""
    try:
        return timezone(datetime.fromisoformat("2000-01-01T00:00:00" + text(value, 6).replace(".", ":")).utcoffset())  # type: ignore[arg-type]
    except (ValueError, TypeError):
        return None


def eta_text(value: Any) -> str:
    """A date, or a UTC time with Z. Midnight UTC is a date: nobody promises midnight."""
    written = text(value, 40).strip()
    if len(written) == 10:
        return written if maybe_time(written) else ""
    moment = maybe_time(written)
    if moment is None:
        return ""
    spelt = moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment.year >= 1000 else ""
    return spelt.removesuffix("T00:00:00Z")


def customs_words(said: str) -> tuple[str, tuple[str, ...]] | None:
    """Substatus and flags where a text speaks of customs, for partners that have no code for it."""
    return next(((substatus, flags) for pattern, substatus, flags in _CUSTOMS if pattern.search(said)), None)


def derived_key(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()


def matches(expected: str, given: str) -> bool:
    """Constant time, for any text a header may hold."""
    return hmac.compare_digest(expected.encode("utf-8", "replace"), given.encode("utf-8", "replace"))


def require_token(given: str, secrets: Sequence[str]) -> None:
    """A static token. Every live one is compared, so that time tells nothing. Raises BadSignatureError."""
    if not sum(bool(secret) and matches(secret, given) for secret in secrets):
        raise BadSignatureError


def query_token(headers: Mapping[str, str]) -> str:
    """`?token=` of the address, for partners that can be given nothing but an address."""
    try:
        return parse_qs(headers.get(":query", "")[:400], max_num_fields=20).get("token", [""])[0]
    except ValueError:
        return ""


def stamped(signature: str) -> tuple[str, list[str]]:
    """`t=<unix>,v1=<hex>` with any number of versions: the time and every v1. Raises BadSignatureError."""
    if not _STAMPED.fullmatch(signature):
        raise BadSignatureError
    stamp, *versions = signature.split(",")
    given = [version.strip() for version in versions]
    return stamp.removeprefix("t="), [version.removeprefix("v1=") for version in given if version.startswith("v1=")]


def bearer(headers: Mapping[str, str]) -> str:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
