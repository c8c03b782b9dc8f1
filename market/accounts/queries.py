"""Who somebody is: officers' posts that hold now."""

from datetime import datetime

from django.db.models import Q, QuerySet

from market.accounts.models import Post, User


def posts_of(user: User, now: datetime, role: str | None = None) -> QuerySet[Post]:
    posts = Post.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=now), user=user, valid_from__lte=now
    ).select_related("unit")
    return posts.filter(role=role) if role else posts
