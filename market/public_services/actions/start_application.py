"""An enterprise begins an application: a draft with what the house knows already."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from market.accounts.models import User
from market.common.errors import InvalidInput, NotAllowed, NotFound
from market.common.ids import new_number
from market.enterprises.models import Enterprise
from market.enterprises.queries import member_of
from market.enterprises.roles import Right, may
from market.public_services.answers import known_answers
from market.public_services.errors import NotMeantFor
from market.public_services.models import Application, ServiceItem
from market.public_services.queries import version_in_force
from market.public_services.states import State


def check_applicant(enterprise: Enterprise, by: User) -> None:
    """Raises NotFound for strangers, NotAllowed for staff without the right."""
    member = member_of(by, enterprise)
    if member is None:
        raise NotFound()
    if not may(member.role, Right.ENTERPRISE):
        raise NotAllowed()


def check_is_meant(item: ServiceItem, enterprise: Enterprise) -> None:
    """Raises NotMeantFor: closed, an enterprise that is not admitted, or not of the office's area."""
    is_there = enterprise.is_selling and enterprise.unit.path.startswith(item.unit.path)
    if item.closed_at is not None or not is_there:
        raise NotMeantFor()


def start_application(
    item: ServiceItem, enterprise: Enterprise, *, eligibility: Mapping[str, str], by: User, now: datetime
) -> Application:
    """The draft that is there already, or a new one of the version in force.

    Raises NotFound, NotAllowed, NotMeantFor, InvalidInput: a question answered so that the service is not for it (by
    its code).
    """
    check_applicant(enterprise, by)
    version = version_in_force(item)
    if version is None:
        raise NotFound()
    check_is_meant(item, enterprise)
    wrong = {one.code: str(one.why) for one in version.questions if eligibility.get(one.code) != one.wanted}
    if wrong:
        raise InvalidInput(fields=wrong)
    with transaction.atomic():
        drafts = Application.objects.for_enterprise(enterprise.pk).filter(version__item=item, state=State.DRAFT)
        if draft := drafts.order_by("pk").first():
            return draft
        return Application.objects.create(
            number=new_number("D", now),
            version=version,
            enterprise=enterprise,
            eligibility={one.code: one.wanted for one in version.questions},
            answers=known_answers(version.fields, enterprise),
            created_by=by,
            created_at=now,
        )
