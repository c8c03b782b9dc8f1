from itertools import product

import pytest

from market.accounts.models import Post
from market.common.audit.models import AuditEntry
from market.common.errors import IllegalMove, InvalidInput, NotAllowed, NotFound
from market.common.outbox.models import OutboxEvent
from market.enterprises.actions.admission import decide_admission, register_enterprise, submit_admission
from market.enterprises.items import changed_items, remarks_of
from market.enterprises.models import AdmissionEvent, Enterprise, Member
from market.enterprises.states import MOVES
from market.regions.models import OrgUnit
from tests.builders import NOW, make_enterprise, make_member, make_officer, make_regiment, make_user

pytestmark = pytest.mark.django_db

STATES = Enterprise.State.values
ILLEGAL = [
    (here, to) for here, to in product(STATES, STATES) if to not in ("submitted", "draft") and to not in MOVES[here]
]


def nothing_happened(enterprise: Enterprise, state: str) -> bool:
    enterprise.refresh_from_db()
    return (
        enterprise.state == state
        and not AdmissionEvent.objects.exists()
        and not AuditEntry.objects.exists()
        and not OutboxEvent.objects.exists()
    )


@pytest.mark.parametrize(("here", "to"), ILLEGAL)
def test_a_move_that_is_not_in_the_table_changes_nothing(here: str, to: str) -> None:
    enterprise = make_enterprise(state=here)

    with pytest.raises(IllegalMove):
        decide_admission(enterprise, to, by=make_officer(enterprise.unit), reason="a reason", now=NOW)

    assert nothing_happened(enterprise, here)


@pytest.mark.parametrize("to", ["approved", "returned", "under_review"])
def test_an_officer_of_another_regiment_finds_nothing(to: str) -> None:
    enterprise = make_enterprise(state="submitted")

    with pytest.raises(NotFound):
        decide_admission(enterprise, to, by=make_officer(make_regiment()), reason="a reason", now=NOW)

    assert nothing_happened(enterprise, "submitted")


@pytest.mark.parametrize("role", ["viewer", "finance", "compliance"])
def test_an_officer_without_a_reviewers_post_does_not_decide(role: str) -> None:
    enterprise = make_enterprise(state="submitted")

    with pytest.raises(NotFound):
        decide_admission(enterprise, "approved", by=make_officer(enterprise.unit, role), now=NOW)

    assert nothing_happened(enterprise, "submitted")


def test_a_post_that_ended_does_not_decide() -> None:
    enterprise = make_enterprise(state="submitted")
    officer = make_officer(enterprise.unit)
    Post.objects.filter(user=officer).update(valid_to=NOW)

    with pytest.raises(NotFound):
        decide_admission(enterprise, "approved", by=officer, now=NOW)


def test_nobody_decides_about_their_own_enterprise() -> None:
    enterprise = make_enterprise(state="submitted")
    officer = make_officer(enterprise.unit)
    Member.objects.create(enterprise=enterprise, user=officer, role="viewer")

    with pytest.raises(NotAllowed):
        decide_admission(enterprise, "approved", by=officer, now=NOW)

    assert nothing_happened(enterprise, "submitted")


@pytest.mark.parametrize(("here", "to"), [("submitted", "returned"), ("approved", "suspended")])
def test_returning_and_suspending_need_a_reason(here: str, to: str) -> None:
    enterprise = make_enterprise(state=here)

    with pytest.raises(InvalidInput):
        decide_admission(enterprise, to, by=make_officer(enterprise.unit), reason="  ", now=NOW)

    assert nothing_happened(enterprise, here)


def test_the_second_of_two_approvals_is_told() -> None:
    enterprise = make_enterprise(state="submitted")
    first, second = make_officer(enterprise.unit), make_officer(enterprise.unit)
    seen_by_second = Enterprise.objects.get(pk=enterprise.pk)

    decide_admission(enterprise, "approved", by=first, now=NOW)
    with pytest.raises(IllegalMove):
        decide_admission(seen_by_second, "approved", by=second, now=NOW)

    assert [event.by for event in AdmissionEvent.objects.all()] == [first]


def test_an_officer_of_the_division_above_decides() -> None:
    enterprise = make_enterprise(state="submitted")
    division = OrgUnit.objects.get(children=enterprise.unit)

    decide_admission(enterprise, "approved", by=make_officer(division), now=NOW)

    enterprise.refresh_from_db()
    assert (enterprise.state, enterprise.decided_at) == ("approved", NOW)
    assert OutboxEvent.objects.get().topic == "enterprise.changed"
    assert AuditEntry.objects.get().subject_id == enterprise.number


def test_submitted_returned_and_submitted_again_keeps_the_number() -> None:
    enterprise = make_enterprise(state="draft")
    Enterprise.objects.update(contact_name="张示范", contact_phone="+8613800138000", address="示范路 1 号")
    enterprise.refresh_from_db()
    owner, officer, number = make_member(enterprise), make_officer(enterprise.unit), enterprise.number

    submit_admission(enterprise, by=owner, now=NOW)
    decide_admission(enterprise, "returned", by=officer, reason="the address is not complete", now=NOW)
    submit_admission(enterprise, by=owner, now=NOW)

    assert Enterprise.objects.get().number == number
    assert [event.to_state for event in AdmissionEvent.objects.all()] == ["submitted", "returned", "submitted"]


def test_submitting_without_contact_names_every_missing_field_at_once() -> None:
    enterprise = make_enterprise(state="draft")

    with pytest.raises(InvalidInput) as refusal:
        submit_admission(enterprise, by=make_member(enterprise), now=NOW)

    assert set(refusal.value.details["fields"]) == {"contact_name", "contact_phone", "address"}
    assert nothing_happened(enterprise, "draft")


def test_a_stranger_cannot_submit() -> None:
    enterprise = make_enterprise(state="draft")

    with pytest.raises(NotFound):
        submit_admission(enterprise, by=make_user(), now=NOW)


@pytest.mark.parametrize("code", ["", "91110000600037341X", "9111000060003734", "示范"])
def test_a_wrong_credit_code_registers_nothing(code: str) -> None:
    with pytest.raises(InvalidInput):
        register_enterprise(credit_code=code, name_zh="示范", unit=make_regiment(), by=make_user(), now=NOW)

    assert not Enterprise.objects.exists()


def test_one_credit_code_registers_one_enterprise() -> None:
    wishes = {"credit_code": "91110000600037341L", "name_zh": "示范", "unit": make_regiment()}
    register_enterprise(**wishes, by=make_user(), now=NOW)  # type: ignore[arg-type]

    with pytest.raises(InvalidInput):
        register_enterprise(**wishes, by=make_user(), now=NOW)  # type: ignore[arg-type]

    assert Enterprise.objects.get().state == "draft"
    assert Member.objects.get().role == "owner"


def test_return_names_each_item_and_its_reason_and_the_log_does_too() -> None:
    enterprise = make_enterprise(state="submitted")

    decide_admission(
        enterprise,
        "returned",
        by=make_officer(enterprise.unit),
        items={"address": " with the house number, please ", "bank_name": "   "},
        now=NOW,
    )

    event = AdmissionEvent.objects.get()
    assert event.items == [{"item": "address", "reason": "with the house number, please"}]
    assert [(remark.item, str(remark.reason)) for remark in remarks_of(event)] == [
        ("address", "with the house number, please")
    ]
    assert AuditEntry.objects.get().details["items"] == event.items


@pytest.mark.parametrize("to", ["approved", "rejected", "under_review"])
def test_items_are_refused_with_any_decision_but_a_return(to: str) -> None:
    enterprise = make_enterprise(state="submitted")

    with pytest.raises(InvalidInput):
        decide_admission(enterprise, to, by=make_officer(enterprise.unit), reason="r", items={"address": "no"}, now=NOW)

    assert nothing_happened(enterprise, "submitted")


def test_item_nobody_knows_is_refused() -> None:
    enterprise = make_enterprise(state="submitted")

    with pytest.raises(InvalidInput):
        decide_admission(enterprise, "returned", by=make_officer(enterprise.unit), items={"state": "approved"}, now=NOW)

    assert nothing_happened(enterprise, "submitted")


@pytest.mark.parametrize(
    ("here", "to"), [("submitted", "rejected"), ("suspended", "approved"), ("rejected", "under_review")]
)
def test_rejecting_and_undoing_need_a_reason(here: str, to: str) -> None:
    enterprise = make_enterprise(state=here)
    officer = make_officer(enterprise.unit)

    with pytest.raises(InvalidInput):
        decide_admission(enterprise, to, by=officer, now=NOW)
    assert nothing_happened(enterprise, here)

    decide_admission(enterprise, to, by=officer, reason="the file shows why", now=NOW)
    assert AdmissionEvent.objects.get().reason == "the file shows why"


def test_rejected_firm_does_not_hand_in_again_by_itself() -> None:
    enterprise = make_enterprise(state="rejected")
    Enterprise.objects.update(contact_name="张示范", contact_phone="+8613800138000", address="示范路 1 号")
    enterprise.refresh_from_db()

    with pytest.raises(IllegalMove):
        submit_admission(enterprise, by=make_member(enterprise), now=NOW)

    assert nothing_happened(enterprise, "rejected")


def test_second_hand_in_shows_what_changed_and_keeps_no_account_number() -> None:
    enterprise = make_enterprise(state="draft")
    fields = {"contact_name": "张示范", "contact_phone": "+8613800138000", "address": "示范路 1 号"}
    Enterprise.objects.update(bank_name="示范银行", bank_account="6222020200112233", **fields)
    enterprise.refresh_from_db()
    owner, officer = make_member(enterprise), make_officer(enterprise.unit)
    submit_admission(enterprise, by=owner, now=NOW)
    assert changed_items(list(AdmissionEvent.objects.filter(to_state="submitted"))) == frozenset()
    decide_admission(enterprise, "returned", by=officer, items={"address": "house number"}, now=NOW)

    Enterprise.objects.update(address="示范路 2 号")
    enterprise.refresh_from_db()
    submit_admission(enterprise, by=owner, now=NOW)

    hand_ins = list(AdmissionEvent.objects.filter(to_state="submitted"))
    assert changed_items(hand_ins) == {"address"}
    assert "6222020200112233" not in str([event.items for event in hand_ins])
