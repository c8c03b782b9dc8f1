"""Who somebody is: by address, by the officer's posts that hold now, by the API key a program shows."""

import hmac
from datetime import datetime, timedelta
from typing import Final

from allauth.account.authentication import get_authentication_records
from allauth.account.models import EmailAddress
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from market.accounts.models import ApiKey, Delegation, Post, User
from market.accounts.phones import normal_phone
from market.common.ids import digest
from market.regions.models import OrgUnit

CODE_COUNTS_FOR: Final = timedelta(minutes=15)  # as long as the code itself


def posts_of(user: User, now: datetime, role: str | None = None) -> QuerySet[Post]:
    posts = Post.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=now), user=user, valid_from__lte=now
    ).select_related("unit")
    return posts.filter(role=role) if role else posts


def holders_of(unit: OrgUnit, role: str, now: datetime) -> list[User]:
    """Active people with such a post in this very unit. One statement."""
    posts = Post.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=now), unit=unit, role=role, valid_from__lte=now, user__is_active=True
    )
    return [post.user for post in posts.select_related("user").order_by("pk")]


def standing_in(now: datetime) -> QuerySet[Delegation]:
    """Delegations that hold now, of posts that hold now, with who has lent them."""
    return Delegation.objects.filter(
        Q(post__valid_to__isnull=True) | Q(post__valid_to__gt=now),
        post__valid_from__lte=now,
        valid_from__lte=now,
        valid_to__gt=now,
        to__is_active=True,
    ).select_related("post__user", "post__unit", "to")


def find_person(typed: str) -> User | None:
    """The active person with this email address or mobile number, as people type it."""
    people = User.objects.filter(is_active=True)
    if "@" in typed:
        return people.filter(email=typed.strip().lower()).first()
    phone = normal_phone(typed)
    return people.filter(phone=phone).first() if phone else None


def has_shown(user: User, typed: str) -> bool:
    """Whether they have proved that the address they were found by is theirs: anybody can sign up with another's."""
    if "@" in typed:
        return bool(EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists())
    return user.phone_verified


def came_by_code(request: HttpRequest, user: User, *, now: datetime) -> bool:
    """Whether they have signed in just now by a code to the mobile number that is still theirs."""
    since = (now - CODE_COUNTS_FOR).timestamp()
    return any(
        row["method"] == "code" and row.get("phone") == user.phone and row["at"] > since
        for row in get_authentication_records(request, user)
    )


def find_api_key(secret: str) -> ApiKey | None:
    """The live key of an active person. `secret` is `<prefix>.<secret>`; the digest is of the whole of it."""
    prefix = secret.partition(".")[0]
    key = ApiKey.objects.select_related("user").filter(prefix=prefix, revoked_at__isnull=True).first()
    if key is None or not key.user.is_active or not hmac.compare_digest(key.key_digest, digest(secret)):
        return None
    return key
