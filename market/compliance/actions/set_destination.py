"""A named officer opens or closes a destination."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from market.accounts.models import User
from market.accounts.queries import posts_of
from market.common.audit.record import record_act
from market.common.errors import InvalidInput
from market.compliance.errors import NotComplianceOfficer
from market.compliance.models import DestinationPolicy


def set_destination(country: str, status: str, *, reason: str, by: User, now: datetime) -> DestinationPolicy:
    """Writes the policy and an audit entry. Raises NotComplianceOfficer, InvalidInput (no reason, bad country)."""
    if not posts_of(by, now, role="compliance").exists():
        raise NotComplianceOfficer()
    if not reason.strip():
        raise InvalidInput(fields={"reason": _("a reason is needed")})
    if len(country) != 2 or not country.isalpha() or not country.isupper():
        raise InvalidInput(fields={"country": _("two capital letters, such as KZ")})
    with transaction.atomic():
        policy, _created = DestinationPolicy.objects.update_or_create(
            country=country, defaults={"status": status, "reason": reason, "changed_by": by, "changed_at": now}
        )
        record_act(
            actor=by,
            action=f"destination.{status}",
            subject_kind="destination",
            subject_id=country,
            now=now,
            reason=reason,
        )
    return policy
