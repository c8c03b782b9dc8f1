import re

import pytest
from django.test import Client

from market.accounts.models import ApiKey
from market.enterprises.models import Invitation, Member
from tests.builders import make_enterprise, make_member, make_user
from tests.market.portal.people import read, send, staff_of

pytestmark = pytest.mark.django_db


def test_invited_person_joins_by_the_link_shown_once() -> None:
    enterprise = make_enterprise()
    owner = staff_of(enterprise)
    page = send(owner, "staff/", {"address": "new@example.org", "role": "warehouse"}, status=200)
    match = re.search(r"(/en/sell/join/[^/<\s]+/)", page)
    assert match is not None
    person = Client()
    person.force_login(make_user("new@example.org"))

    assert match.group(1) not in read(owner, "staff/")
    assert enterprise.name_en in read(person, match.group(1))
    send(person, match.group(1), {})

    read(person, "orders/")
    send(person, match.group(1), {}, status=409)
    assert Member.objects.count() == 2


def test_who_is_not_signed_in_reads_on_the_way_what_the_invitation_is() -> None:
    enterprise = make_enterprise()
    page = send(staff_of(enterprise), "staff/", {"address": "new@example.org", "role": "warehouse"}, status=200)
    match = re.search(r"(/en/sell/join/[^/<\s]+/)", page)
    assert match is not None
    stranger = Client()

    sign_in = stranger.get(match.group(1), follow=True)
    sign_up = stranger.get("/en/accounts/signup/", {"next": match.group(1)})

    for answer in (sign_in, sign_up):
        words = answer.content.decode()
        assert enterprise.name_en in words
        assert "n…@example.org" in words
        assert "new@example.org" not in words


@pytest.mark.parametrize("place", ["/en/sell/join/never-was/", "/en/account/", "nowhere"])
def test_sign_in_on_the_way_elsewhere_says_nothing_of_invitations(place: str) -> None:
    assert "You are invited" not in Client().get("/en/accounts/login/", {"next": place}).content.decode()


def test_link_shown_to_somebody_else_opens_nothing() -> None:
    enterprise = make_enterprise()
    page = send(staff_of(enterprise), "staff/", {"address": "new@example.org", "role": "owner"}, status=200)
    match = re.search(r"(/en/sell/join/[^/<\s]+/)", page)
    assert match is not None
    other = Client()
    other.force_login(make_user("other@example.org"))

    refused = send(other, match.group(1), {}, status=403)

    assert "n…@example.org" in refused
    assert "new@example.org" not in refused
    read(other, "orders/", status=404)


def test_last_owner_cannot_be_removed_on_the_page_either() -> None:
    enterprise = make_enterprise()
    owner = staff_of(enterprise)
    member = Member.objects.get()

    send(owner, f"staff/{member.pk}/remove/", {})

    assert "An enterprise needs an owner." in read(owner, "staff/")
    assert Member.objects.count() == 1


def test_removed_person_is_out_at_once_with_their_keys() -> None:
    enterprise = make_enterprise()
    owner, leaver = staff_of(enterprise), staff_of(enterprise, "warehouse")
    made = send(leaver, "keys/", {"name": "scales", "scopes": ["stock:write", "orders:read"]}, status=200)
    match = re.search(r'class="secret">([^<]+)<', made)
    assert match is not None
    headers = {"Authorization": f"Bearer {match.group(1)}"}
    assert Client().get("/api/v1/seller/orders", headers=headers).status_code == 200

    send(owner, f"staff/{Member.objects.get(role='warehouse').pk}/remove/", {})

    read(leaver, "stock/", status=404)
    assert Client().get("/api/v1/seller/orders", headers=headers).status_code == 403


def test_withdrawn_invitation_is_gone() -> None:
    enterprise = make_enterprise()
    owner = staff_of(enterprise)
    send(owner, "staff/", {"address": "138 0013 8000", "role": "sales"}, status=200)
    invitation = Invitation.objects.get()

    send(staff_of(make_enterprise()), f"staff/invitations/{invitation.pk}/withdraw/", {}, status=404)
    send(owner, f"staff/invitations/{invitation.pk}/withdraw/", {})

    assert "+8613800138000" not in read(owner, "staff/")


def test_key_is_shown_once_used_and_revoked() -> None:
    enterprise = make_enterprise()
    owner = staff_of(enterprise)
    made = send(owner, "keys/", {"name": "scales", "scopes": ["orders:read"]}, status=200)
    match = re.search(r'class="secret">([^<]+)<', made)
    assert match is not None
    secret = match.group(1)
    headers = {"Authorization": f"Bearer {secret}"}

    assert secret not in read(owner, "keys/")
    assert "never" in read(owner, "keys/")
    assert Client().get("/api/v1/seller/orders", headers=headers).status_code == 200
    assert ">never<" not in read(owner, "keys/")
    send(owner, f"keys/{ApiKey.objects.get().pk}/revoke/", {})

    assert Client().get("/api/v1/seller/orders", headers=headers).status_code == 401
    assert "revoked" in read(owner, "keys/")


def test_role_limits_the_scopes_one_can_give_away() -> None:
    enterprise = make_enterprise()
    sales, viewer = staff_of(enterprise, "sales"), staff_of(enterprise, "viewer")

    send(sales, "keys/", {"name": "k", "scopes": ["stock:write"]}, status=422)
    send(viewer, "keys/", {"name": "k", "scopes": ["orders:read"]}, status=422)

    assert not ApiKey.objects.exists()
    assert 'name="scopes"' not in read(viewer, "keys/")


def test_keys_of_others_are_seen_and_revoked_by_an_owner_only() -> None:
    enterprise = make_enterprise()
    owner, sales, other = staff_of(enterprise), staff_of(enterprise, "sales"), staff_of(make_enterprise())
    send(owner, "keys/", {"name": "of-the-owner", "scopes": ["orders:read"]}, status=200)
    key = ApiKey.objects.get()

    assert "of-the-owner" not in read(sales, "keys/")
    for client in (sales, other):
        send(client, f"keys/{key.pk}/revoke/", {}, status=404)
    assert ApiKey.objects.get().revoked_at is None
    send(sales, "keys/", {"name": "of-sales", "scopes": ["orders:read"]}, status=200)
    assert "of-sales" in read(owner, "keys/")
    send(owner, f"keys/{ApiKey.objects.get(name='of-sales').pk}/revoke/", {})
    assert ApiKey.objects.get(name="of-sales").revoked_at is not None


def test_secret_pages_are_not_kept_by_browsers() -> None:
    enterprise = make_enterprise()
    owner = Client()
    owner.force_login(make_member(enterprise))

    for path in ("keys/", "staff/"):
        assert owner.get(f"/en/sell/{path}")["Cache-Control"] == "no-store"
