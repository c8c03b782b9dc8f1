"""The firm's own data, saved section by section."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from market.accounts.models import User
from market.accounts.phones import normal_phone
from market.common.audit.record import record_act
from market.common.errors import InvalidInput, NotAllowed, NotFound
from market.enterprises.errors import DataLocked
from market.enterprises.models import Enterprise
from market.enterprises.queries import member_of
from market.enterprises.roles import Right, may
from market.enterprises.sections import SECTIONS


def edit_details(
    enterprise: Enterprise, section: str, values: Mapping[str, str], *, by: User, now: datetime
) -> Enterprise:
    """Writes the section's fields and an entry in the log (names of fields, never an account number).

    Raises NotFound for strangers and unknown sections, NotAllowed, DataLocked in the wrong state, InvalidInput.
    """
    found = SECTIONS.get(section)
    member = member_of(by, enterprise)
    if found is None or member is None:
        raise NotFound()
    if not may(member.role, Right.ENTERPRISE):
        raise NotAllowed()
    clean = {name: values.get(name, "").strip() for name in found.fields}
    _check(clean)
    with transaction.atomic():
        row = Enterprise.objects.select_for_update(of=("self",)).get(pk=enterprise.pk)
        if row.state not in found.editable_in:
            raise DataLocked()
        changed = [name for name, value in clean.items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, clean[name])
        if changed:
            row.save(update_fields=changed)
            record_act(
                actor=by,
                action="enterprise.edited",
                subject_kind="enterprise",
                subject_id=row.number,
                now=now,
                fields=changed,
            )
    return row


def _check(values: dict[str, str]) -> None:
    """Normalises what people type in many ways; mutates `values`."""
    fields = {}
    if "name_zh" in values and not values["name_zh"]:
        fields["name_zh"] = _("the legal name in Chinese is needed")
    phone = values.get("contact_phone", "")
    if phone:
        values["contact_phone"] = normal_phone(phone) or phone
        if sum(sign.isdigit() for sign in phone) < 7:
            fields["contact_phone"] = _("at least 7 digits, such as 138 0013 8000 or 0991-1234567")
    account = "".join(values.get("bank_account", "").split())
    if account:
        values["bank_account"] = account
        if not (account.isalnum() and account.isascii() and 8 <= len(account) <= 34):
            fields["bank_account"] = _("8 to 34 digits or letters, as it stands on the bank's letter")
        if "bank_name" in values and not values["bank_name"]:
            fields["bank_name"] = _("name the bank of this account")
    if fields:
        raise InvalidInput(fields=fields)
