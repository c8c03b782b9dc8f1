from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from market.accounts.models import User
from market.common.audit.models import AuditEntry
from market.common.errors import InvalidInput
from market.compliance.actions.find_ownership import find_ownership
from market.compliance.errors import NotComplianceOfficer
from market.compliance.models import OwnershipFinding
from market.compliance.queries import newest_ownership, seller_flags
from market.enterprises.models import Enterprise, Member
from tests.builders import NOW, make_enterprise, make_officer, make_regiment

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def find(enterprise: Enterprise, officer: User, result: str = "INDEPENDENT", **changes: object) -> OwnershipFinding:
    wishes = {"evidence": "register extract 12", "valid_until": TODAY + timedelta(days=90), **changes}
    return find_ownership(enterprise, result, by=officer, now=NOW, **wishes)  # type: ignore[arg-type]


def flags(enterprise: Enterprise, days: int = 0) -> frozenset[str]:
    found = newest_ownership("pk", TODAY + timedelta(days=days))
    rows = Enterprise.objects.filter(pk=enterprise.pk).annotate(ownership=found).values_list("ownership", flat=True)
    return seller_flags(rows.get())


@pytest.fixture
def enterprise() -> Enterprise:
    return make_enterprise()


@pytest.fixture
def officer(enterprise: Enterprise) -> User:
    return make_officer(enterprise.unit, "compliance")


def test_without_a_finding_the_owners_are_unknown(enterprise: Enterprise) -> None:
    assert flags(enterprise) == {"OWNERSHIP_UNKNOWN"}


def test_a_finding_gives_the_flags_and_is_logged(enterprise: Enterprise, officer: User) -> None:
    find(enterprise, officer, "XPCC_OWNED_50")

    assert flags(enterprise) == {"XPCC_OWNED_50"}
    assert AuditEntry.objects.get().action == "ownership.found"


def test_the_newest_finding_counts_and_an_expired_one_is_unknown_again(enterprise: Enterprise, officer: User) -> None:
    find(enterprise, officer, "XPCC_OWNED_50", valid_until=TODAY + timedelta(days=300))
    find(enterprise, officer, "INDEPENDENT", valid_until=TODAY + timedelta(days=10))

    assert flags(enterprise) == frozenset()
    assert flags(enterprise, days=10) == frozenset()
    assert flags(enterprise, days=11) == {"OWNERSHIP_UNKNOWN"}


@pytest.mark.parametrize("role", ["reviewer", "finance", "viewer"])
def test_other_officers_find_nothing(enterprise: Enterprise, role: str) -> None:
    with pytest.raises(NotComplianceOfficer):
        find(enterprise, make_officer(enterprise.unit, role))

    assert not OwnershipFinding.objects.exists()
    assert not AuditEntry.objects.exists()


def test_an_officer_of_another_subtree_finds_nothing(enterprise: Enterprise) -> None:
    with pytest.raises(NotComplianceOfficer):
        find(enterprise, make_officer(make_regiment(), "compliance"))

    assert not OwnershipFinding.objects.exists()


def test_nobody_decides_about_the_firm_they_work_for(enterprise: Enterprise, officer: User) -> None:
    Member.objects.create(enterprise=enterprise, user=officer, role=Member.Role.SALES)

    with pytest.raises(NotComplianceOfficer):
        find(enterprise, officer)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("result", {"result": "FINE"}),
        ("evidence", {"evidence": "  "}),
        ("valid_until", {"valid_until": TODAY - timedelta(days=1)}),
        ("valid_until", {"valid_until": TODAY + timedelta(days=1200)}),
    ],
)
def test_a_finding_without_its_parts_is_refused(
    enterprise: Enterprise, officer: User, field: str, changes: dict[str, object]
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        find(enterprise, officer, **changes)  # type: ignore[arg-type]

    assert list(refusal.value.details["fields"]) == [field]
    assert not OwnershipFinding.objects.exists()


def test_a_finding_is_never_changed(enterprise: Enterprise, officer: User) -> None:
    find(enterprise, officer, "XPCC_OWNED_50")

    with pytest.raises(IntegrityError), transaction.atomic():
        OwnershipFinding.objects.update(result="INDEPENDENT")

    assert flags(enterprise) == {"XPCC_OWNED_50"}
