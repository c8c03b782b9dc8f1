"""A named officer opens or closes a destination."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from market.accounts.models import User
from market.accounts.queries import posts_of
from market.common.audit.record import record_act
from market.common.countries import is_country
from market.common.errors import InvalidInput
from market.common.outbox.record import record_event
from market.compliance.errors import NotComplianceOfficer
from market.compliance.models import DestinationPolicy


def set_destination(
    country: str, status: str, *, reason: str, by: User, now: datetime, hs_prefixes: Sequence[str] | None = None
) -> DestinationPolicy:
    """Writes the policy, an audit entry and an event: search finds goods by where they may go. `hs_prefixes` (digits)
    limit an opening to these goods, empty: all goods; None leaves the limits as they are.

    Raises NotComplianceOfficer, InvalidInput (no reason, bad country, a prefix that is none).
    """
    if not posts_of(by, now, role="compliance").exists():
        raise NotComplianceOfficer()
    if not reason.strip():
        raise InvalidInput(fields={"reason": _("a reason is needed")})
    if len(country) != 2 or not country.isalpha() or not country.isupper():
        raise InvalidInput(fields={"country": _("two capital letters, such as KZ")})
    if not is_country(country):
        raise InvalidInput(fields={"country": _("no country has this code (ISO 3166-1)")})
    if not all(prefix.isdigit() and 2 <= len(prefix) <= 10 for prefix in hs_prefixes or ()):
        raise InvalidInput(fields={"hs_prefixes": _("2 to 10 digits without dots, such as 0813")})
    scope = {} if hs_prefixes is None else {"hs_prefixes": list(hs_prefixes)}
    with transaction.atomic():
        policy, _created = DestinationPolicy.objects.update_or_create(
            country=country, defaults={"status": status, "reason": reason, "changed_by": by, "changed_at": now} | scope
        )
        record_act(
            actor=by,
            action=f"destination.{status}",
            subject_kind="destination",
            subject_id=country,
            now=now,
            reason=reason,
            hs_prefixes=policy.hs_prefixes,
        )
        record_event("destination.changed", policy.pk, now=now)
    return policy
