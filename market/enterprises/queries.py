"""Whose staff somebody is, and which enterprises an officer decides about."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from market.accounts.models import Post, User
from market.accounts.queries import posts_of
from market.common.errors import NotFound
from market.common.tree import paths_down_to
from market.enterprises.models import Enterprise, Member
from market.enterprises.roles import Right, may


def memberships_of(user: User) -> QuerySet[Member]:
    """Every enterprise the person works for, the first joined first, with its unit."""
    return Member.objects.select_related("enterprise__unit").filter(user=user).order_by("pk")


def member_of(user: User, enterprise: Enterprise) -> Member | None:
    return Member.objects.filter(user=user, enterprise=enterprise).first()


def staff_with(enterprise_id: int, *rights: Right) -> list[Member]:
    """Whom a mail about such work can reach, with their users: each once who may do any of it. One statement."""
    return list(_staff(enterprise_id, rights).exclude(user__email=None).exclude(user__email=""))


def staff_by_phone(enterprise_id: int, *rights: Right) -> list[User]:
    """Whom only a short message reaches of those who may do any of such work. One statement."""
    without_mail = _staff(enterprise_id, rights).filter(user__email=None, user__phone_verified=True)
    return [member.user for member in without_mail.exclude(user__phone=None)]


def _staff(enterprise_id: int, rights: Iterable[Right]) -> QuerySet[Member]:
    roles = [role for role in Member.Role.values if any(may(role, right) for right in rights)]
    rows = Member.objects.filter(enterprise=enterprise_id, role__in=roles)
    return rows.select_related("user").order_by("pk")


def in_reach(user: User, now: datetime, role: str | None = None) -> QuerySet[Enterprise]:
    """Enterprises in the subtrees of the officer's posts; none for somebody without a post."""
    reach = Q(pk__in=[])
    for post in posts_of(user, now, role):
        reach |= Q(unit__path__startswith=post.unit.path)
    return Enterprise.objects.filter(reach).select_related("unit")


def reviews(user: User, enterprise: Enterprise, now: datetime) -> bool:
    return in_reach(user, now, role="reviewer").filter(pk=enterprise.pk).exists()


def reviewers_near(enterprise: Enterprise, now: datetime) -> list[list[User]]:
    """Active reviewers whose reach holds the enterprise, by how near their post is: its own unit's first. One
    statement."""
    above = paths_down_to(enterprise.unit.path)
    posts = Post.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=now),
        role=Post.Role.REVIEWER,
        valid_from__lte=now,
        unit__path__in=above,
        user__is_active=True,
    ).select_related("user", "unit")
    near: dict[str, list[User]] = {}
    for post in posts.order_by("pk"):
        near.setdefault(post.unit.path, []).append(post.user)
    return [near[path] for path in reversed(above) if path in near]


def reachable(user: User, number: str, now: datetime) -> Enterprise:
    """Raises NotFound for an enterprise out of the officer's reach, as for one that does not exist."""
    found = in_reach(user, now).filter(number=number).first()
    if found is None:
        raise NotFound()
    return found
