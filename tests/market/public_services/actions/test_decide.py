"""Accepting and deciding, level by level, once each."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from market.common.audit.models import AuditEntry
from market.common.audit.record import first_broken_entry
from market.common.deadlines.actions import run_due_deadlines
from market.common.errors import IllegalMove, InvalidInput, NotFound
from market.enterprises.models import Member
from market.public_services.actions.decide import accept, approve, fulfil, refuse, reject, return_case, uphold_objection
from market.public_services.errors import DecidedAlready, OwnEnterprise
from market.public_services.models import Application, Paper, StepResult
from market.public_services.states import State
from tests.builders import NOW, make_enterprise, make_officer
from tests.market.public_services.scenes import (
    DAY,
    Town,
    at_desk,
    make_accepted,
    make_case,
    make_service,
    make_town,
    skipped,
)

pytestmark = pytest.mark.django_db


def test_accepting_and_deciding_are_two_decisions(town: Town) -> None:
    case = make_case(town, make_service(town.corps))
    officer = town.officers["regiment"]

    with pytest.raises(IllegalMove):
        approve(at_desk(case), by=officer, now=NOW)
    case = accept(at_desk(case), opinion="齐全", by=officer, now=NOW)
    assert (case.state, case.accepted_at) == (State.REVIEW_1, NOW)
    case = approve(at_desk(case), opinion="同意", by=officer, now=NOW + DAY)

    assert (case.state, case.decided_at, case.clock) == (State.APPROVED, NOW + DAY, "stopped")
    acts = list(case.results.values_list("act", "from_state", "to_state"))
    assert acts == [
        ("hand_in", "draft", "submitted"),
        ("accept", "submitted", "accepted"),
        ("forward", "accepted", "review_1"),
        ("approve", "review_1", "approved"),
    ]
    assert Paper.objects.get(application=case).checked_at == NOW


def test_a_skipped_level_leaves_a_line_with_a_reason(town: Town) -> None:
    item = make_service(town.corps)

    assert skipped(make_case(town, item)) == [("division", "not_routed"), ("corps", "not_routed")]
    middle = make_accepted(town, item, amount="200000")
    assert skipped(middle) == [("division", "not_routed")]
    middle = approve(at_desk(middle), by=town.officers["regiment"], now=NOW)
    assert middle.state == State.REVIEW_3
    direct = make_enterprise(unit=town.division)
    other = Town(direct, town.owner, town.regiment, town.division, town.corps, town.officers)
    Member.objects.create(enterprise=direct, user=town.owner, role="owner")
    assert skipped(make_case(other, item, amount="300000")) == [("regiment", "no_unit")]


def test_the_highest_sum_goes_through_all_three_levels(town: Town) -> None:
    case = make_accepted(town, make_service(town.corps), amount="200000.01")

    levels = (("regiment", State.REVIEW_2), ("division", State.REVIEW_3), ("corps", State.APPROVED))
    for level, state in levels:
        for other in town.officers.keys() - {level}:
            with pytest.raises(NotFound):
                approve(at_desk(case), by=town.officers[other], now=NOW)
        case = approve(at_desk(case), by=town.officers[level], now=NOW)
        assert case.state == state


def test_where_no_level_of_the_route_is_above_the_office_of_the_service_decides(town: Town) -> None:
    direct = make_enterprise(unit=town.division)
    Member.objects.create(enterprise=direct, user=town.owner, role="owner")
    other = Town(direct, town.owner, town.regiment, town.division, town.corps, town.officers)

    case = make_case(other, make_service(town.division))

    assert at_desk(case).unit == town.division


def test_of_two_officers_the_second_is_told_and_changes_nothing(town: Town) -> None:
    case = make_accepted(town, make_service(town.corps))
    seen, second = at_desk(case), make_officer(town.regiment)
    approve(seen, opinion="同意", by=town.officers["regiment"], now=NOW)

    with pytest.raises(DecidedAlready) as refused:
        reject(seen, reason="资金不足", remedy="明年再报", by=second, now=NOW)

    assert refused.value.details["who"] == str(town.officers["regiment"])
    assert Application.objects.get().state == State.APPROVED
    assert not StepResult.objects.filter(act="reject").exists()


@pytest.mark.parametrize("role", ["owner", "viewer"])
def test_nobody_reviews_the_own_enterprise(town: Town, role: str) -> None:
    case = make_case(town, make_service(town.corps))
    officer = town.officers["regiment"]
    Member.objects.create(enterprise=town.enterprise, user=officer, role=role)

    with pytest.raises(OwnEnterprise):
        accept(at_desk(case), by=officer, now=NOW)
    with pytest.raises(OwnEnterprise):
        return_case(at_desk(case), {"what": "?"}, by=officer, now=NOW)
    with pytest.raises(OwnEnterprise):
        refuse(at_desk(case), reason="a", remedy="b", by=officer, now=NOW)
    assert Application.objects.get().state == State.SUBMITTED


@pytest.mark.parametrize("who", ["viewer", "division", "neighbour", "ended"])
def test_who_holds_no_post_of_the_desk_decides_nothing(town: Town, who: str) -> None:
    case = make_case(town, make_service(town.corps))
    officer = {
        "viewer": make_officer(town.regiment, "viewer"),
        "division": town.officers["division"],
        "neighbour": make_town().officers["regiment"],
        "ended": make_officer(town.regiment),
    }[who]
    if who == "ended":
        officer.posts.update(valid_to=NOW - DAY)

    with pytest.raises(NotFound):
        accept(at_desk(case), by=officer, now=NOW)


def test_a_rejection_needs_a_reason_and_a_remedy(town: Town) -> None:
    case = make_accepted(town, make_service(town.corps), amount="300000")
    officer = town.officers["regiment"]

    with pytest.raises(InvalidInput) as refused:
        reject(at_desk(case), reason="面积不符", remedy=" ", by=officer, now=NOW)
    assert list(refused.value.details["fields"]) == ["remedy"]
    case = reject(at_desk(case), reason="面积不符", remedy="复核后重报", by=officer, now=NOW)

    assert case.state == State.REJECTED
    assert set(case.steps.values_list("state", flat=True)) == {"done", "ended"}
    last = case.results.last()
    assert last is not None
    assert (last.opinion, last.remedy) == ("面积不符", "复核后重报")


def test_what_is_not_accepted_is_over(town: Town) -> None:
    case = make_case(town, make_service(town.corps))

    case = refuse(at_desk(case), reason="不属本团", remedy="请向所在团申请", by=town.officers["regiment"], now=NOW)

    assert (case.state, case.clock) == (State.NOT_ACCEPTED, "stopped")


def test_shown_to_the_public_it_is_granted_when_the_time_is_over(town: Town) -> None:
    case = make_accepted(town, make_service(town.corps, publicity_days=3))
    case = approve(at_desk(case), by=town.officers["regiment"], now=NOW)
    assert case.state == State.PUBLICITY
    assert case.due_at is not None

    run_due_deadlines(case.due_at - timedelta(seconds=1))
    assert Application.objects.get().state == State.PUBLICITY
    run_due_deadlines(case.due_at)

    case.refresh_from_db()
    assert case.state == State.APPROVED
    assert case.results.last().by is None  # type: ignore[union-attr]
    with pytest.raises(NotFound):
        fulfil(case, opinion="已拨付", by=town.officers["corps"], now=NOW + 9 * DAY)
    assert fulfil(case, opinion="已拨付", by=town.officers["regiment"], now=NOW + 9 * DAY).state == State.FULFILLED


def test_an_objection_that_is_right_ends_it(town: Town) -> None:
    case = make_accepted(town, make_service(town.corps, publicity_days=3))
    case = approve(at_desk(case), by=town.officers["regiment"], now=NOW)
    officer = town.officers["regiment"]

    assert uphold_objection(case, reason="重复申报", remedy="可复议", by=officer, now=NOW).state == State.REJECTED
    with pytest.raises(IllegalMove):
        uphold_objection(case, reason="重复申报", remedy="可复议", by=officer, now=NOW)


def test_results_of_steps_are_final(town: Town) -> None:
    make_case(town, make_service(town.corps))

    with pytest.raises(IntegrityError), transaction.atomic():
        StepResult.objects.update(opinion="改写")


def test_a_changed_row_of_the_log_is_found(town: Town) -> None:
    make_accepted(town, make_service(town.corps))
    assert first_broken_entry() is None

    AuditEntry.objects.filter(action="application.accept").update(actor="somebody else")

    broken = first_broken_entry()
    assert broken is not None
    assert broken.action == "application.accept"
