"""Staff come and go: invited by address, joined by the link, given another role, removed. Each step is in the log."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from market.accounts.models import User
from market.accounts.phones import normal_phone
from market.common.audit.record import record_act
from market.common.errors import InvalidInput, NotAllowed, NotFound
from market.common.ids import digest, new_secret
from market.common.languages import active_language
from market.common.outbox.record import record_event
from market.common.sealing import seal
from market.enterprises.errors import InvitationOfAnother, InvitationOver, LastOwner
from market.enterprises.models import Enterprise, Invitation, Member
from market.enterprises.queries import member_of
from market.enterprises.roles import Right, may

LASTS = timedelta(days=7)
OWNER = Member.Role.OWNER


def invite_member(
    enterprise: Enterprise, address: str, *, role: str, by: User, now: datetime
) -> tuple[Invitation, str]:
    """The invitation and the secret of its link, shown this once; an email address gets the link by mail as well.
    Whether the address has an account is not told.

    Raises NotAllowed, InvalidInput for an address or role that cannot be.
    """
    _ask_right(enterprise, by)
    email, phone = _read_address(address)
    if role not in Member.Role.values:
        raise InvalidInput(fields={"role": _("choose a role")})
    if enterprise.members.filter(**({"user__email": email} if email else {"user__phone": phone})).exists():
        raise InvalidInput(fields={"address": _("this person is on your staff already")})
    secret = new_secret()
    with transaction.atomic():
        invitation = Invitation.objects.create(
            enterprise=enterprise,
            email=email,
            phone=phone,
            role=role,
            secret_digest=digest(secret),
            invited_by=by,
            created_at=now,
        )
        _note("member.invited", enterprise, by, now, who=invitation.hidden_address, role=role)
        if email:
            sealed = seal(secret.encode()).decode()
            record_event("member.invited", invitation.pk, now=now, sealed=sealed, language=active_language())
    return invitation, secret


def find_invitation(secret: str, *, now: datetime) -> Invitation:
    """Raises InvitationOver also for a secret that never was: a stranger learns nothing."""
    found = Invitation.objects.select_related("enterprise").filter(secret_digest=digest(secret)).first()
    if found is None or found.ended_at is not None or found.created_at + LASTS <= now:
        raise InvitationOver()
    return found


def accept_invitation(secret: str, *, by: User, now: datetime) -> Member:
    """Link and address must both be the person's: a forwarded link lets nobody else in. Once."""
    invitation = find_invitation(secret, now=now)
    own = (by.email or "").lower() if invitation.email else by.phone
    if own != invitation.address:
        raise InvitationOfAnother(address=invitation.hidden_address)
    with transaction.atomic():
        if not Invitation.objects.filter(pk=invitation.pk, ended_at__isnull=True).update(ended_at=now):
            raise InvitationOver()
        member, _created = Member.objects.get_or_create(
            enterprise=invitation.enterprise, user=by, defaults={"role": invitation.role}
        )
        _note("member.joined", invitation.enterprise, by, now, role=member.role)
    return member


def withdraw_invitation(invitation: Invitation, *, by: User, now: datetime) -> None:
    _ask_right(invitation.enterprise, by)
    with transaction.atomic():
        if Invitation.objects.filter(pk=invitation.pk, ended_at__isnull=True).update(ended_at=now):
            _note("member.uninvited", invitation.enterprise, by, now, who=invitation.hidden_address)


def change_role(member: Member, role: str, *, by: User, now: datetime) -> Member:
    """Raises LastOwner when nobody would be owner any more."""
    _ask_right(member.enterprise, by)
    if role not in Member.Role.values:
        raise InvalidInput(fields={"role": _("choose a role")})
    with transaction.atomic():
        row = _locked(member)
        if row.role == OWNER and role != OWNER:
            _keep_an_owner(row)
        if row.role != role:
            _note("member.role", row.enterprise, by, now, who=str(row.user), before=row.role, after=role)
            row.role = role
            row.save(update_fields=["role"])
    return row


def remove_member(member: Member, *, by: User, now: datetime) -> None:
    """At once: pages and keys look at membership each time. Raises LastOwner."""
    _ask_right(member.enterprise, by)
    with transaction.atomic():
        row = _locked(member)
        if row.role == OWNER:
            _keep_an_owner(row)
        _note("member.removed", row.enterprise, by, now, who=str(row.user), role=row.role)
        row.delete()


def _locked(member: Member) -> Member:
    """Under the enterprise's row lock, so that two owners cannot remove each other at once."""
    Enterprise.objects.select_for_update(of=("self",)).get(pk=member.enterprise_id)
    row = Member.objects.select_related("enterprise", "user").filter(pk=member.pk).first()
    if row is None:
        raise NotFound()
    return row


def _keep_an_owner(member: Member) -> None:
    if not Member.objects.filter(enterprise=member.enterprise, role=OWNER).exclude(pk=member.pk).exists():
        raise LastOwner()


def _ask_right(enterprise: Enterprise, by: User) -> None:
    member = member_of(by, enterprise)
    if member is None:
        raise NotFound()
    if not may(member.role, Right.PEOPLE):
        raise NotAllowed()


def _read_address(typed: str) -> tuple[str, str]:
    if "@" in typed:
        email = typed.strip().lower()
        try:
            validate_email(email)
        except ValidationError as error:
            raise InvalidInput(fields={"address": _("an email address looks like name@example.com")}) from error
        return email, ""
    phone = normal_phone(typed)
    if not phone:
        raise InvalidInput(fields={"address": _("an email address, or a mobile number of 11 digits")})
    return "", phone


def _note(action: str, enterprise: Enterprise, by: User, now: datetime, **details: str) -> None:
    record_act(actor=by, action=action, subject_kind="enterprise", subject_id=enterprise.number, now=now, **details)
