"""A named officer records who owns a seller. Without a finding the owners are unknown, and the rules treat it so."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from market.accounts.models import User
from market.common.audit.record import record_act
from market.common.errors import InvalidInput
from market.compliance.errors import NotComplianceOfficer
from market.compliance.models import OwnershipFinding
from market.enterprises.models import Enterprise
from market.enterprises.queries import in_reach

LONGEST_YEARS = 2


def find_ownership(
    enterprise: Enterprise, result: str, *, evidence: str, valid_until: date, by: User, now: datetime
) -> OwnershipFinding:
    """Adds a finding and an audit entry; older findings stay as they were.

    Raises NotComplianceOfficer without a compliance post over this enterprise, or for its own staff; InvalidInput for
    an unknown result, no evidence, or a validity that is past or longer than two years.
    """
    own = enterprise.members.filter(user=by).exists()
    if own or not in_reach(by, now, role="compliance").filter(pk=enterprise.pk).exists():
        raise NotComplianceOfficer()
    today = timezone.localdate(now)
    fields = {}
    if result not in OwnershipFinding.Result.values:
        fields["result"] = _("choose one of the results")
    if not evidence.strip():
        fields["evidence"] = _("name the papers this rests on")
    if not today <= valid_until <= date(today.year + LONGEST_YEARS, 12, 31):
        fields["valid_until"] = _("a day from today on, within two years")
    if fields:
        raise InvalidInput(fields=fields)
    with transaction.atomic():
        finding = OwnershipFinding.objects.create(
            enterprise=enterprise,
            result=result,
            evidence=evidence.strip(),
            valid_until=valid_until,
            found_by=by,
            found_at=now,
        )
        record_act(
            actor=by,
            action="ownership.found",
            subject_kind="enterprise",
            subject_id=enterprise.number,
            now=now,
            result=result,
            evidence=evidence.strip(),
        )
    return finding
