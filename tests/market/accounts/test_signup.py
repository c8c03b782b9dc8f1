"""Sign-up and sign-in as a browser does it: real forms, real answers."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.test import Client
from django.utils.translation import override
from pytest_django import Settings

from market.accounts.models import User
from market.common.sms.base import NotSent, ShortMessage
from market.common.sms.to_files import FileSender
from tests.builders import NOW, make_user
from tests.sms import codes_in

pytestmark = pytest.mark.django_db

PASSWORD = "jujube-and-walnut-9"


@pytest.fixture(autouse=True)
def _short_messages_in_a_folder_of_this_test(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def sign_up(client: Client, **fields: str) -> int:
    return client.post("/en/accounts/signup/", {"password1": PASSWORD, **fields}).status_code


def sign_in(client: Client, login: str, password: str = PASSWORD) -> bool:
    client.post("/en/accounts/login/", {"login": login, "password": password})
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("typed", ["138 0013 8000", "+86 138-0013-8000", "１３８００１３８０００"])
def test_sign_up_by_mobile_number_keeps_one_form_of_it(client: Client, typed: str) -> None:
    sign_up(client, phone=typed)

    assert User.objects.get().phone == "+8613800138000"
    assert User.objects.get().email is None


def test_mail_of_a_sign_up_bears_the_name_of_the_marketplace(client: Client, mailoutbox: list[EmailMessage]) -> None:
    sign_up(client, email="wang@example.org")

    (mail,) = mailoutbox
    assert "Hello from Tuanji!" in str(mail.body)
    assert "testserver" not in str(mail.subject)


def test_person_without_a_name_is_called_by_a_readable_number(client: Client) -> None:
    sign_up(client, phone="13800138000")

    with override("en"):
        assert str(User.objects.get()) == "+86 138 0013 8000"
    with override("zh-hans"):
        assert str(User.objects.get()) == "138 0013 8000"


def test_sign_up_by_email_then_sign_in(client: Client) -> None:
    sign_up(client, email="Wang@Example.org")

    assert User.objects.get().email == "wang@example.org"
    assert sign_in(Client(), "wang@example.org")


def test_two_people_without_email_do_not_collide(client: Client) -> None:
    sign_up(client, phone="13800138000")
    sign_up(Client(), phone="13800138001")

    assert sorted(User.objects.values_list("phone", "email")) == [("+8613800138000", None), ("+8613800138001", None)]


def test_sign_up_without_either_address_makes_nobody(client: Client) -> None:
    sign_up(client)

    assert not User.objects.exists()


@pytest.mark.parametrize("phone", ["1380013800", "12345678901", "no"])
def test_sign_up_with_a_wrong_number_makes_nobody(client: Client, phone: str) -> None:
    sign_up(client, phone=phone)

    assert not User.objects.exists()


def test_the_same_number_in_another_spelling_makes_no_second_person(client: Client) -> None:
    User.objects.create_user(phone="+8613800138000", password=PASSWORD)

    sign_up(client, phone="138-0013-8000")

    assert User.objects.count() == 1


def test_sign_up_sends_a_code_to_the_mobile(client: Client, tmp_path: Path) -> None:
    sign_up(client, phone="13800138000")

    assert [phone for phone, _code in codes_in(tmp_path)] == ["+8613800138000"]


class Broken(FileSender):
    def send(self, message: ShortMessage) -> None:
        raise NotSent("no answer: TimeoutError", is_final=False)


def test_a_code_that_could_not_be_sent_is_not_on_its_way(client: Client, settings: Settings) -> None:
    settings.MARKET_SMS_SENDERS = {"file": f"{__name__}.Broken"}

    client.post("/en/accounts/signup/", {"phone": "13800138000", "password1": PASSWORD})
    page = client.get("/en/accounts/phone/verify/").content.decode()

    assert "The text message could not be sent." in page
    assert "Send a new code" in page


def test_of_codes_a_number_gets_ten_a_day(client: Client, tmp_path: Path) -> None:
    """Each costs money, and is three guesses at six digits."""
    User.objects.create_user(phone="+8613800138000", password=PASSWORD, phone_verified=True)
    with time_machine.travel(NOW, tick=False) as clock:
        for _ in range(12):
            Client().post("/en/accounts/login/code/", {"phone": "13800138000"})
            clock.shift(timedelta(minutes=2))
        assert len(codes_in(tmp_path)) == 10
        clock.shift(timedelta(days=1))
        Client().post("/en/accounts/login/code/", {"phone": "13800138000"})

    assert len(codes_in(tmp_path)) == 11


def test_sign_in_by_mobile_number_as_typed(client: Client) -> None:
    User.objects.create_user(phone="+8613800138000", password=PASSWORD, phone_verified=True)

    assert sign_in(client, "138 0013 8000")


def test_wrong_password_signs_nobody_in(client: Client) -> None:
    make_user("wang@example.org")

    assert not sign_in(client, "wang@example.org", "wrong-password-1")


def test_asking_for_a_second_code_at_once_is_answered_with_wait(client: Client) -> None:
    sign_up(client, phone="13800138000")

    answer = Client().post("/en/accounts/login/", {"login": "13800138000", "password": PASSWORD})

    assert answer.status_code == 429


def test_person_with_a_number_only_is_shown_how_to_get_in_again_without_the_password(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    user = User(phone="+8613800138000", phone_verified=True)
    user.set_password(PASSWORD)
    user.save()
    assert sign_in(client, "13800138000")
    assert "/en/accounts/email/" in client.get("/en/account/").content.decode()

    client.post("/en/accounts/email/", {"email": "wang@example.org", "action_add": ""})
    confirm = re.search(r"http://testserver(/en/accounts/confirm-email/\S+)", str(mailoutbox[-1].body))
    assert confirm
    client.post(confirm[1])
    Client().post("/en/accounts/password/reset/", {"email": "wang@example.org"})

    assert User.objects.get().email == "wang@example.org"
    assert "/en/accounts/password/reset/key/" in str(mailoutbox[-1].body)


@pytest.mark.parametrize("path", ["login", "signup", "login/code", "logout"])
def test_a_next_that_is_no_address_is_forgotten(client: Client, path: str) -> None:
    make_user("wang@example.org")
    typed = {"login": "wang@example.org", "password": "wrong-password-1", "next": "https://["}

    assert client.get(f"/en/accounts/{path}/?next=https://[").status_code in (200, 302)
    assert client.post(f"/en/accounts/{path}/?next=https://[", typed).status_code in (200, 302)
