"""Who may decide a step: reviewers with a post in its very unit, nobody who works for the enterprise."""

from dataclasses import dataclass
from datetime import datetime

from market.accounts.models import Post, User
from market.accounts.queries import holders_of, posts_of
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
    """Raises NotFound where they hold no such post, OwnEnterprise where they may not decide about this enterprise."""
    if unit is None or not posts_of(by, now, Post.Role.REVIEWER).filter(unit=unit).exists():
        raise NotFound()
    if enterprise.members.filter(user=by).exists():
        raise OwnEnterprise()
    return Acting(by)


def deciders(step: Step, enterprise: Enterprise, now: datetime) -> list[User]:
    """Everybody who may decide it now."""
    holders = holders_of(step.unit, Post.Role.REVIEWER, now) if step.unit else []
    staff = set(enterprise.members.values_list("user_id", flat=True))
    return [user for user in holders if user.pk not in staff]


def may_decide(unit: OrgUnit | None, enterprise: Enterprise, by: User, now: datetime) -> bool:
    try:
        acting_in(unit, enterprise, by, now)
    except (NotFound, OwnEnterprise):
        return False
    return True
