from datetime import timedelta

import pytest

from market.accounts.models import User
from market.common.audit.models import AuditEntry
from market.common.errors import InvalidInput, NotAllowed, NotFound
from market.enterprises.actions.staff import (
    accept_invitation,
    change_role,
    invite_member,
    remove_member,
    withdraw_invitation,
)
from market.enterprises.errors import InvitationOfAnother, InvitationOver, LastOwner
from market.enterprises.models import Invitation, Member
from tests.builders import NOW, make_enterprise, make_member, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "fields"),
    [("New@Example.org ", {"email": "new@example.org"}), ("138 0013 8000", {"phone": "+8613800138000"})],
)
def test_invited_by_email_or_mobile_joins_once(typed: str, fields: dict[str, str]) -> None:
    owner = make_member(make_enterprise())
    enterprise = owner.memberships.get().enterprise
    _invitation, secret = invite_member(enterprise, typed, role="warehouse", by=owner, now=NOW)
    person = User.objects.create(**fields)

    member = accept_invitation(secret, by=person, now=NOW)

    assert (member.enterprise, member.role) == (enterprise, "warehouse")
    with pytest.raises(InvitationOver):
        accept_invitation(secret, by=person, now=NOW)
    assert secret not in str(list(Invitation.objects.values()))
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "member.invited",
        "member.joined",
    ]


def test_forwarded_link_lets_nobody_else_in() -> None:
    enterprise = make_enterprise()
    _invitation, secret = invite_member(enterprise, "a@example.org", role="owner", by=make_member(enterprise), now=NOW)

    with pytest.raises(InvitationOfAnother) as refused:
        accept_invitation(secret, by=make_user("b@example.org"), now=NOW)

    assert refused.value.details == {"address": "a…@example.org"}
    assert enterprise.members.count() == 1


def test_late_withdrawn_and_forged_links_are_over() -> None:
    enterprise, person = make_enterprise(), make_user("a@example.org")
    owner = make_member(enterprise)
    _late, late = invite_member(enterprise, "a@example.org", role="sales", by=owner, now=NOW)
    other, withdrawn = invite_member(enterprise, "a@example.org", role="sales", by=owner, now=NOW)
    withdraw_invitation(other, by=owner, now=NOW)

    for secret, now in ((late, NOW + timedelta(days=7)), (withdrawn, NOW), ("forged", NOW)):
        with pytest.raises(InvitationOver):
            accept_invitation(secret, by=person, now=now)

    assert enterprise.members.count() == 1


@pytest.mark.parametrize("role", ["sales", "warehouse", "finance", "viewer"])
def test_only_an_owner_changes_the_staff(role: str) -> None:
    enterprise = make_enterprise()
    owner, person = make_member(enterprise), make_member(enterprise, role)
    row = Member.objects.get(user=owner)

    with pytest.raises(NotAllowed):
        invite_member(enterprise, "a@example.org", role="owner", by=person, now=NOW)
    with pytest.raises(NotAllowed):
        remove_member(row, by=person, now=NOW)
    with pytest.raises(NotAllowed):
        change_role(Member.objects.get(user=person), "owner", by=person, now=NOW)

    assert not Invitation.objects.exists()
    assert dict(Member.objects.values_list("user_id", "role")) == {owner.pk: "owner", person.pk: role}


def test_owner_of_another_enterprise_finds_nothing() -> None:
    mine, stranger = make_enterprise(), make_member(make_enterprise())
    make_member(mine)

    with pytest.raises(NotFound):
        remove_member(mine.members.get(), by=stranger, now=NOW)

    assert mine.members.count() == 1


def test_the_last_owner_stays_until_there_is_another() -> None:
    enterprise = make_enterprise()
    owner, second = make_member(enterprise), make_member(enterprise, "sales")
    row = Member.objects.get(user=owner)

    with pytest.raises(LastOwner):
        remove_member(row, by=owner, now=NOW)
    with pytest.raises(LastOwner):
        change_role(row, "viewer", by=owner, now=NOW)
    change_role(Member.objects.get(user=second), "owner", by=owner, now=NOW)
    remove_member(row, by=owner, now=NOW)

    assert list(enterprise.members.values_list("user_id", "role")) == [(second.pk, "owner")]
    with pytest.raises(LastOwner):
        remove_member(enterprise.members.get(), by=second, now=NOW)


@pytest.mark.parametrize("typed", ["", "@", "a@b", "12345", "138001380001"])
def test_addresses_that_cannot_be_are_refused(typed: str) -> None:
    enterprise = make_enterprise()

    with pytest.raises(InvalidInput):
        invite_member(enterprise, typed, role="sales", by=make_member(enterprise), now=NOW)

    assert not Invitation.objects.exists()


def test_somebody_on_the_staff_is_not_invited_again() -> None:
    enterprise = make_enterprise()
    owner = make_member(enterprise)

    with pytest.raises(InvalidInput):
        invite_member(enterprise, str(owner.email), role="sales", by=owner, now=NOW)

    assert not Invitation.objects.exists()
