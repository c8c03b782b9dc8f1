"""What is typed is checked by its kind; papers the house has are not asked for again."""

import pytest

from market.common.errors import InvalidInput, NotFound
from market.enterprises.models import Certificate
from market.public_services.actions.decide import accept
from market.public_services.actions.fill_in import put_paper, save_section
from market.public_services.actions.hand_in import hand_in, missing_of
from market.public_services.actions.start_application import start_application
from market.public_services.errors import BadPaper
from market.public_services.models import Paper
from tests.builders import NOW, make_enterprise, make_member
from tests.market.public_services.scenes import (
    DAY,
    Town,
    at_desk,
    make_draft,
    make_service,
    upload,
    words,
)

pytestmark = pytest.mark.django_db


def test_what_is_typed_wrong_is_refused_whole(town: Town) -> None:
    item = make_service(town.corps)
    draft = start_application(item, town.enterprise, eligibility={"area": "yes"}, by=town.owner, now=NOW)

    with pytest.raises(InvalidInput) as refused:
        save_section(draft, "project", {"what": "x", "amount": "many", "since": "2026-02-30"}, by=town.owner, now=NOW)

    assert set(refused.value.details["fields"]) == {"amount", "since"}
    saved = save_section(draft, "project", {"amount": "１２,５００.５", "since": "3.10.2026"}, by=town.owner, now=NOW)
    assert saved.answers == {"person": "张三", "what": "", "amount": "12500.5", "since": "2026-10-03"}
    with pytest.raises(NotFound):
        save_section(draft, "nowhere", {}, by=town.owner, now=NOW)
    with pytest.raises(BadPaper):
        upload("plan.pdf", b"MZ no pdf")


def test_a_valid_document_is_not_asked_for_twice(town: Town) -> None:
    item = make_service(town.corps)
    draft = make_draft(town, item)
    put_paper(draft, "plan", upload(), valid_to=NOW.date() + 30 * DAY, by=town.owner, now=NOW)
    first = accept(
        at_desk(hand_in(draft, is_declared=True, by=town.owner, now=NOW)), by=town.officers["regiment"], now=NOW
    )

    later = start_application(item, town.enterprise, eligibility={"area": "yes"}, by=town.owner, now=NOW + DAY)
    later = save_section(later, "project", {"what": "扩建", "amount": "100"}, by=town.owner, now=NOW + DAY)
    later = hand_in(later, is_declared=True, by=town.owner, now=NOW + DAY)

    paper = Paper.objects.get(application=later)
    assert paper.reused_from == Paper.objects.get(application=first, is_current=True)
    assert paper.checked_at == NOW
    much_later = start_application(
        item, town.enterprise, eligibility={"area": "yes"}, by=town.owner, now=NOW + 31 * DAY
    )
    assert "paper:plan" in missing_of(much_later, NOW + 31 * DAY)


def test_a_paper_nobody_has_checked_or_of_another_enterprise_is_asked_for(town: Town) -> None:
    item = make_service(town.corps)
    draft = make_draft(town, item)
    put_paper(draft, "plan", upload(), valid_to=NOW.date() + 30 * DAY, by=town.owner, now=NOW)
    hand_in(draft, is_declared=True, by=town.owner, now=NOW)

    fresh = start_application(item, town.enterprise, eligibility={"area": "yes"}, by=town.owner, now=NOW)

    assert "paper:plan" in missing_of(fresh, NOW)
    accept(at_desk(draft), by=town.officers["regiment"], now=NOW)
    assert "paper:plan" not in missing_of(fresh, NOW)
    other = make_enterprise(unit=town.regiment)
    foreign = start_application(item, other, eligibility={"area": "yes"}, by=make_member(other), now=NOW)
    assert "paper:plan" in missing_of(foreign, NOW)


@pytest.mark.parametrize(
    ("state", "days", "is_held"), [("checked", 1, True), ("waiting", 1, False), ("checked", -1, False)]
)
def test_a_checked_certificate_stands_in_for_a_paper(town: Town, state: str, days: int, is_held: bool) -> None:
    material = {"code": "organic", "label": words("Organic certificate"), "certificate": "organic"}
    draft = start_application(
        make_service(town.corps, materials=[material]),
        town.enterprise,
        eligibility={"area": "yes"},
        by=town.owner,
        now=NOW,
    )
    Certificate.objects.create(
        enterprise=town.enterprise,
        kind="organic",
        number="SAMPLE-1",
        body="Sample Body",
        valid_from=NOW.date() - 9 * DAY,
        valid_to=NOW.date() + days * DAY,
        state=state,
        claimed_by=town.owner,
        claimed_at=NOW,
        decided_at=NOW,
    )

    assert ("paper:organic" not in missing_of(draft, NOW)) is is_held
