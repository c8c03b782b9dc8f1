"""A mobile number confirmed at sign-up and changed later, as a browser does it."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from market.accounts.models import User
from market.common.clock import read_clock
from tests.sms import codes_in

pytestmark = pytest.mark.django_db
VERIFY, CHANGE = "/en/accounts/phone/verify/", "/en/accounts/phone/change/"


@pytest.fixture(autouse=True)
def _short_messages_in_a_folder_of_this_test(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def member(client: Client) -> Client:
    user = User.objects.create_user(phone="+8613800138000", password="jujube-and-walnut-9", phone_verified=True)
    client.post("/en/accounts/login/", {"login": str(user.phone), "password": "jujube-and-walnut-9"})
    return client


def phone() -> tuple[str | None, bool]:
    user = User.objects.get()
    return user.phone, user.phone_verified


def test_the_new_number_holds_once_its_code_is_entered(member: Client, tmp_path: Path) -> None:
    assert "138 0013 8000" in member.get(CHANGE).content.decode()

    member.post(CHANGE, {"phone": "139 0013 9000"})
    ((number, code),) = codes_in(tmp_path)
    assert number == "+8613900139000"
    assert phone() == ("+8613800138000", True)
    member.post(VERIFY, {"code": code})

    assert phone() == ("+8613900139000", True)


def test_a_wrong_code_changes_nothing_and_three_end_it_with_a_word(member: Client) -> None:
    member.post(CHANGE, {"phone": "13900139000"})

    first = member.post(VERIFY, {"code": "nope"})
    member.post(VERIFY, {"code": "nope"})
    third = member.post(VERIFY, {"code": "nope"}, follow=True)

    assert first.status_code == 200
    assert "field-bad" in first.content.decode()
    assert "the number is unchanged" in third.content.decode()
    assert phone() == ("+8613800138000", True)


def test_an_expired_code_changes_nothing_and_says_so(member: Client, tmp_path: Path) -> None:
    member.post(CHANGE, {"phone": "13900139000"})

    with time_machine.travel(read_clock() + timedelta(minutes=16)):
        late = member.post(VERIFY, {"code": codes_in(tmp_path)[0][1]}, follow=True)

    assert "the number is unchanged" in late.content.decode()
    assert phone() == ("+8613800138000", True)


def test_a_number_of_somebody_else_stays_theirs(member: Client, tmp_path: Path) -> None:
    other = User.objects.create_user(phone="+8613900139000", password="jujube-and-walnut-9")

    member.post(CHANGE, {"phone": "13900139000"})
    for _number, code in codes_in(tmp_path):
        member.post(VERIFY, {"code": code})

    other.refresh_from_db()
    assert other.phone == "+8613900139000"
    assert User.objects.exclude(pk=other.pk).get().phone == "+8613800138000"


def test_a_mistyped_number_can_be_typed_again_at_once(member: Client) -> None:
    assert member.post(CHANGE, {"phone": "1390"}).status_code == 200

    assert member.post(CHANGE, {"phone": "13900139000"}).status_code == 302


def test_at_sign_up_a_new_code_is_sent_and_the_number_corrected(client: Client, tmp_path: Path) -> None:
    client.post("/en/accounts/signup/", {"phone": "13800138000", "password1": "jujube-and-walnut-9"})
    page = client.get(VERIFY).content.decode()
    assert "Send a new code" in page
    assert "The number is wrong" in page

    client.post(VERIFY, {"action": "change", "phone": "13900139000"})
    number, code = codes_in(tmp_path)[-1]
    client.post(VERIFY, {"code": code})

    assert number == "+8613900139000"
    assert phone() == ("+8613900139000", True)


def test_at_sign_up_an_expired_code_leads_to_the_entry_with_a_word(client: Client, tmp_path: Path) -> None:
    client.post("/en/accounts/signup/", {"phone": "13800138000", "password1": "jujube-and-walnut-9"})
    client.get(VERIFY)

    with time_machine.travel(read_clock() + timedelta(minutes=16)):
        late = client.post(VERIFY, {"code": codes_in(tmp_path)[0][1]}, follow=True)

    assert "The code has expired. Sign in" in late.content.decode()
    assert phone() == ("+8613800138000", False)


@pytest.mark.parametrize("language", ["zh-hans", "en", "ru"])
def test_no_page_of_it_carries_style_of_its_own(client: Client, language: str) -> None:
    client.post(f"/{language}/accounts/signup/", {"phone": "13800138000", "password1": "jujube-and-walnut-9"})
    pages = [client.get(f"/{language}/accounts/phone/verify/")]
    client.force_login(User.objects.get(), backend="allauth.account.auth_backends.AuthenticationBackend")
    pages.append(client.get(f"/{language}/accounts/phone/change/"))

    for page in pages:
        assert page.status_code == 200
        assert re.findall(r"<style|\sstyle=", page.content.decode()) == []


def test_who_has_not_confirmed_is_sent_a_code_to_the_number_they_have(client: Client, tmp_path: Path) -> None:
    User.objects.create_user(phone="+8613800138000", password="jujube-and-walnut-9")
    client.force_login(User.objects.get(), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "not confirmed this number" in client.get(CHANGE).content.decode()

    client.post(CHANGE, {"action": "verify"})
    client.post(VERIFY, {"code": codes_in(tmp_path)[0][1]})

    assert phone() == ("+8613800138000", True)
