"""Who may decide a step: reviewers with a post in its very unit, and who stands in for them; nobody who works for the
enterprise, and nobody in the name of somebody who does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from market.accounts.models import Delegation, Post, User
from market.accounts.queries import holders_of, posts_of, standing_in
from market.common.errors import NotFound
from market.enterprises.models import Enterprise
from market.public_services.errors import OwnEnterprise
from market.public_services.models import Step
from market.regions.models import OrgUnit


@dataclass(frozen=True)
class Acting:
    """`instead_of`: whose post it is, when somebody stands in."""

    by: User
    instead_of: User | None = None


def acting_in(unit: OrgUnit | None, enterprise: Enterprise, by: User, now: datetime) -> Acting:
    """Who has a post of their own acts by it. Raises NotFound where they hold none and stand in for nobody,
    OwnEnterprise where they, or all they stand in for, work for this enterprise."""
    if unit is None:
        raise NotFound()
    has_post = posts_of(by, now, Post.Role.REVIEWER).filter(unit=unit).exists()
    lent = [] if has_post else lent_to(by, now, unit)
    if not has_post and not lent:
        raise NotFound()
    staff = set(enterprise.members.values_list("user_id", flat=True))
    if by.pk in staff:
        raise OwnEnterprise()
    if has_post:
        return Acting(by)
    holder = next((one.post.user for one in lent if one.post.user_id not in staff), None)
    if holder is None:
        raise OwnEnterprise()
    return Acting(by, instead_of=holder)


def lent_to(by: User, now: datetime, unit: OrgUnit | None = None) -> Sequence[Delegation]:
    """Reviewers' posts this person stands in for now (in this unit). One statement."""
    rows = standing_in(now).filter(to=by, post__role=Post.Role.REVIEWER)
    return list(rows.filter(post__unit=unit) if unit else rows)


def deciders(step: Step, enterprise: Enterprise, now: datetime) -> list[User]:
    """Everybody who may decide it now, those who stand in included. Three statements."""
    if step.unit is None:
        return []
    holders = holders_of(step.unit, Post.Role.REVIEWER, now)
    staff = set(enterprise.members.values_list("user_id", flat=True))
    lent = standing_in(now).filter(post__unit=step.unit, post__role=Post.Role.REVIEWER)
    stand_ins = [one.to for one in lent if one.post.user_id not in staff]
    found = {user.pk: user for user in [*holders, *stand_ins] if user.pk not in staff}
    return list(found.values())


def may_decide(unit: OrgUnit | None, enterprise: Enterprise, by: User, now: datetime) -> bool:
    try:
        acting_in(unit, enterprise, by, now)
    except (NotFound, OwnEnterprise):
        return False
    return True
