"""A badge shows only while a checked certificate covers this seller's product."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from catalog.products.actions.certify import (
    Claim,
    claim_certificate,
    decide_certificate,
    on_certificate_expiry,
    withdraw_certificate,
)
from catalog.products.badges import Badge, shown_badges
from catalog.products.errors import ClaimedAlready
from catalog.products.models import Product
from market.accounts.models import User
from market.common.audit.models import AuditEntry
from market.common.deadlines.actions import run_due_deadlines
from market.common.deadlines.models import Deadline
from market.common.errors import IllegalMove, InvalidInput, NotAllowed, NotFound
from market.common.outbox.models import OutboxEvent
from market.enterprises.models import Certificate, Enterprise
from tests.builders import NOW, make_enterprise, make_member, make_officer, make_variant

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
LAST = date(2027, 5, 31)


@pytest.fixture
def firm() -> Enterprise:
    return make_enterprise()


@pytest.fixture
def owner(firm: Enterprise) -> User:
    return make_member(firm)


@pytest.fixture
def officer(firm: Enterprise) -> User:
    return make_officer(firm.unit)


@pytest.fixture
def product(firm: Enterprise) -> Product:
    return make_variant(enterprise=firm).product


@pytest.fixture
def claim(product: Product) -> Claim:
    return Claim("organic", "SAMPLE-ORG-1", "Sample Body", date(2026, 6, 1), LAST, [product.pk])


def badges(product: Product, day: date = TODAY) -> list[Badge]:
    product.refresh_from_db()
    return shown_badges(product.badges, day)


def checked(firm: Enterprise, claim: Claim, owner: User, officer: User) -> Certificate:
    return decide_certificate(claim_certificate(firm, claim, by=owner, now=NOW), "checked", by=officer, now=NOW)


def test_claim_shows_nothing_until_an_officer_has_checked_it(
    firm: Enterprise, owner: User, officer: User, product: Product, claim: Claim
) -> None:
    made = claim_certificate(firm, claim, by=owner, now=NOW)
    assert badges(product) == []
    OutboxEvent.objects.all().delete()

    decide_certificate(made, "checked", by=officer, now=NOW)

    assert badges(product) == [Badge("organic", "SAMPLE-ORG-1", "Sample Body", LAST)]
    event = OutboxEvent.objects.get()
    assert (event.topic, event.subject) == ("product.changed", str(product.pk))
    acts = AuditEntry.objects.filter(subject_kind="enterprise", subject_id=firm.number).order_by("pk")
    assert [(act.action, act.actor, act.details["number"]) for act in acts] == [
        ("certificate.claimed", str(owner), "SAMPLE-ORG-1"),
        ("certificate.checked", str(officer), "SAMPLE-ORG-1"),
    ]


def test_last_day_is_shown_and_the_day_after_is_not(
    firm: Enterprise, owner: User, officer: User, product: Product, claim: Claim
) -> None:
    made = checked(firm, claim, owner, officer)

    assert badges(product, LAST)
    assert badges(product, LAST + timedelta(days=1)) == []
    deadline = Deadline.objects.get(kind="certificate.expiry", subject=str(made.pk))
    OutboxEvent.objects.all().delete()
    assert run_due_deadlines(deadline.due_at - timedelta(seconds=1)) == 0
    run_due_deadlines(deadline.due_at)
    assert [event.subject for event in OutboxEvent.objects.all()] == [str(product.pk)]


def test_expiry_of_a_certificate_that_was_refused_meanwhile_tells_nothing(
    firm: Enterprise, owner: User, officer: User, claim: Claim
) -> None:
    made = checked(firm, claim, owner, officer)
    decide_certificate(made, "refused", by=officer, reason="not in the register", now=NOW)
    OutboxEvent.objects.all().delete()

    on_certificate_expiry(str(made.pk), NOW + timedelta(days=400))

    assert not OutboxEvent.objects.exists()


@pytest.mark.parametrize("how", ["refused", "withdrawn"])
def test_checked_certificate_that_ends_takes_its_badge_along(
    firm: Enterprise, owner: User, officer: User, product: Product, claim: Claim, how: str
) -> None:
    made = checked(firm, claim, owner, officer)
    other = checked(firm, replace(claim, kind="gap", number="SAMPLE-GAP-1"), owner, officer)
    OutboxEvent.objects.all().delete()

    if how == "refused":
        decide_certificate(made, "refused", by=officer, reason="suspended by the body", now=NOW)
    else:
        withdraw_certificate(made, by=owner, now=NOW)

    assert [badge.number for badge in badges(product)] == [other.number]
    assert OutboxEvent.objects.filter(topic="product.changed", subject=str(product.pk)).exists()
    assert Deadline.objects.get(kind="certificate.expiry", subject=str(made.pk)).state == Deadline.State.DONE
    with pytest.raises(IllegalMove):
        decide_certificate(made, "checked", by=officer, now=NOW)


def test_same_paper_again_takes_the_place_of_the_one_before(
    firm: Enterprise, owner: User, officer: User, product: Product, claim: Claim
) -> None:
    first = checked(firm, claim, owner, officer)
    second = make_variant(enterprise=firm).product
    renewed = claim_certificate(
        firm, replace(claim, valid_to=date(2028, 5, 31), products=[second.pk]), by=owner, now=NOW
    )
    assert [badge.valid_to for badge in badges(product)] == [LAST]  # until the new one is checked

    decide_certificate(renewed, "checked", by=officer, now=NOW)

    assert badges(product) == []
    assert [badge.valid_to for badge in badges(second)] == [date(2028, 5, 31)]
    first.refresh_from_db()
    assert first.state == Certificate.State.SUPERSEDED


def test_same_paper_cannot_wait_twice(firm: Enterprise, owner: User, claim: Claim) -> None:
    claim_certificate(firm, claim, by=owner, now=NOW)

    with pytest.raises(ClaimedAlready):
        claim_certificate(firm, replace(claim, number="  SAMPLE-ORG-1 "), by=owner, now=NOW)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "best"}, "kind"),
        ({"number": "  "}, "number"),
        ({"number": "9" * 61}, "number"),
        ({"body": ""}, "body"),
        ({"valid_from": date(2026, 12, 1)}, "valid_from"),
        ({"valid_to": date(2026, 11, 23)}, "valid_to"),
        ({"valid_to": date(2099, 1, 1)}, "valid_to"),
        ({"products": []}, "products"),
        ({"products": [10**15]}, "products"),
    ],
)
def test_claim_that_cannot_be_says_which_field(
    firm: Enterprise, owner: User, claim: Claim, change: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        claim_certificate(firm, replace(claim, **change), by=owner, now=NOW)  # type: ignore[arg-type]

    assert list(refusal.value.details["fields"]) == [field]
    assert not Certificate.objects.exists()


def test_products_of_another_firm_are_not_covered(firm: Enterprise, owner: User, claim: Claim) -> None:
    foreign = make_variant().product

    with pytest.raises(InvalidInput):
        claim_certificate(firm, replace(claim, products=[*claim.products, foreign.pk]), by=owner, now=NOW)


def test_only_the_firms_staff_may_claim(firm: Enterprise, claim: Claim) -> None:
    with pytest.raises(NotFound):
        claim_certificate(firm, claim, by=make_member(make_enterprise()), now=NOW)
    with pytest.raises(NotAllowed):
        claim_certificate(firm, claim, by=make_member(firm, "viewer"), now=NOW)


def test_only_a_reviewer_of_the_firms_own_tree_decides_and_never_about_the_own_firm(
    firm: Enterprise, owner: User, officer: User, claim: Claim
) -> None:
    made = claim_certificate(firm, claim, by=owner, now=NOW)
    for other in (make_officer(make_enterprise().unit), make_officer(firm.unit, "finance"), owner):
        with pytest.raises(NotFound):
            decide_certificate(made, "checked", by=other, now=NOW)
    firm.members.create(user=officer, role="viewer")

    with pytest.raises(NotAllowed):
        decide_certificate(made, "checked", by=officer, now=NOW)


def test_refusal_needs_a_reason_and_a_certificate_has_to_hold_today(
    firm: Enterprise, owner: User, officer: User, product: Product, claim: Claim
) -> None:
    made = claim_certificate(firm, claim, by=owner, now=NOW)

    with pytest.raises(InvalidInput):
        decide_certificate(made, "refused", by=officer, reason="  ", now=NOW)
    with pytest.raises(InvalidInput):
        decide_certificate(made, "checked", by=officer, now=NOW + timedelta(days=300))
    assert badges(product) == []
