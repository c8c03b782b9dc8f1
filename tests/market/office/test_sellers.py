import pytest

from market.common.audit.models import AuditEntry
from market.enterprises.models import AdmissionEvent, Enterprise, Member
from tests.builders import NOW, make_enterprise, make_member, make_officer, make_regiment
from tests.market.office.people import signed_in, statements_of

pytestmark = pytest.mark.django_db


def test_return_with_a_reason_for_one_item_is_shown_to_whoever_looks_next() -> None:
    enterprise = make_enterprise(state="submitted")
    client = signed_in(make_officer(enterprise.unit))

    client.post(
        f"/en/ops/sellers/{enterprise.number}/",
        {"to": "returned", "reason": "", "item-address": "house number missing"},
    )

    page = client.get(f"/en/ops/sellers/{enterprise.number}/").content.decode()
    assert AdmissionEvent.objects.get().items == [{"item": "address", "reason": "house number missing"}]
    assert page.count("house number missing") == 2
    assert AuditEntry.objects.get().action == "enterprise.returned"


@pytest.mark.parametrize(
    ("here", "to"), [("submitted", "returned"), ("submitted", "rejected"), ("approved", "suspended")]
)
def test_decision_without_its_reason_comes_back_with_what_was_typed(here: str, to: str) -> None:
    enterprise = make_enterprise(state=here)

    answer = signed_in(make_officer(enterprise.unit)).post(
        f"/en/ops/sellers/{enterprise.number}/", {"to": to, "reason": "  "}
    )

    enterprise.refresh_from_db()
    assert answer.status_code == 422
    assert "say what has to be corrected" in answer.content.decode()
    assert (enterprise.state, AdmissionEvent.objects.count(), AuditEntry.objects.count()) == (here, 0, 0)


def test_items_typed_for_another_decision_do_not_stop_an_approval() -> None:
    enterprise = make_enterprise(state="submitted")
    client = signed_in(make_officer(enterprise.unit))

    client.post(f"/en/ops/sellers/{enterprise.number}/", {"to": "approved", "item-address": "left over"})

    enterprise.refresh_from_db()
    assert enterprise.state == "approved"
    assert AdmissionEvent.objects.get().items == []


def test_suspended_seller_is_reinstated_with_a_reason() -> None:
    enterprise = make_enterprise(state="suspended")
    client = signed_in(make_officer(enterprise.unit))

    assert "Reinstate" in client.get(f"/en/ops/sellers/{enterprise.number}/").content.decode()
    client.post(f"/en/ops/sellers/{enterprise.number}/", {"to": "approved", "reason": "licence renewed"})

    enterprise.refresh_from_db()
    assert enterprise.state == "approved"
    assert AuditEntry.objects.get().details["reason"] == "licence renewed"


def test_officer_who_works_for_the_firm_sees_no_decision_and_is_refused() -> None:
    enterprise = make_enterprise(state="submitted")
    officer = make_officer(enterprise.unit)
    Member.objects.create(enterprise=enterprise, user=officer, role="sales")
    client = signed_in(officer)

    page = client.get(f"/en/ops/sellers/{enterprise.number}/").content.decode()
    answer = client.post(f"/en/ops/sellers/{enterprise.number}/", {"to": "approved"})

    enterprise.refresh_from_db()
    assert 'name="to"' not in page
    assert "somebody else decides" in page
    assert answer.status_code == 422
    assert (enterprise.state, AuditEntry.objects.count()) == ("submitted", 0)


@pytest.mark.parametrize("role", ["viewer", "finance", "compliance"])
def test_officer_without_a_reviewers_post_decides_nothing(role: str) -> None:
    enterprise = make_enterprise(state="submitted")

    answer = signed_in(make_officer(enterprise.unit, role)).post(
        f"/en/ops/sellers/{enterprise.number}/", {"to": "approved"}
    )

    enterprise.refresh_from_db()
    assert answer.status_code == 404
    assert (enterprise.state, AuditEntry.objects.count()) == ("submitted", 0)


def test_account_number_is_shown_by_its_end_only() -> None:
    enterprise = make_enterprise(state="submitted")
    Enterprise.objects.update(bank_account="6222020200112233")

    page = signed_in(make_officer(enterprise.unit)).get(f"/en/ops/sellers/{enterprise.number}/").content.decode()

    assert "…2233" in page
    assert "6222020200112233" not in page


def test_lists_show_the_own_subtree_by_state_unit_and_words() -> None:
    mine, other = make_enterprise(state="submitted"), make_enterprise(state="submitted")
    back, selling = make_enterprise("returned", mine.unit), make_enterprise("approved", mine.unit)
    client = signed_in(make_officer(mine.unit.parent or mine.unit))

    def shown(path: str) -> set[str]:
        page = client.get(f"/en/ops/{path}").content.decode()
        return {row.number for row in (mine, other, back, selling) if f"/sellers/{row.number}/" in page}

    assert shown("admissions/") == {mine.number}
    assert shown("admissions/?state=all") == {mine.number, back.number}
    assert shown("admissions/?state=returned") == {back.number}
    assert shown(f"admissions/?state=all&unit={mine.unit.code}") == {mine.number, back.number}
    assert shown(f"admissions/?state=all&unit={other.unit.code}") == set()
    assert shown("sellers/") == {selling.number}
    assert shown(f"sellers/?q={selling.credit_code.lower()}") == {selling.number}
    assert shown("sellers/?q=nobody") == set()
    assert shown("sellers/?state=draft&page=99") == {selling.number}


@pytest.mark.parametrize("path", ["admissions/", "sellers/"])
def test_list_costs_the_same_for_three_and_for_thirty(path: str) -> None:
    unit, state = make_regiment(), "submitted" if path == "admissions/" else "approved"
    client = signed_in(make_officer(unit))

    def read() -> None:
        assert client.get(f"/en/ops/{path}").status_code == 200

    for _ in range(3):
        make_enterprise(state, unit)
    few = statements_of(read)
    for _ in range(27):
        make_enterprise(state, unit)

    assert statements_of(read) == few <= 20


def test_second_hand_in_marks_what_changed() -> None:
    enterprise = make_enterprise(state="submitted")
    for at, mark in ((0, "a"), (1, "b")):
        AdmissionEvent.objects.create(
            enterprise=enterprise,
            from_state="draft",
            to_state="submitted",
            by=make_member(enterprise),
            items=[{"item": "address", "print": mark}, {"item": "bank_name", "print": "same"}],
            at=NOW.replace(hour=at),
        )

    page = signed_in(make_officer(enterprise.unit)).get(f"/en/ops/sellers/{enterprise.number}/").content.decode()

    assert page.count(">changed<") == 1
