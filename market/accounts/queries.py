"""Who somebody is: officers' posts that hold now, the API key a program shows."""

import hmac
from datetime import datetime

from django.db.models import Q, QuerySet

from market.accounts.models import ApiKey, Post, User
from market.common.ids import digest


def posts_of(user: User, now: datetime, role: str | None = None) -> QuerySet[Post]:
    posts = Post.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=now), user=user, valid_from__lte=now
    ).select_related("unit")
    return posts.filter(role=role) if role else posts


def find_api_key(secret: str) -> ApiKey | None:
    """The live key of an active person. `secret` is `<prefix>.<secret>`; the digest is of the whole of it."""
    prefix = secret.partition(".")[0]
    key = ApiKey.objects.select_related("user").filter(prefix=prefix, revoked_at__isnull=True).first()
    if key is None or not key.user.is_active or not hmac.compare_digest(key.key_digest, digest(secret)):
        return None
    return key
