"""Officers of a higher level fill the posts below them: the corps those of divisions, divisions those of regiments.

Who may: the holder of a post that holds now, for units strictly below its own, with the same role or a viewer's, so
that nobody passes on what they may not do themselves. A viewer gives nothing. Every act is in the log.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from market.accounts.errors import LastPost, PostHeldAlready
from market.accounts.models import Post, User
from market.accounts.queries import posts_of
from market.common.audit.record import record_act
from market.common.errors import Conflict, InvalidInput, NotAllowed
from market.regions.models import OrgUnit

VIEWER = Post.Role.VIEWER


def reaches(posts: Iterable[Post], unit: OrgUnit, role: str) -> bool:
    """Whether one of these posts fills a post of this role in this unit."""
    return any(
        post.role != VIEWER
        and role in (post.role, VIEWER)
        and unit.path != post.unit.path
        and unit.path.startswith(post.unit.path)
        for post in posts
    )


def give_post(
    user: User, unit: OrgUnit, role: str, *, reason: str, by: User, now: datetime, valid_to: datetime | None = None
) -> Post:
    """Holds from now on, until `valid_to` if it is given. One that had ended begins anew.

    Raises InvalidInput (`person`, `unit`, `until`, `reason`), NotAllowed when it is not the giver's to fill,
    PostHeldAlready; of two who give it at once the second is told so.
    """
    _check(user, unit, reason, valid_to, by, now)
    with transaction.atomic():
        if not reaches(_locked(posts_of(by, now)), unit, role):
            raise NotAllowed()
        post = _begin(user, unit, role, valid_to, now)
        until = valid_to.isoformat() if valid_to else ""
        _note("post.given", post, reason, by, now, until=until)
    return post


def withdraw_post(post: Post, *, reason: str, by: User, now: datetime) -> Post:
    """Ends at once. An own post may be laid down while another one holds.

    Raises InvalidInput without a reason, NotAllowed, LastPost, Conflict when it has ended already.
    """
    if not reason.strip():
        raise InvalidInput(fields={"reason": _("please say why")})
    with transaction.atomic():
        own = _locked(posts_of(by, now))
        if post.user_id == by.pk:
            if not any(other.pk != post.pk for other in own):
                raise LastPost()
        elif not reaches(own, post.unit, post.role):
            raise NotAllowed()
        if not _holding(now).filter(pk=post.pk).update(valid_to=now):
            raise Conflict()
        post.valid_to = now
        _note("post.withdrawn", post, reason, by, now)
    return post


def _check(user: User, unit: OrgUnit, reason: str, valid_to: datetime | None, by: User, now: datetime) -> None:
    wrong = {}
    if user.pk == by.pk:
        wrong["person"] = _("nobody gives a post to themselves")
    if unit.closed_at is not None:
        wrong["unit"] = _("this unit is closed")
    if valid_to is not None and valid_to <= now:
        wrong["until"] = _("the end must lie in the future")
    if not reason.strip():
        wrong["reason"] = _("please say why")
    if wrong:
        raise InvalidInput(fields=wrong)


def _locked(posts: QuerySet[Post]) -> list[Post]:
    """Whoever gives or lays down has these posts until the transaction ends, or has lost them before."""
    return list(posts.select_for_update(of=("self",)).order_by("pk"))


def _holding(now: datetime) -> QuerySet[Post]:
    return Post.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=now))


def _begin(user: User, unit: OrgUnit, role: str, valid_to: datetime | None, now: datetime) -> Post:
    begun = Post.objects.filter(user=user, unit=unit, role=role, valid_to__lte=now).update(
        valid_from=now, valid_to=valid_to
    )
    if begun:
        return Post.objects.get(user=user, unit=unit, role=role)
    try:
        with transaction.atomic():
            return Post.objects.create(user=user, unit=unit, role=role, valid_from=now, valid_to=valid_to)
    except IntegrityError as error:
        raise PostHeldAlready() from error


def _note(action: str, post: Post, reason: str, by: User, now: datetime, **more: str) -> None:
    record_act(
        actor=by,
        action=action,
        subject_kind="post",
        subject_id=post.pk,
        now=now,
        person=str(post.user),
        unit=post.unit.code,
        role=post.role,
        reason=reason.strip(),
        **more,
    )
