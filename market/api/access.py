"""Who calls: an API key, a session (reads only: a cookie must not write without a CSRF token), or a stranger."""

from datetime import datetime

from django.http import HttpRequest

from market.accounts.models import ApiKey, User
from market.accounts.queries import find_api_key
from market.common.errors import MarketError, NotAllowed
from market.enterprises.models import Enterprise, Member
from market.enterprises.roles import may_use_scope


class KeyRefused(MarketError):
    code = "unauthorized"
    http_status = 401
    text = "A valid API key is needed: Authorization: Bearer <key>."


def key_of(request: HttpRequest) -> ApiKey | None:
    """The key of the Authorization header. None without the header; raises KeyRefused for a key that does not hold."""
    header = request.headers.get("Authorization", "")
    if not header:
        return None
    scheme, _, secret = header.partition(" ")
    key = find_api_key(secret.strip()) if scheme.lower() == "bearer" else None
    if key is None:
        raise KeyRefused()
    return key


def caller(request: HttpRequest) -> User | None:
    """Raises NotAllowed for a key without the orders scope: reading a purchase needs one, changing it the other."""
    is_read = request.method in ("GET", "HEAD")
    key = key_of(request)
    if key is not None:
        if not key.allows(["orders:read" if is_read else "orders:write"]):
            raise NotAllowed()
        return key.user
    if is_read and isinstance(request.user, User):
        return request.user
    return None


def seller_of(request: HttpRequest, scope: str, now: datetime) -> tuple[User, Enterprise]:
    """The enterprise the key speaks for. Membership and role are looked at anew each time: a person who left is out,
    and a key is never stronger than its holder's role. Raises KeyRefused, NotAllowed."""
    key = key_of(request)
    if key is None:
        raise KeyRefused()
    if not key.allows([scope]):
        raise NotAllowed()
    member = (
        Member.objects.select_related("enterprise__unit")
        .filter(user=key.user, enterprise__number=key.enterprise_number)
        .first()
    )
    if member is None or not may_use_scope(member.role, scope):
        raise NotAllowed()
    ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key.user, member.enterprise
