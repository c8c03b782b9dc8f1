import pytest
from django.test import Client

from market.enterprises.models import AdmissionEvent, Enterprise
from tests.builders import NOW, make_enterprise, make_officer, make_regiment, make_user
from tests.market.portal.people import read, send, staff_of

pytestmark = pytest.mark.django_db


def test_half_filled_sections_are_saved_and_the_hand_in_names_what_is_missing() -> None:
    enterprise = make_enterprise(state="draft")
    owner = staff_of(enterprise)
    send(owner, "onboarding/contact/", {"contact_name": "王"})

    send(owner, "onboarding/hand-in/", {})

    page = read(owner, "onboarding/")
    assert "Still missing: Address, Contact phone." in page
    assert Enterprise.objects.get().state == "draft"
    send(owner, "onboarding/contact/", {"contact_name": "王", "contact_phone": "0991-1234567"})
    send(owner, "onboarding/company/", {"name_zh": "示范", "address": "示范团"})
    send(owner, "onboarding/hand-in/", {})
    assert Enterprise.objects.get().state == "submitted"


def test_returned_firm_reads_the_officers_reason_and_which_field_is_meant() -> None:
    enterprise = make_enterprise(state="returned")
    AdmissionEvent.objects.create(
        enterprise=enterprise,
        from_state="submitted",
        to_state="returned",
        by=make_officer(enterprise.unit),
        reason="地址不完整",
        items=[{"item": "address", "reason": "门牌号"}],
        at=NOW,
    )
    owner = staff_of(enterprise)

    section = read(owner, "onboarding/company/")

    assert "地址不完整" in read(owner, "onboarding/")
    assert "地址不完整" in section
    assert '<a href="#id_address">Address</a>: <span lang="zh-Hans">门牌号</span>' in section
    assert "门牌号" not in read(owner, "onboarding/bank/")
    assert "<strong>1</strong>to correct for admission" in read(owner, "")


def test_bad_section_keeps_what_was_typed() -> None:
    enterprise = make_enterprise(state="draft")

    page = send(staff_of(enterprise), "onboarding/bank/", {"bank_name": "示范银行", "bank_account": "1-2"}, status=422)

    assert "8 to 34 digits or letters" in page
    assert "示范银行" in page
    assert Enterprise.objects.get().bank_name == ""


def test_locked_section_is_shown_and_cannot_be_sent() -> None:
    owner = staff_of(make_enterprise(state="submitted"))

    assert "<form method" not in read(owner, "onboarding/bank/").split("<h1>")[1]
    send(owner, "onboarding/bank/", {"bank_name": "x", "bank_account": "12345678"}, status=422)

    assert Enterprise.objects.get().bank_name == ""


def test_unknown_section_does_not_exist() -> None:
    read(staff_of(make_enterprise()), "onboarding/papers/", status=404)


@pytest.mark.parametrize("code", ["91110000600037341X", "", "x" * 40])
def test_wrong_credit_code_registers_nothing_and_keeps_the_name(code: str) -> None:
    client = Client()
    client.force_login(make_user())

    page = send(
        client, "onboarding/", {"name_zh": "示范枣业", "credit_code": code, "unit": make_regiment().pk}, status=422
    )

    assert "示范枣业" in page
    assert not Enterprise.objects.exists()


def test_everything_wrong_with_a_registration_is_told_at_once() -> None:
    client = Client()
    client.force_login(make_user())

    page = send(client, "onboarding/", {"name_zh": "", "credit_code": "123", "unit": ""}, status=422)

    assert "3 things need a change" in page
    assert "18 characters with a check digit" in page
    assert Enterprise.objects.count() == 0


def test_code_of_a_registered_firm_is_refused_at_its_field() -> None:
    make_enterprise()
    Enterprise.objects.update(credit_code="91110000600037341L")
    client = Client()
    client.force_login(make_user())

    page = send(client, "onboarding/", {"name_zh": "", "credit_code": "91110000600037341L", "unit": ""}, status=422)

    assert '<a href="#id_credit_code">Unified social credit code: an enterprise with this code' in page
