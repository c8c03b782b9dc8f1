import pytest

from market.common.audit.models import AuditEntry
from market.common.errors import InvalidInput, NotAllowed, NotFound
from market.enterprises.actions.edit_details import edit_details
from market.enterprises.errors import DataLocked
from market.enterprises.models import AdmissionEvent, Enterprise
from market.enterprises.sections import missing_for_admission, progress_of
from tests.builders import NOW, make_enterprise, make_member

pytestmark = pytest.mark.django_db
BANK = {"bank_name": "示范银行", "bank_account": "6222 0000 1111 2222"}


def test_a_section_is_saved_by_itself_and_the_log_names_fields_not_values() -> None:
    enterprise = make_enterprise(state="draft")

    edit_details(enterprise, "bank", BANK | {"name_zh": "ignored"}, by=make_member(enterprise), now=NOW)

    saved = Enterprise.objects.get()
    assert (saved.bank_account, saved.name_zh) == ("6222000011112222", enterprise.name_zh)
    assert AuditEntry.objects.get().details == {"fields": ["bank_name", "bank_account"]}


@pytest.mark.parametrize("state", ["submitted", "under_review", "approved", "suspended"])
def test_what_an_officer_has_or_has_checked_is_locked(state: str) -> None:
    enterprise = make_enterprise(state=state)

    with pytest.raises(DataLocked):
        edit_details(enterprise, "bank", BANK, by=make_member(enterprise), now=NOW)

    assert Enterprise.objects.get().bank_account == ""
    assert not AuditEntry.objects.exists()


def test_contact_may_change_after_approval() -> None:
    enterprise = make_enterprise()
    values = {"contact_name": "王", "contact_phone": "138 0013 8000"}

    edit_details(enterprise, "contact", values, by=make_member(enterprise, "finance"), now=NOW)

    assert Enterprise.objects.get().contact_phone == "+8613800138000"


def test_others_and_other_roles_change_nothing() -> None:
    enterprise = make_enterprise(state="draft")

    with pytest.raises(NotFound):
        edit_details(enterprise, "bank", BANK, by=make_member(make_enterprise()), now=NOW)
    with pytest.raises(NotFound):
        edit_details(enterprise, "nowhere", BANK, by=make_member(enterprise), now=NOW)
    with pytest.raises(NotAllowed):
        edit_details(enterprise, "bank", BANK, by=make_member(enterprise, "viewer"), now=NOW)

    assert Enterprise.objects.get(pk=enterprise.pk).bank_account == ""


def test_impossible_values_are_named_by_field() -> None:
    enterprise = make_enterprise(state="draft")
    owner = make_member(enterprise)
    bad = [
        ("company", {"name_zh": " "}, "name_zh"),
        ("contact", {"contact_phone": "123"}, "contact_phone"),
        ("bank", {"bank_account": "62-22"}, "bank_account"),
        ("bank", {"bank_account": "62220000"}, "bank_name"),
    ]

    for section, values, field in bad:
        with pytest.raises(InvalidInput) as refused:
            edit_details(enterprise, section, values, by=owner, now=NOW)
        assert field in refused.value.details["fields"]

    assert not AuditEntry.objects.exists()


def test_progress_says_what_is_missing_and_what_the_officer_marked() -> None:
    enterprise = make_enterprise(state="returned")
    enterprise.address = "示范团"
    event = AdmissionEvent(items=[{"item": "address", "reason": "house number"}])

    states = {row.section.code: row.state for row in progress_of(enterprise, event)}

    assert states == {
        "company": "to_correct",
        "contact": "not_started",
        "bank": "not_started",
        "about": "not_started",
    }
    assert missing_for_admission(enterprise) == ["contact_name", "contact_phone"]
