"""Somebody stands in for the holder of a post, for some days. The holder says so, or who fills the post from above."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from market.accounts.actions.give_post import reaches
from market.accounts.models import Delegation, Post, User
from market.accounts.queries import posts_of
from market.common.audit.record import record_act
from market.common.errors import Conflict, InvalidInput, NotAllowed


def delegate_post(
    post: Post, to: User, *, valid_from: datetime, valid_to: datetime, by: User, now: datetime
) -> Delegation:
    """To an officer who can see what the post sees: with a post in the same unit or above it. Several may stand in.

    Raises NotAllowed, InvalidInput (`person`, `until`).
    """
    if not may_delegate(post, by, now):
        raise NotAllowed()
    wrong = {}
    if to.pk == post.user_id:
        wrong["person"] = _("nobody stands in for themselves")
    elif not any(post.unit.path.startswith(own.unit.path) for own in posts_of(to, now)):
        wrong["person"] = _("this person needs a post in the same unit or above it")
    if valid_to <= max(valid_from, now):
        wrong["until"] = _("the last day must be the first one or later, and not over")
    if wrong:
        raise InvalidInput(fields=wrong)
    with transaction.atomic():
        made = Delegation.objects.create(
            post=post, to=to, valid_from=valid_from, valid_to=valid_to, given_by=by, given_at=now
        )
        _note("post.delegated", made, by, now, until=valid_to.isoformat())
    return made


def end_delegation(delegation: Delegation, *, by: User, now: datetime) -> None:
    """At once; one that has not begun never does. Raises NotAllowed, Conflict when it is over."""
    if not may_delegate(delegation.post, by, now):
        raise NotAllowed()
    with transaction.atomic():
        row = Delegation.objects.select_for_update(of=("self",)).get(pk=delegation.pk)
        if row.valid_to <= now:
            raise Conflict()
        row.valid_from, row.valid_to = min(row.valid_from, now), now
        row.save(update_fields=["valid_from", "valid_to"])
        _note("post.delegation_ended", delegation, by, now)


def may_delegate(post: Post, by: User, now: datetime) -> bool:
    """Its holder while it holds, or an officer above who could fill it. Reviewers' posts only: what other posts do
    looks at no stand-in yet."""
    own = list(posts_of(by, now))
    is_theirs = any(one.pk == post.pk for one in own) or reaches(own, post.unit, post.role)
    return post.role == Post.Role.REVIEWER and is_theirs


def _note(action: str, delegation: Delegation, by: User, now: datetime, **more: str) -> None:
    post = delegation.post
    record_act(
        actor=by,
        action=action,
        subject_kind="post",
        subject_id=post.pk,
        now=now,
        person=str(delegation.to),
        unit=post.unit.code,
        role=post.role,
        **more,
    )
