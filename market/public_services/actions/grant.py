"""Budgets of services and grants out of them: Σ grants ≤ budget, held by one conditional UPDATE."""

from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F, Value
from django.utils.translation import gettext as _

from market.accounts.models import User
from market.common.audit.record import record_act
from market.common.errors import InvalidInput, NotFound
from market.common.fields import AmountField
from market.common.quantity import plain
from market.public_services.actions.define_service import defines
from market.public_services.errors import BudgetSpent
from market.public_services.models import Application, Grant, Scheme, ServiceItem


def set_budget(item: ServiceItem, *, budget: Decimal, cap: Decimal | None, by: User, now: datetime) -> Scheme:
    """The first time or anew, never below what is granted already. Raises NotFound, InvalidInput (`budget`)."""
    if not defines(by, item.unit, now):
        raise NotFound()
    try:
        with transaction.atomic():
            scheme, _new = Scheme.objects.get_or_create(item=item, defaults={"budget": budget, "cap": cap})
            Scheme.objects.filter(pk=scheme.pk).update(budget=budget, cap=cap)
            record_act(
                actor=by,
                action="service.budget",
                subject_kind="service",
                subject_id=item.slug,
                now=now,
                budget=plain(budget),
                cap=plain(cap) if cap else "",
            )
    except IntegrityError as error:
        raise InvalidInput(fields={"budget": _("less than what has been granted already")}) from error
    scheme.refresh_from_db()
    return scheme


def set_apart(row: Application, now: datetime) -> None:
    """For the last approval: what was asked for, at most the cap. Nothing for a service without a budget, or where no
    sum was asked for. Raises BudgetSpent; the caller's transaction undoes the approval."""
    scheme = Scheme.objects.filter(item=row.version.item_id).first()
    if scheme is None or not row.amount:
        return
    amount = min(row.amount, scheme.cap) if scheme.cap else row.amount
    value = Value(amount, output_field=AmountField())
    fits = Scheme.objects.filter(pk=scheme.pk, granted__lte=F("budget") - value)
    if not fits.update(granted=F("granted") + value):
        scheme.refresh_from_db()
        raise BudgetSpent(left=plain(scheme.budget - scheme.granted), wanted=plain(amount))
    Grant.objects.create(application=row, scheme=scheme, amount=amount, granted_at=now)


def give_back(row: Application, now: datetime) -> None:
    """What was set apart for it is free for others again; a second time changes nothing."""
    grant = Grant.objects.filter(application=row, released_at=None, paid_at=None).first()
    if grant and Grant.objects.filter(pk=grant.pk, released_at=None, paid_at=None).update(released_at=now):
        Scheme.objects.filter(pk=grant.scheme_id).update(
            granted=F("granted") - Value(grant.amount, output_field=AmountField())
        )


def mark_paid(row: Application, now: datetime) -> None:
    Grant.objects.filter(application=row, released_at=None, paid_at=None).update(paid_at=now)
