"""Who has only a mobile number and has lost the password: a code, then a new password."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django import Settings

from market.accounts.models import User
from market.common.clock import read_clock
from tests.sms import codes_in

pytestmark = pytest.mark.django_db
ASK, ENTER, SET = "/en/accounts/login/code/", "/en/accounts/login/code/confirm/", "/en/accounts/password/change/"
NEW = {"password1": "apricot-and-quince-7", "password2": "apricot-and-quince-7"}


@pytest.fixture(autouse=True)
def _short_messages_in_a_folder_of_this_test(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def user() -> User:
    return User.objects.create_user(phone="+8613800138000", password="jujube-and-walnut-9", phone_verified=True)


def code(tmp_path: Path) -> str:
    return codes_in(tmp_path)[-1][1]


def test_a_code_to_the_number_sets_a_new_password(client: Client, tmp_path: Path, user: User) -> None:
    assert ASK in client.get("/en/accounts/password/reset/").content.decode()
    client.post(ASK, {"phone": "138 0013 8000", "next": SET})

    entered = client.post(ENTER, {"code": code(tmp_path), "next": SET})

    assert entered.headers["Location"] == SET
    assert "oldpassword" not in client.get(SET).content.decode()
    assert client.post(SET, NEW).headers["Location"] == "/en/account/"
    user.refresh_from_db()
    assert user.check_password(NEW["password1"])


def test_by_email_nothing_stands_inside_the_fields_and_what_is_missing_is_told_in_our_words(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    User.objects.create_user(email="li@example.org", password="jujube-and-walnut-9")
    place = "/en/accounts/password/reset/"

    assert "placeholder" not in client.get(place).content.decode().partition("<main")[2]
    assert "Please fill this in." in client.post(place, {}).content.decode()
    client.post(place, {"email": "li@example.org"})
    link = re.search(r"http://[^/]+(/\S+)", str(mailoutbox[0].body))
    assert link
    page = client.get(link[1], follow=True).content.decode()
    assert "placeholder" not in page.partition("<main")[2]
    assert page.count('type="password"') == 2


def test_a_wrong_code_or_a_late_one_opens_nothing(client: Client, tmp_path: Path, user: User) -> None:
    client.post(ASK, {"phone": "13800138000"})

    assert client.post(ENTER, {"code": "wrong"}).status_code == 200
    with time_machine.travel(read_clock() + timedelta(minutes=16), tick=False):
        late = client.post(ENTER, {"code": code(tmp_path)}, follow=True)

    assert "The code has expired. Have a new one sent." in late.content.decode()
    assert "_auth_user_id" not in client.session


def test_later_and_after_a_password_the_old_one_is_asked_for(client: Client, tmp_path: Path, user: User) -> None:
    client.post("/en/accounts/login/", {"login": "13800138000", "password": "jujube-and-walnut-9"})
    assert "oldpassword" in client.get(SET).content.decode()
    client.post("/en/accounts/logout/")

    client.post(ASK, {"phone": "13800138000"})
    client.post(ENTER, {"code": code(tmp_path)})
    with time_machine.travel(read_clock() + timedelta(minutes=16), tick=False):
        assert client.post(SET, NEW).status_code == 200

    user.refresh_from_db()
    assert user.check_password("jujube-and-walnut-9")


def test_a_code_goes_to_no_email_address(client: Client, user: User, mailoutbox: list[EmailMessage]) -> None:
    """Who has one gets a link."""
    User.objects.filter(pk=user.pk).update(email="li@example.org")

    assert client.post(ASK, {"email": "li@example.org"}).status_code == 200
    assert mailoutbox == []
    assert 'name="email"' not in client.get(ASK).content.decode()


def test_a_code_of_a_number_that_is_theirs_no_more_spares_no_password(
    client: Client, tmp_path: Path, user: User
) -> None:
    client.post(ASK, {"phone": "13800138000"})
    client.post(ENTER, {"code": code(tmp_path)})
    assert "oldpassword" not in client.get(SET).content.decode()
    User.objects.filter(pk=user.pk).update(phone="+8613800138009")

    assert "oldpassword" in client.get(SET).content.decode()
    assert client.post(SET, NEW).status_code == 200
    user.refresh_from_db()
    assert user.check_password("jujube-and-walnut-9")


@pytest.mark.parametrize("phone", ["13800138001", "13800138002"])
def test_nothing_is_sent_for_strangers_nor_for_a_mistyped_number(client: Client, tmp_path: Path, phone: str) -> None:
    User.objects.create_user(phone="+8613800138002", email="li@example.org", password="jujube-and-walnut-9")

    answer = client.post(ASK, {"phone": phone}, follow=True)

    assert "If this number has an account" in answer.content.decode()
    assert not (tmp_path / "sms").exists()
