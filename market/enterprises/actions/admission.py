"""Admission: a firm hands in, an officer of its regiment decides. Each step leaves an event and an audit entry."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from market.accounts.models import User
from market.common.audit.record import record_act
from market.common.errors import InvalidInput, NotAllowed, NotFound
from market.common.ids import new_number
from market.common.outbox.record import record_event
from market.common.plain_text import plain_code
from market.common.states import check_move
from market.enterprises.items import ITEMS, prints_of
from market.enterprises.models import AdmissionEvent, Enterprise, Member
from market.enterprises.queries import member_of, reviews
from market.enterprises.roles import Right, may
from market.enterprises.sections import missing_for_admission
from market.enterprises.states import MOVES, needs_reason
from market.regions.models import OrgUnit

S = Enterprise.State


def register_enterprise(*, credit_code: str, name_zh: str, unit: OrgUnit, by: User, now: datetime) -> Enterprise:
    """A draft with its first owner. One enterprise per unified social credit code; raises InvalidInput."""
    code = new_credit_code(credit_code)
    try:
        with transaction.atomic():
            enterprise = Enterprise.objects.create(
                number=new_number("E", now, 6), credit_code=code, name_zh=name_zh, unit=unit, created_at=now
            )
            Member.objects.create(enterprise=enterprise, user=by, role=Member.Role.OWNER)
    except IntegrityError as error:
        raise InvalidInput(fields={"credit_code": _("an enterprise with this code is registered already")}) from error
    return enterprise


def new_credit_code(typed: str) -> str:
    """As it is stored; raises InvalidInput when it is none (GB 32100) or is somebody's."""
    try:
        code = str(uscc.validate(plain_code(typed)))
    except ValidationError as error:
        raise InvalidInput(
            fields={"credit_code": _("18 characters with a check digit, such as 91110000600037341L")}
        ) from error
    if Enterprise.objects.filter(credit_code=code).exists():
        raise InvalidInput(fields={"credit_code": _("an enterprise with this code is registered already")})
    return code


def submit_admission(enterprise: Enterprise, *, by: User, now: datetime) -> Enterprise:
    """By a member who may; the same enterprise keeps its number when it comes again after a return."""
    member = member_of(by, enterprise)
    if member is None:
        raise NotFound()
    if not may(member.role, Right.ENTERPRISE):
        raise NotAllowed()
    missing = missing_for_admission(enterprise)
    if missing:
        raise InvalidInput(fields={name: _("this is needed for admission") for name in missing})
    return _move(enterprise, S.SUBMITTED, by=by, reason="", now=now, items=prints_of(enterprise))


def decide_admission(
    enterprise: Enterprise,
    to: str,
    *,
    by: User,
    reason: str = "",
    items: Mapping[str, str] | None = None,
    now: datetime,
) -> Enterprise:
    """Under review, returned, rejected, approved, suspended or approved again, by a reviewer whose subtree holds the
    enterprise. `items` of a return: what to correct (a name of ITEMS) and why; then the general reason may be empty.

    Raises NotFound for other officers, NotAllowed for one's own enterprise, InvalidInput without a needed reason.
    """
    if not reviews(by, enterprise, now):
        raise NotFound()
    if enterprise.members.filter(user=by).exists():
        raise NotAllowed()
    if to == S.SUBMITTED:
        raise NotAllowed()
    remarks = _remarks(to, items or {})
    return _move(enterprise, to, by=by, reason=reason.strip(), now=now, items=remarks)


def _remarks(to: str, items: Mapping[str, str]) -> list[dict[str, str]]:
    """Only a return speaks of single items. Blank ones are left out; unknown names are refused."""
    if not set(items) <= set(ITEMS):
        raise InvalidInput(fields={"items": ", ".join(sorted(set(items) - set(ITEMS)))})
    given = {name: items[name].strip() for name in ITEMS if items.get(name, "").strip()}
    if given and to != S.RETURNED:
        raise InvalidInput(fields={"items": _("single items are corrected by returning the application")})
    return [{"item": name, "reason": reason} for name, reason in given.items()]


def _move(
    enterprise: Enterprise,
    to: str,
    *,
    by: User,
    reason: str,
    now: datetime,
    items: list[dict[str, str]],
) -> Enterprise:
    with transaction.atomic():
        row = Enterprise.objects.select_for_update(of=("self",)).get(pk=enterprise.pk)
        check_move(MOVES, row.state, to)
        if needs_reason(row.state, to) and not reason and not items:
            raise InvalidInput(fields={"reason": _("say what has to be corrected, or why")})
        AdmissionEvent.objects.create(
            enterprise=row, from_state=row.state, to_state=to, by=by, reason=reason, items=items, at=now
        )
        record_act(
            actor=by,
            action=f"enterprise.{to}",
            subject_kind="enterprise",
            subject_id=row.number,
            now=now,
            **_told(to, reason, items),
        )
        row.state = to
        if to == S.SUBMITTED:
            row.submitted_at = now
        else:
            row.decided_at = now
        row.save(update_fields=["state", "submitted_at", "decided_at"])
        if to in (S.APPROVED, S.SUSPENDED):
            record_event("enterprise.changed", row.pk, now=now, state=to)
    enterprise.state = row.state
    return row


def _told(to: str, reason: str, items: list[dict[str, str]]) -> dict[str, Any]:
    return {"reason": reason, "items": items} if to == S.RETURNED and items else {"reason": reason}
