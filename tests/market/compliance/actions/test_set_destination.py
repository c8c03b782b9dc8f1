import pytest

from market.accounts.models import Post
from market.common.audit.models import AuditEntry
from market.common.errors import InvalidInput
from market.compliance.actions.set_destination import set_destination
from market.compliance.errors import NotComplianceOfficer
from market.compliance.models import DestinationPolicy
from market.compliance.queries import is_open
from tests.builders import NOW, make_officer, make_regiment, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", ["reviewer", "finance", "viewer"])
def test_other_officers_are_refused_and_nothing_changes(role: str) -> None:
    with pytest.raises(NotComplianceOfficer):
        set_destination("KZ", "open", reason="why not", by=make_officer(make_regiment(), role), now=NOW)

    assert not DestinationPolicy.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_post_that_ended_opens_nothing() -> None:
    officer = make_officer(make_regiment(), "compliance")
    Post.objects.filter(user=officer).update(valid_to=NOW)

    with pytest.raises(NotComplianceOfficer):
        set_destination("KZ", "open", reason="too late", by=officer, now=NOW)


def test_somebody_without_a_post_is_refused() -> None:
    with pytest.raises(NotComplianceOfficer):
        set_destination("KZ", "open", reason="mine", by=make_user(), now=NOW)


@pytest.mark.parametrize(("country", "reason"), [("KZ", "  "), ("kz", "why"), ("KAZ", "why"), ("", "why")])
def test_without_a_reason_or_a_country_nothing_is_opened(country: str, reason: str) -> None:
    with pytest.raises(InvalidInput):
        set_destination(country, "open", reason=reason, by=make_officer(make_regiment(), "compliance"), now=NOW)

    assert not DestinationPolicy.objects.exists()


def test_open_then_close_leaves_one_policy_and_both_acts() -> None:
    officer = make_officer(make_regiment(), "compliance")

    assert not is_open("KZ")
    set_destination("KZ", "open", reason="first market", by=officer, now=NOW)
    assert is_open("KZ")
    set_destination("KZ", "closed", reason="counsel asked", by=officer, now=NOW)

    assert not is_open("KZ")
    assert DestinationPolicy.objects.get().reason == "counsel asked"
    assert [entry.action for entry in AuditEntry.objects.order_by("pk")] == ["destination.open", "destination.closed"]


def test_home_is_always_open() -> None:
    assert is_open("CN")
